"""Suggestions while a shopper types."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.row_filter import RowFilter
from backend.catalogue.text import clean_line
from backend.search.reading import held
from backend.search.rules.book import RuleBook
from backend.search.schemas import SearchRequest

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
    count: int = Field(description="Products that have it, without those that rules hide.")


class SuggestResponse(BaseModel):
    """What the shopper may be about to type, the best first."""

    suggestions: list[SuggestedQuery]


def suggest(live: LiveCatalogue, rules: RuleBook, query: SuggestQuery) -> SuggestResponse:
    """Return what may be meant; products that a search for it would hide don't count."""
    counted = (
        SuggestedQuery(text=one.text, count=one.count - _hidden(live, rules, one.text))
        for one in live.texts.suggest(query.q, MAX_SUGGESTIONS)
    )
    return SuggestResponse(suggestions=list(islice((one for one in counted if one.count > 0), query.limit)))


def _hidden(live: LiveCatalogue, rules: RuleBook, text: str) -> int:
    """Return how many products with these words rules hide."""
    hidden = rules.effects(SearchRequest(query=text)).hidden
    if not hidden:
        return 0
    found = live.texts.match(text)
    mask = live.mask(RowFilter(ids=hidden))
    return int(held(mask, found.rows[found.coverage >= 1 - 1e-6]).sum())
