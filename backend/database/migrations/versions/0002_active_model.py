"""The model that serves, and the one before it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "active_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(1000), nullable=False),
        sa.Column("pretrained", sa.String(1000)),
        sa.Column("fingerprint", sa.String(16), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_model", sa.String(1000), nullable=False),
        sa.Column("previous_pretrained", sa.String(1000)),
        sa.Column("previous_fingerprint", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_active_model"),
    )


def downgrade() -> None:
    op.drop_table("active_model")
