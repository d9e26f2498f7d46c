"""Merchandising rules, and the catalogue version of their last change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "merchandising_rules",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("active_from", sa.DateTime(timezone=True)),
        sa.Column("active_until", sa.DateTime(timezone=True)),
        sa.Column("content", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_merchandising_rules"),
    )
    op.create_table(
        "merchandising_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("changed_at_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_merchandising_state"),
    )
    op.execute("INSERT INTO merchandising_state (id, changed_at_version) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_table("merchandising_state")
    op.drop_table("merchandising_rules")
