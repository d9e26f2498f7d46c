"""Products and their embeddings in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Boolean, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.database.base import Base, UtcDateTime


class ProductRow(Base):
    """One product. A deleted one stays as a row: workers learn of it, and history keeps its facts."""

    __tablename__ = "products"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    sku: Mapped[str | None] = mapped_column(String(128), index=True)
    title: Mapped[str] = mapped_column(String(1000))
    description: Mapped[str | None] = mapped_column(Text)
    price_cents: Mapped[int | None] = mapped_column(BigInteger)
    list_price_cents: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    category: Mapped[str | None] = mapped_column(String(500), index=True)
    brand: Mapped[str | None] = mapped_column(String(200))
    merchant: Mapped[str | None] = mapped_column(String(200))
    image_url: Mapped[str | None] = mapped_column(String(2000))
    image_file: Mapped[str | None] = mapped_column(String(100))  # name in the media store
    product_url: Mapped[str | None] = mapped_column(String(2000))
    stock_quantity: Mapped[int | None] = mapped_column(Integer)
    rating: Mapped[float | None] = mapped_column(Float)
    review_count: Mapped[int | None] = mapped_column(Integer)
    quality_score: Mapped[float | None] = mapped_column(Float)
    colour: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[str | None] = mapped_column(String(200))
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    active: Mapped[bool] = mapped_column(Boolean)
    deleted: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(32))  # of every field that a shop writes
    text_hash: Mapped[str] = mapped_column(String(32))  # of the text that is embedded
    change_version: Mapped[int] = mapped_column(BigInteger, index=True)  # catalogue version of the last change
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EmbeddingRow(Base):
    """One part of a product's vector, under one encoder and text template."""

    __tablename__ = "product_embeddings"
    __table_args__ = (Index("ix_product_embeddings_product_id", "product_id"),)

    fingerprint: Mapped[str] = mapped_column(String(16), primary_key=True)
    part: Mapped[str] = mapped_column(String(8), primary_key=True)  # "text" or "image"
    product_id: Mapped[str] = mapped_column(
        String(128), ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )
    content_hash: Mapped[str] = mapped_column(String(100))  # text hash, or the image's name in the media store
    stored_version: Mapped[int] = mapped_column(BigInteger)  # catalogue version that brought this vector
    vector: Mapped[bytes] = mapped_column(LargeBinary)  # little-endian float32


class CatalogueStateRow(Base):
    """One row: which catalogue this is, and its version.

    Writers lock it, so versions are committed in order and without gaps.
    """

    __tablename__ = "catalogue_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    catalogue_id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column(BigInteger)
    # Drawn with each version: tells it from its like of another past of this database.
    stamp: Mapped[int] = mapped_column(BigInteger, server_default="0")


PRODUCTS = cast(Table, ProductRow.__table__)  # for bulk updates, which the mapped class can't express
