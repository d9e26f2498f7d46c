"""The log of interactions and what is derived from it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interactions",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(128)),
        sa.Column("session_id", sa.String(128)),
        sa.Column("product_id", sa.String(128), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("rating", sa.Float()),
        sa.Column("context", sa.String(16)),
        sa.Column("position", sa.Integer()),
        sa.Column("recommendation_id", sa.String(64)),
        sa.Column("query", sa.String(2000)),
        sa.Column("occurred_at_us", sa.BigInteger(), nullable=False),
        sa.Column("received_at_us", sa.BigInteger(), nullable=False),
        sa.Column("space", sa.String(16)),
        sa.Column("vector_version", sa.BigInteger()),
        sa.PrimaryKeyConstraint("seq", name="pk_interactions"),
        sa.UniqueConstraint("event_id", name="uq_interactions_event_id"),
    )
    op.create_index("ix_interactions_user_id_seq", "interactions", ["user_id", "seq"])
    op.create_index("ix_interactions_session_id_seq", "interactions", ["session_id", "seq"])
    op.create_index(
        "ix_interactions_purchases",
        "interactions",
        ["user_id", "seq"],
        sqlite_where=sa.text("type = 'PURCHASE'"),
        postgresql_where=sa.text("type = 'PURCHASE'"),
    )
    op.create_table(
        "interaction_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("erasures", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_interaction_state"),
    )
    op.execute("INSERT INTO interaction_state (id, last_seq, erasures) VALUES (1, 0, 0)")
    op.create_table(
        "interaction_vectors",
        sa.Column("space", sa.String(16), nullable=False),
        sa.Column("product_id", sa.String(128), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("space", "product_id", "version", name="pk_interaction_vectors"),
    )
    op.create_table(
        "profiles",
        sa.Column("space", sa.String(33), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("sum", sa.LargeBinary(), nullable=False),
        sa.Column("mass", sa.Float(), nullable=False),
        sa.Column("reference_s", sa.Float()),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("applied_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("space", "user_id", name="pk_profiles"),
    )
    op.create_index("ix_profiles_user_id", "profiles", ["user_id"])
    op.create_table(
        "interaction_progress",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("applied_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_interaction_progress"),
    )
    op.create_table(
        "product_popularity",
        sa.Column("product_id", sa.String(128), nullable=False),
        sa.Column("log_score", sa.Float(), nullable=False),
        sa.Column("actors", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", name="pk_product_popularity"),
    )
    op.create_table(
        "popularity_votes",
        sa.Column("product_id", sa.String(128), nullable=False),
        sa.Column("actor", sa.String(130), nullable=False),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", "actor", name="pk_popularity_votes"),
    )
    op.create_index("ix_popularity_votes_actor", "popularity_votes", ["actor"])


def downgrade() -> None:
    for table in (
        "popularity_votes",
        "product_popularity",
        "interaction_progress",
        "profiles",
        "interaction_vectors",
        "interaction_state",
        "interactions",
    ):
        op.drop_table(table)
