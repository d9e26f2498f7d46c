"""Users who did much, by how lately they did something."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    active = sa.text("events >= 10")
    op.create_index(
        "ix_profiles_active", "profiles", ["space", "applied_seq"], sqlite_where=active, postgresql_where=active
    )


def downgrade() -> None:
    op.drop_index("ix_profiles_active", "profiles")
