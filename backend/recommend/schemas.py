"""Requests and answers of recommendations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from backend.catalogue.fields import canonical_category, check_product_id
from backend.catalogue.schemas import ProductCard
from backend.catalogue.text import clean_line
from backend.interaction.schemas import ActorId
from backend.recommend.rules import Surface
from backend.search.filter_schemas import MAX_IDS, Ids, SearchFilters
from backend.search.schemas import MAX_LIMIT, MAX_QUERY_LENGTH, EncoderInfo

Rung = Literal[
    "long_term", "session", "query", "product", "category", "popular", "newest", "bought_together", "goes_with"
]
ReasonKind = Literal[
    "like_yours", "like_now", "query", "product", "others_chose", "popular", "newest", "explored",
    "bought_together", "goes_with",
]  # fmt: skip
ProductIdField = Annotated[str, AfterValidator(check_product_id)]
MAX_CART = 100


class ListRequest(BaseModel):
    """What every list of recommendations takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user_id: ActorId | None = Field(default=None, description="Whose long-term taste counts.")
    session_id: ActorId | None = Field(default=None, description="Which visit counts.")
    filters: SearchFilters = Field(default=SearchFilters(), description="As of `/search`; `in_stock` is always so.")
    limit: int = Field(default=10, ge=1, le=MAX_LIMIT)
    exclude_ids: Annotated[Ids, Field(max_length=MAX_IDS)] = Field(default=(), description="Not these products.")
    exclude_purchased: bool = Field(default=True, description="Not what the shopper has bought.")
    explain: bool = Field(default=False, description="Say what each score is made of; the parts add up to it.")

    @model_validator(mode="after")
    def _can_be_bought(self) -> Self:
        if self.filters.in_stock is False:
            raise ValueError("filters.in_stock: what is recommended can be bought")
        return self


class RecommendRequest(ListRequest):
    """What is to be shown where."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"user_id": "u-17", "session_id": "s-1", "limit": 10},
                {"user_id": "u-17", "context": "category", "category": "Kitchen", "explain": True},
            ]
        }
    )

    context: Surface = Field(default="feed", description="Where the list is shown; it decides which parts count.")
    query: Annotated[str, Field(max_length=MAX_QUERY_LENGTH), AfterValidator(clean_line)] | None = Field(
        default=None, description="Of the context `search`."
    )
    product_id: ProductIdField | None = Field(default=None, description="Of the context `similar`.")
    category: Annotated[str, Field(max_length=500), AfterValidator(canonical_category)] | None = Field(
        default=None, description="Of the context `category`; descendants are included."
    )
    exclude_seen: bool | None = Field(
        default=None, description="Not what the shopper has just seen; by default so in the context `feed`."
    )
    max_per_brand: Annotated[int, Field(ge=1, le=MAX_LIMIT)] | None = Field(
        default=None, description="Products of one brand while there are others; by default three tenths of the list."
    )
    explore: bool = Field(default=True, description="Let one place of the list try something else.")

    @model_validator(mode="after")
    def _fits_the_context(self) -> Self:
        needed = {"search": "query", "similar": "product_id", "category": "category"}
        for context, name in needed.items():
            value = getattr(self, name)
            if context == self.context and not value:
                raise ValueError(f"the context {context} needs `{name}`")
            if context != self.context and value is not None:
                raise ValueError(f"`{name}` belongs to the context {context}")
        return self


class CartRequest(ListRequest):
    """A cart, to which something may be missing."""

    product_ids: Annotated[tuple[ProductIdField, ...], Field(min_length=1, max_length=MAX_CART)] = Field(
        description="What is in the cart; unknown ones are passed over."
    )


class Reason(BaseModel):
    """Why a product is in the list."""

    kind: ReasonKind
    text: str = Field(
        description="For shoppers, in English; `kind` and `because` let a shop say it in its own words."
    )
    because: str | None = Field(default=None, description="The product that it is like, or goes with.")


class RecommendItem(BaseModel):
    """One product recommended."""

    position: int = Field(description="From 1; feedback on the product may cite it.")
    score: float | None = Field(
        description="About -1 to 1, 0 for an average product; null where nothing is known to go by. The order may "
        "differ from it, for variety's sake."
    )
    reason: Reason
    explored: bool = Field(description="It was drawn for the slot that tries something else.")
    propensity: float = Field(description="The chance that it had to be at this place, given everything else.")
    parts: dict[str, float] | None = Field(default=None, description="With `explain`: they add up to the score.")
    product: ProductCard


class RecommendTimings(BaseModel):
    """Milliseconds spent in each stage."""

    state: float
    encode: float | None = None
    retrieve: float
    enrich: float
    total: float


class TogetherTimings(BaseModel):
    """Milliseconds spent in each stage."""

    state: float
    retrieve: float
    enrich: float
    total: float


class Assigned(BaseModel):
    """An experiment that this answer was part of."""

    experiment: str
    variant: str


class RecommendResponse(BaseModel):
    """Products to show, best first."""

    recommendation_id: str | None = Field(
        description="Feedback on these products may cite it. Null while the log of recommendations is full."
    )
    context: str
    rung: Rung = Field(
        description="What the list stands on: the first of long-term taste, session, query or product or category, "
        "popularity and age that there is."
    )
    weights: dict[str, float] = Field(
        description="Of the parts in effect, 1 in all: what missing ones would have counted is shared out. "
        "`collaborative` is its largest, of a product that many have chosen; of others the parts that it stands in "
        "for count more."
    )
    state_version: int = Field(description="Of the shopper's state; 0 for somebody new.")
    items: list[RecommendItem]
    experiments: list[Assigned]
    model_version: str | None = Field(description="Of the collaborative model; null before there is one.")
    encoder: EncoderInfo
    catalogue_version: int = Field(description="Every change up to this version is in the answer.")
    timings_ms: RecommendTimings


class TogetherItem(BaseModel):
    """One product that goes with others."""

    position: int
    score: float = Field(
        description="Of `bought_together` 1 - 1 / lift, where the lift says how many times more often than by chance "
        "both are bought, at least; of `goes_with` as in recommendations."
    )
    reason: Reason
    parts: dict[str, float] | None = None
    explored: bool = False
    propensity: float = 1.0
    product: ProductCard


class TogetherResponse(BaseModel):
    """Products that go with others: those bought together first, then those of categories that complement."""

    recommendation_id: str | None = Field(description="Feedback on these products may cite it.")
    rung: Rung = Field(description="What the first product stands on.")
    state_version: int
    items: list[TogetherItem]
    model_version: str | None = Field(description="Of the collaborative model; null before there is one.")
    encoder: EncoderInfo
    catalogue_version: int
    timings_ms: TogetherTimings


class ViewedItem(BaseModel):
    """One product that was looked at."""

    viewed_at: datetime = Field(description="The last time.")
    product: ProductCard


class ViewedResponse(BaseModel):
    """Products looked at, the last one first."""

    items: list[ViewedItem]
    state_version: int
