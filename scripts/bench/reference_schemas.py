"""Requests and answers of the reference server: those fields of ours that it knows."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class SearchBody(BaseModel):
    """A search by words."""

    query: str = Field(min_length=1, max_length=2000)
    limit: int = Field(default=20, ge=1, le=100)


class RecommendBody(BaseModel):
    """Whose list is asked for."""

    user_id: str
    limit: int = Field(default=20, ge=1, le=100)


class FeedbackBody(BaseModel):
    """One act."""

    user_id: str | None = None
    session_id: str | None = None
    product_id: str
    interaction_type: str


class Card(BaseModel):
    """What a page shows of a product."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    snippet: str | None
    price: float | None
    currency: str | None
    category: str | None
    brand: str | None
    merchant: str | None
    stock_quantity: int | None
    rating: float | None
    review_count: int | None
    colour: str | None
    size: str | None


class Item(BaseModel):
    """One product found."""

    score: float
    product: Card


class ItemList(BaseModel):
    """Products, best first."""

    items: list[Item]
    total: int


class Recorded(BaseModel):
    """An event that is in the database."""

    event_id: str
