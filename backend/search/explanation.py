"""What a score is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import BaseModel, Field

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.ranking import Hit
from backend.search.taste import Personal
from ml.ranking.fusion import Relevance
from ml.types import ProductId


class MatchedTerm(BaseModel):
    """One word of the query in one product."""

    word: str = Field(description="As typed.")
    term: str = Field(description="What stands in the product for it: its stem, a synonym, a compound.")
    fields: list[str] = Field(description="Where it stands.")
    score: float = Field(description="Its share of the part `lexical`.")


class LikedPart(BaseModel):
    """What the shopper's taste for one attribute adds to one product."""

    field: str = Field(description="As facets name it; `vector` for being near to what they went for.")
    value: str | None = Field(description="What the product has of it; null for none, a price and the vector.")
    score: float = Field(description="Its share of the part `long_term` or `session`.")


class Explanation(BaseModel):
    """The parts of a score; they add up to it."""

    lexical: float = Field(description="The words of the query in the product's texts.")
    similarity: float = Field(description="The meaning of the query and the product's vector.")
    exact_match: float = Field(description="1 for a SKU or model number that is the query.")
    business: float = Field(description="Merchandising rules, and what the query prefers or excludes.")
    reranked: float = Field(description="What the second stage added; 0 without one, and behind its shortlist.")
    long_term: float = Field(default=0.0, description="The shopper's long-term taste.")
    session: float = Field(default=0.0, description="What the shopper did in this visit.")
    liked: list[LikedPart] = Field(
        default_factory=list,
        description="What taste is made of, the most telling first; it adds up to its part. Empty without a key, "
        "where the server has any.",
    )
    cosine: float = Field(description="Cosine of query and product, behind `similarity`.")
    deviations: float = Field(description="By how many standard deviations it passes that of an average product.")
    terms: list[MatchedTerm]


def explain(
    live: LiveCatalogue,
    relevance: Relevance,
    hits: Sequence[Hit],
    reranked: Mapping[int, float],
    personal: Personal | None = None,
) -> dict[ProductId, Explanation]:
    """Return the parts of the scores of products; one that has gone meanwhile has none.

    Args:
        live: the catalogue.
        relevance: of the query.
        hits: the products.
        reranked: what a second stage added, by row.
        personal: what taste did to the order.
    """
    known = {row: hit.product_id for hit in hits if (row := live.index.row_of(hit.product_id)) is not None}
    rows = np.array(sorted(known), np.int64)
    taste = np.zeros(len(rows)) if personal is None else personal.scores(live, rows)
    parts, cosines, terms = relevance.parts(rows), relevance.cosines(rows), relevance.terms
    return {
        known[row]: Explanation(
            lexical=parts.lexical[at],
            similarity=parts.similarity[at],
            exact_match=parts.exact[at],
            business=parts.bonus[at] - taste[at],
            reranked=reranked.get(row, 0.0),
            long_term=taste[at] if personal is not None and personal.part == "long_term" else 0.0,
            session=taste[at] if personal is not None and personal.part == "session" else 0.0,
            liked=[] if personal is None or not personal.may_be_told else _liked(live, personal, row),
            cosine=float(cosines[at]),
            deviations=float(relevance.scale.deviations(cosines[at : at + 1])[0]),
            terms=[
                MatchedTerm(word=part.word, term=part.term, fields=list(part.fields), score=share)
                for part, share in terms(row)
                if part.term
            ],
        )
        for at, row in enumerate(rows.tolist())
    }


def _liked(live: LiveCatalogue, personal: Personal, row: int) -> list[LikedPart]:
    parts = sorted(personal.parts(live, row), key=lambda part: -abs(part.score))
    return [LikedPart(field=part.field, value=part.value, score=part.score) for part in parts]
