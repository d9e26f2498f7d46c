"""Requests and answers of search."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from backend.catalogue.schemas import ProductCard
from backend.catalogue.text import clean_line
from backend.interaction.schemas import ActorId
from backend.search.explanation import Explanation
from backend.search.facet_schemas import Facet, FacetQueries, TotalRelation
from backend.search.filter_schemas import SearchFilters, SimpleFilters
from backend.search.reading import Interpreted
from backend.search.sorts import Sort
from backend.search.work_schemas import (
    ImageTimings,
    PersonalInfo,
    Retrieval,
    SimilarRetrieval,
    SimilarTimings,
    Timings,
    Weights,
)

MAX_QUERY_LENGTH = 2000
MAX_LIMIT = 100
MAX_OFFSET = 10_000


class SearchRequest(BaseModel):
    """A search. A blank query browses: products that pass the filters, the best presented and rated first."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"query": "something to keep coffee hot on a hike", "limit": 5},
                {
                    "query": "waterproof running shoes",
                    "filters": {"max_price": 100, "in_stock": True, "category": "Clothing"},
                    "limit": 20,
                },
            ]
        },
    )

    query: Annotated[str, Field(max_length=MAX_QUERY_LENGTH), AfterValidator(clean_line)] = Field(
        default="", description="What the shopper wants, in their own words; the order of the answer is by meaning."
    )
    interpret: bool = Field(
        default=True,
        description="Read prices, ratings, brands, colours and what isn't wanted out of the query, and correct "
        "typing errors; the answer's `interpreted` says what was understood.",
    )
    filters: SearchFilters = SearchFilters()
    facets: FacetQueries = Field(
        default=(),
        description="Fields to count, by name or with a `limit`: each among the products that pass every filter but "
        "those on this field.",
        examples=[["brand", "price", {"field": "attributes.material", "limit": 5}]],
    )
    sort: Sort = Field(
        default="relevance",
        description="Products without a price, discount or rating come last; equal ones by relevance.",
    )
    group: Literal["item_group"] | None = Field(
        default=None, description="Show the first of each item group alone, and how many `variants` were found."
    )
    max_per_brand: Annotated[int, Field(ge=1, le=MAX_LIMIT)] | None = Field(
        default=None, description="The list ends at as many products of each brand; those without one all stay."
    )
    user_id: ActorId | None = Field(
        default=None, description="Whose taste moves the order; results, facets and total stay as they are."
    )
    session_id: ActorId | None = Field(default=None, description="The visit, for somebody without a past.")
    personal: bool = Field(default=True, description="False leaves the order as it is for everybody.")
    explain: bool = Field(
        default=False, description="Say of each product what its score is made of; the parts add up to it."
    )
    exact: bool = Field(
        default=False,
        description="Compare the query with every product that passes, however long that takes. Without it, a search "
        "in a large catalogue may look at the most similar part of it alone; `retrieval.mode` says so.",
    )
    limit: int = Field(default=20, ge=1, le=MAX_LIMIT)
    offset: int = Field(default=0, ge=0, le=MAX_OFFSET, description="Products to skip; not together with `cursor`.")
    cursor: Annotated[str, Field(min_length=1, max_length=1000)] | None = Field(
        default=None,
        description="`next_cursor` of the page before. Unlike an offset, it neither repeats nor skips products "
        "when others are written between pages, unless that makes them change places; when the shop has switched "
        "models or changed what rules pin or boost, it goes on by position.",
    )

    @model_validator(mode="after")
    def _one_way_to_page(self) -> SearchRequest:
        if self.cursor is not None and self.offset:
            raise ValueError("offset and cursor exclude each other")
        return self


def _from_json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from error


def _share(value: Any) -> float:
    """Read a weight; the bounds' own message for a NaN would say that it is too large."""
    try:
        share = float(value)
    except (TypeError, ValueError):
        share = math.nan
    if not 0 <= share <= 1:
        raise ValueError("must be a number from 0 to 1")
    return share


class ImageSearchRequest(SearchRequest):
    """A search by picture, by words, or by both; what a form of multipart/form-data says."""

    filters: Annotated[SearchFilters, BeforeValidator(_from_json)] = SearchFilters()
    facets: Annotated[FacetQueries, BeforeValidator(_from_json)] = ()
    image_weight: Annotated[float, BeforeValidator(_share)] = Field(
        default=0.5, ge=0, le=1, description="Weight of the picture beside the words; without either, of no effect."
    )
    image: str | None = Field(default=None, description="SHA-256 of the picture's file, in hex.")

    @model_validator(mode="after")
    def _something(self) -> ImageSearchRequest:
        if self.user_id is not None or self.session_id is not None:
            raise ValueError("a search by picture isn't personal: leave user_id and session_id out")
        if self.image is None and not self.query:
            raise ValueError("send a picture as `image`, words as `query`, or both")
        return self

    @property
    def weights(self) -> tuple[float, float]:
        """The weights of picture and words in effect; they add up to 1."""
        if self.image is None:
            return 0.0, 1.0
        return (self.image_weight, round(1 - self.image_weight, 6)) if self.query else (1.0, 0.0)


@dataclass(frozen=True, slots=True)
class ImageSearch:
    """A search by picture, by words, or by both."""

    request: ImageSearchRequest
    data: bytes | None  # the picture's file; None for words alone
    check_ms: float  # what it took to find nothing wrong with it


class SimilarQuery(SimpleFilters):
    """Which products to compare with one."""

    limit: int = Field(default=20, ge=1, le=MAX_LIMIT)
    user_id: ActorId | None = Field(default=None, description="Whose taste counts beside the product.")
    session_id: ActorId | None = Field(default=None, description="The visit.")
    variants: Literal["exclude", "include"] = Field(
        default="exclude", description="Whether products of the same `item_group` attribute may appear."
    )
    exact: bool = Field(default=False, description="Compare with every product that passes, as in a search.")

    @property
    def filters(self) -> SearchFilters:
        """The filters alone."""
        return SearchFilters.model_construct(**{name: getattr(self, name) for name in SimpleFilters.model_fields})


class SearchItem(BaseModel):
    """One product found."""

    score: float | None = Field(
        description="Relevance, higher is better: words and meaning, `explain` says how. By picture and for similar "
        "products the cosine, and what rules add; null when browsing."
    )
    explanation: Explanation | None = Field(default=None, description="With `explain`.")
    product: ProductCard
    pinned: bool = Field(default=False, description="A merchandising rule put it at this place.")
    variants: int | None = Field(
        default=None, description="With `group`: products of its item group that were found, itself included."
    )


class EncoderInfo(BaseModel):
    """The model that understood the query."""

    name: str
    engine: str
    fingerprint: str = Field(description="Names the vector space; stored product vectors have the same.")


class SearchResponse(BaseModel):
    """One page of products, best first."""

    query: str
    interpreted: Interpreted | None = Field(description="What the query was taken to mean; null without one.")
    rules: list[str] = Field(description="Ids of the merchandising rules that applied.")
    personal: PersonalInfo | None = Field(description="With a user or session, and words to search for.")
    items: list[SearchItem]
    total: int = Field(
        description="Entries of the whole list: the results that pass the filters, or as `group` and "
        "`max_per_brand` leave them. Pages go on to the last."
    )
    total_relation: TotalRelation = Field(
        description="`at_least`: found approximately; there may be more, far from the query. An `exact` search tells."
    )
    facets: list[Facet] = Field(description="As asked for; they count products, also where the list shows groups.")
    limit: int
    offset: int
    next_cursor: str | None
    retrieval: Retrieval
    timings_ms: Timings
    encoder: EncoderInfo
    catalogue_version: int = Field(description="Every change up to this version is in the answer.")


class ImageSearchResponse(SearchResponse):
    """One page of products, nearest to picture and words first."""

    timings_ms: ImageTimings
    weights: Weights


class SimilarResponse(BaseModel):
    """The products most like one, best first."""

    product_id: str
    items: list[SearchItem]
    total: int = Field(description="Products that pass the filters; without itself and the variants left out.")
    retrieval: SimilarRetrieval
    weights: dict[str, float] = Field(
        description="Of the parts of a score, where the shopper's taste counts: scores then say how far above an "
        "average product one is, -1 to 1. Empty where they are cosines."
    )
    state_version: int | None = Field(description="Of the shopper's state; null when nobody is named.")
    timings_ms: SimilarTimings
    encoder: EncoderInfo
    catalogue_version: int = Field(description="Every change up to this version is in the answer.")
