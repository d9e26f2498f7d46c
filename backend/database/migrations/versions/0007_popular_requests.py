"""Requests that are asked often."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "popular_requests",
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_popular_requests"),
    )
    op.create_index("ix_popular_requests_uses", "popular_requests", ["uses"])
    op.create_index("ix_popular_requests_used_at", "popular_requests", ["used_at"])


def downgrade() -> None:
    op.drop_table("popular_requests")
