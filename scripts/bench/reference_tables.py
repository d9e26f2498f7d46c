"""What the reference server keeps in SQL: products and what shoppers did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Float, Index, Integer, String, Text, create_engine, func, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import NullPool

from backend.catalogue.tables import ProductRow
from backend.config import Settings
from backend.interaction.tables import InteractionRow
from scripts.pipeline import open_database

BLOCK = 5000


class Base(DeclarativeBase):
    """Base of the reference's tables."""


class Product(Base):
    """One product, as a card shows it."""

    __tablename__ = "products"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    title: Mapped[str] = mapped_column(String(1000))
    description: Mapped[str | None] = mapped_column(Text)
    price: Mapped[float | None] = mapped_column(Float)
    currency: Mapped[str | None] = mapped_column(String(3))
    category: Mapped[str | None] = mapped_column(String(500))
    brand: Mapped[str | None] = mapped_column(String(200))
    merchant: Mapped[str | None] = mapped_column(String(200))
    stock_quantity: Mapped[int | None] = mapped_column(Integer)
    rating: Mapped[float | None] = mapped_column(Float)
    review_count: Mapped[int | None] = mapped_column(Integer)
    colour: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[str | None] = mapped_column(String(200))


class Event(Base):
    """One act of a shopper."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_user_id_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[str | None] = mapped_column(String(128))
    session_id: Mapped[str | None] = mapped_column(String(128))
    product_id: Mapped[str] = mapped_column(String(128))
    interaction_type: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


def fill(url: str, shop: Settings) -> None:
    """Copy a shop's products and events into an empty database.

    Args:
        url: of the empty database.
        shop: whose database has them.
    """
    same = [name for name in Product.__table__.columns.keys() if name != "price"]
    columns = [getattr(ProductRow, name) for name in same]
    events = [InteractionRow.user_id, InteractionRow.session_id, InteractionRow.product_id, InteractionRow.type]
    engine = create_engine(url, poolclass=NullPool)
    with open_database(shop) as database, database.reading() as source, engine.begin() as target:
        Base.metadata.create_all(target)
        rows = source.execute(select(*columns, ProductRow.price_cents).order_by(ProductRow.id))
        for part in rows.partitions(BLOCK):
            values = [dict(zip(same, row[:-1], strict=True)) | {"price": (row[-1] or 0) / 100} for row in part]
            target.execute(insert(Product), values)
        names = ("user_id", "session_id", "product_id", "interaction_type")
        for part in source.execute(select(*events).order_by(InteractionRow.seq)).partitions(BLOCK):
            target.execute(insert(Event), [dict(zip(names, row, strict=True)) for row in part])
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("ANALYZE")
