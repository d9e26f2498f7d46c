"""A stamp of each catalogue version, by which it differs from the same one of another history."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("catalogue_state", sa.Column("stamp", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("catalogue_state", "stamp")
