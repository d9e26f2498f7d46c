"""Recommendations served, and exposures to experiments."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recommendations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(128)),
        sa.Column("session_id", sa.String(128)),
        sa.Column("context", sa.String(16), nullable=False),
        sa.Column("rung", sa.String(16), nullable=False),
        sa.Column("served_at_us", sa.BigInteger(), nullable=False),
        sa.Column("state_version", sa.BigInteger(), nullable=False),
        sa.Column("catalogue_version", sa.BigInteger(), nullable=False),
        sa.Column("model_version", sa.String(64)),
        sa.Column("weights", sa.Text(), nullable=False),
        sa.Column("experiments", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recommendations"),
    )
    op.create_index("ix_recommendations_user_id", "recommendations", ["user_id"])
    op.create_index("ix_recommendations_session_id", "recommendations", ["session_id"])
    op.create_index("ix_recommendations_served_at_us", "recommendations", ["served_at_us"])
    op.create_table(
        "experiment_exposures",
        sa.Column("experiment", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(1), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("variant", sa.String(64), nullable=False),
        sa.Column("first_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("experiment", "kind", "actor", name="pk_experiment_exposures"),
    )
    op.create_index("ix_experiment_exposures_actor", "experiment_exposures", ["kind", "actor"])


def downgrade() -> None:
    for table in ("experiment_exposures", "recommendations"):
        op.drop_table(table)
