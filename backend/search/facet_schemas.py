"""Facets as JSON: what is asked for, and what is counted."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from backend.catalogue.columns import CODED
from backend.catalogue.fields import MAX_ATTRIBUTE_NAME
from backend.catalogue.row_filter import ATTRIBUTE_PREFIX

MAX_FACETS = 20
MAX_FACET_VALUES = 500
FLAGS = ("in_stock", "on_sale")
RANGES = ("price", "discount", "rating")
FIELDS = (*CODED, *FLAGS, *RANGES)


def _field(value: str) -> str:
    if value in FIELDS or (value.startswith(ATTRIBUTE_PREFIX) and len(value) > len(ATTRIBUTE_PREFIX)):
        return value
    raise ValueError(f"a facet is one of {', '.join(FIELDS)}, or attributes.NAME")


def _as_object(value: Any) -> Any:
    return {"field": value} if isinstance(value, str) else value


class FacetQuery(BaseModel):
    """What to count; a bare string is its `field`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: Annotated[str, Field(max_length=len(ATTRIBUTE_PREFIX) + MAX_ATTRIBUTE_NAME), AfterValidator(_field)] = (
        Field(description=f"One of {', '.join(FIELDS)}, or `attributes.NAME`.")
    )
    limit: int = Field(default=20, ge=1, le=MAX_FACET_VALUES, description="Values to list; selected ones always are.")
    buckets: int = Field(default=10, ge=1, le=100, description="Most bars of a histogram.")


FacetQueryItem = Annotated[FacetQuery, BeforeValidator(_as_object, json_schema_input_type=str | FacetQuery)]


def _distinct(values: tuple[FacetQuery, ...]) -> tuple[FacetQuery, ...]:
    if len({query.field for query in values}) < len(values):
        raise ValueError("each facet once")
    return values


FacetQueries = Annotated[tuple[FacetQueryItem, ...], Field(max_length=MAX_FACETS), AfterValidator(_distinct)]


TotalRelation = Literal["exact", "at_least"]


class FacetValue(BaseModel):
    """One value and its products."""

    value: str | float | bool = Field(description="Pass it in the filter.")
    label: str = Field(description="The spelling that most products have; of a category, the last level.")
    count: int
    selected: bool


class Bucket(BaseModel):
    """Products from `low` to below `high`; the last bucket has no upper end."""

    low: float
    high: float | None
    count: int


class Facet(BaseModel):
    """Counts of one field among the products that pass every filter but those on this field.

    A product without the field is in `missing`. Where products have one value each, the counts, `other` and `missing`
    add up to `total`.
    """

    field: str
    kind: Literal["values", "range", "tree"]
    total: int = Field(description="Products counted.")
    total_relation: TotalRelation = Field(default="exact", description="As for the list: `at_least` for all counts.")
    missing: int = Field(description="Products without a value; in a tree, without one below `path`.")
    values: list[FacetValue] = Field(default_factory=list, description="By count, then label.")
    other: int = Field(default=0, description="Counts of values that aren't listed, together.")
    path: str | None = Field(default=None, description="Of a tree: the category whose children are listed.")
    min: float | None = None
    max: float | None = None
    buckets: list[Bucket] = Field(default_factory=list)
    selected_min: float | None = None
    selected_max: float | None = None
