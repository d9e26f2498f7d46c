"""What an answer says about the work behind it: how products were found, weighed and timed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class RetrievalPlan(BaseModel):
    """What the planner went by; measured on this catalogue when its index was built."""

    clusters: int = Field(description="Groups of similar products that are looked into; 0 for all products.")
    expected_ms: float = Field(description="What that should cost; 0 where nothing was measured.")
    recall: float = Field(description="Share of the best 200 results that it finds; 1 for an exact search.")


class Retrieval(BaseModel):
    """How candidates were found."""

    mode: Literal["exact", "approximate", "browse"] = Field(
        description="`approximate`: the clusters of products nearest to the query were searched. What shares its "
        "words is found in any case, and scores are exact."
    )
    allowed: int = Field(description="Products that pass the filters.")
    scanned: int = Field(description="Products whose vectors were compared with the query.")
    reranked: int = Field(
        description="The first so many of the list are in the order of a second stage; 0 without one."
    )
    plan: RetrievalPlan | None = Field(default=None, description="With `explain`.")


class SimilarRetrieval(BaseModel):
    """How products like one were found."""

    mode: Literal["exact", "approximate"] = Field(
        description="`approximate`: the clusters of products nearest to the one were searched; a like product "
        "elsewhere may be missed. Scores are exact."
    )
    allowed: int = Field(description="Products that pass the filters.")
    scanned: int = Field(description="Products whose vectors were compared.")


class Timings(BaseModel):
    """Milliseconds spent in each stage."""

    wait: float = Field(
        description="Until it was this search's turn, before its words were read and before the search."
    )
    understand: float | None = Field(default=None, description="Reading and correcting the words.")
    encode: float
    filter: float
    retrieve: float
    facets: float
    enrich: float
    total: float


class ImageTimings(Timings):
    """Milliseconds spent in each stage of a search by picture; a picture seen shortly before costs none."""

    check: float = Field(description="Walking through the picture's file, before anything is decoded.")
    decode: float
    encode_image: float


class SimilarTimings(BaseModel):
    """Milliseconds spent in each stage."""

    filter: float
    retrieve: float
    enrich: float
    total: float


class Weights(BaseModel):
    """What the picture and the words count in the query vector."""

    image: float
    text: float


class PersonalInfo(BaseModel):
    """What a shopper's taste did to the order."""

    state_version: int = Field(description="Of the shopper's state.")
    part: Literal["long_term", "session"] | None = Field(description="Whose taste moved the order, if any did.")
    weight: float = Field(
        description="What taste counts in scores, words and meaning the rest. It is largest where many of the first "
        "results fit as well as the best, and 0 where one stands out or the query is a SKU."
    )
    experiments: dict[str, str] = Field(description="Variant by experiment that this answer is part of.")
