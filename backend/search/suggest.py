"""Suggestions while a shopper types."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.text import clean_line

MAX_TYPED = 200
MAX_SUGGESTIONS = 20


class SuggestQuery(BaseModel):
    """The beginning of a query."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, Field(max_length=MAX_TYPED), AfterValidator(clean_line)] = Field(
        description="What is typed so far."
    )
    limit: int = Field(default=8, ge=1, le=MAX_SUGGESTIONS)


class SuggestedQuery(BaseModel):
    """A query that brings results."""

    text: str
    count: int = Field(description="Products that have it.")


class SuggestResponse(BaseModel):
    """What the shopper may be about to type, the best first."""

    suggestions: list[SuggestedQuery]


def suggest(live: LiveCatalogue, query: SuggestQuery) -> SuggestResponse:
    """Return what may be meant."""
    found = live.texts.suggest(query.q, query.limit)
    return SuggestResponse(suggestions=[SuggestedQuery(text=one.text, count=one.count) for one in found])
