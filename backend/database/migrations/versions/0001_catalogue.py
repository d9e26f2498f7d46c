"""Products, embeddings and the catalogue version."""

import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    state = op.create_table(
        "catalogue_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("catalogue_id", sa.String(36), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_state"),
    )
    op.bulk_insert(state, [{"id": 1, "catalogue_id": str(uuid.uuid4()), "version": 0}])
    op.create_table(
        "products",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("sku", sa.String(128)),
        sa.Column("title", sa.String(1000), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("price_cents", sa.BigInteger()),
        sa.Column("list_price_cents", sa.BigInteger()),
        sa.Column("currency", sa.String(3)),
        sa.Column("category", sa.String(500)),
        sa.Column("brand", sa.String(200)),
        sa.Column("merchant", sa.String(200)),
        sa.Column("image_url", sa.String(2000)),
        sa.Column("image_file", sa.String(100)),
        sa.Column("product_url", sa.String(2000)),
        sa.Column("stock_quantity", sa.Integer()),
        sa.Column("rating", sa.Float()),
        sa.Column("review_count", sa.Integer()),
        sa.Column("quality_score", sa.Float()),
        sa.Column("colour", sa.String(200)),
        sa.Column("size", sa.String(200)),
        sa.Column("attributes", JSON, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("text_hash", sa.String(32), nullable=False),
        sa.Column("change_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
    )
    for column in ("category", "change_version", "sku"):
        op.create_index(f"ix_products_{column}", "products", [column])
    op.create_table(
        "product_embeddings",
        sa.Column("fingerprint", sa.String(16), nullable=False),
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("product_id", sa.String(128), nullable=False),
        sa.Column("content_hash", sa.String(100), nullable=False),
        sa.Column("stored_version", sa.BigInteger(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name="fk_product_embeddings_product_id_products",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("fingerprint", "part", "product_id", name="pk_product_embeddings"),
    )
    op.create_index("ix_product_embeddings_product_id", "product_embeddings", ["product_id"])


def downgrade() -> None:
    op.drop_table("product_embeddings")
    op.drop_table("products")
    op.drop_table("catalogue_state")
