"""Merchandising rules as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from backend.catalogue.fields import Canonical, Cleaned, check_product_id, written_out
from backend.search.filter_schemas import MAX_IDS, SearchFilters
from backend.search.rules.words import words_of

MAX_RULES = 1000
MAX_PINS = 50
MAX_POSITION = 100
MAX_BOOSTS = 20
MIN_FACTOR, MAX_FACTOR = 0.1, 10.0

ProductKey = Annotated[str, AfterValidator(check_product_id)]


def _phrase(value: str) -> str:
    if not words_of(value):
        raise ValueError("at least one letter or digit")
    return value


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment in the years 1 to 9999, in UTC") from error


Moment = Annotated[AwareDatetime, BeforeValidator(written_out), AfterValidator(_utc)]
Phrase = Annotated[str, Field(max_length=200), Cleaned, AfterValidator(_phrase)]


class When(BaseModel):
    """Which searches a rule is for; conditions are joined by and."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query_equals: Annotated[tuple[Phrase, ...], Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="The query is one of these; case and punctuation don't matter."
    )
    query_contains: Annotated[tuple[Phrase, ...], Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="The query has all words of one of these, in any order."
    )
    category: Annotated[str, Field(min_length=1, max_length=500), Canonical] | None = Field(
        default=None, description="The search is filtered to this category or below."
    )
    always: bool = Field(default=False, description="Every search; not together with conditions.")

    @model_validator(mode="after")
    def _something(self) -> When:
        conditions = (self.query_equals, self.query_contains, self.category)
        if self.always == any(condition is not None for condition in conditions):
            raise ValueError("say query_equals, query_contains or category; or always alone")
        return self


class Pin(BaseModel):
    """One product at a fixed place; it still has to pass the shopper's filters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: ProductKey
    position: int = Field(ge=1, le=MAX_POSITION, description="1 is the first of the list.")


class Boost(BaseModel):
    """Products that count more, or less."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    filters: SearchFilters
    factor: float = Field(
        ge=MIN_FACTOR, le=MAX_FACTOR, allow_inf_nan=False, description="Above 1 boosts, below 1 buries."
    )

    @model_validator(mode="after")
    def _says_which(self) -> Boost:
        if self.filters == SearchFilters():
            raise ValueError("filters say which products")
        return self


class RuleBody(BaseModel):
    """A rule as a shop writes it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "title": "Summer sale",
                    "when": {"query_contains": ["sandals", "beach towel"]},
                    "pin": [{"id": "SANDAL-7", "position": 1}],
                    "boost": [{"filters": {"brand": ["Norda"]}, "factor": 1.5}],
                    "active_until": "2026-09-01T00:00:00Z",
                }
            ]
        },
    )

    title: Annotated[str, Field(min_length=1, max_length=200), Cleaned]
    when: When
    pin: Annotated[tuple[Pin, ...], Field(max_length=MAX_PINS)] = ()
    boost: Annotated[tuple[Boost, ...], Field(max_length=MAX_BOOSTS)] = ()
    hide: Annotated[tuple[ProductKey, ...], Field(max_length=MAX_IDS)] = ()
    priority: int = Field(default=0, ge=-1000, le=1000, description="Of two rules that disagree the higher one wins.")
    enabled: bool = True
    active_from: Moment | None = Field(default=None, description="From this moment on.")
    active_until: Moment | None = Field(default=None, description="Up to, and without, this moment.")

    @model_validator(mode="after")
    def _consistent(self) -> RuleBody:
        if not (self.pin or self.boost or self.hide):
            raise ValueError("a rule pins, boosts or hides something")
        ids = [pin.id for pin in self.pin]
        if len({pin.position for pin in self.pin}) < len(ids) or len(set(ids)) < len(ids):
            raise ValueError("each product and each position is pinned once")
        if set(ids) & set(self.hide):
            raise ValueError("a product is either pinned or hidden")
        if self.active_from and self.active_until and self.active_from >= self.active_until:
            raise ValueError("active_until is not after active_from")
        return self


class Rule(RuleBody):
    """A stored rule."""

    id: str
    created_at: datetime
    updated_at: datetime


class RuleList(BaseModel):
    """All rules, in the order in which they win."""

    rules: list[Rule]
    catalogue_version: int


class RuleWritten(BaseModel):
    """A rule after a write, and the catalogue version from which every search follows it."""

    rule: Rule
    catalogue_version: int
