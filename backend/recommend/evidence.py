"""What a list goes by: the parts that exist, and what each counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backend.recommend.experiments import Treatment
from backend.recommend.rules import Surface
from backend.recommend.schemas import Rung
from backend.recommend.shopper import Shopper
from backend.recommend.subject import Subject
from ml.ranking.blend import Rows, shared_out
from ml.ranking.fusion import Relevance
from ml.types import Embedding, RowMask

COLLABORATIVE = "collaborative"
QUERY = "query"
_LADDER: tuple[Rung, ...] = ("long_term", "session", "query", "product")


class Others(Protocol):
    """What others chose, as far as it matters to one shopper."""

    @property
    def version(self) -> str:
        """Of the model."""

    def candidates(self, count: int, allowed: RowMask) -> Rows:
        """Return rows that come into question."""

    def scores(self, rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return scores from -1 to 1, and how much each can be trusted, from 0 to 1: float64, shape (n,) each."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a list goes by.

    Attributes:
        weights: of the parts below, adding up to 1; empty when none exists.
        vectors: of the parts that are vectors, float32, shape (d,), L2 norm 1.
        query: the part `query`, as search scores it.
        others: the collaborative part.
        collaborative: the share of its own that it takes of every part but the query, at most.
        votes: popularity of products, for when there is nothing else.
    """

    weights: Mapping[str, float]
    vectors: Mapping[str, Embedding]
    query: Relevance | None = None
    others: Others | None = None
    collaborative: float = 0.0
    votes: Mapping[str, float] = field(default_factory=dict)

    @property
    def model_version(self) -> str | None:
        """Of the collaborative model."""
        return None if self.others is None else self.others.version

    def of_popularity(self, votes: Mapping[str, float]) -> Evidence:
        """Return the same with what shoppers' votes say, where nothing else does."""
        return replace(self, votes=votes)


def weigh(
    context: Surface, shopper: Shopper, subject: Subject, treatment: Treatment, others: Others | None = None
) -> Evidence:
    """Bring together what is known; where a context's own parts are all missing, the shopper's taste stands in.

    Args:
        context: where the list is shown.
        shopper: for whom.
        subject: about what.
        treatment: by which rules.
        others: the collaborative part.
    """
    rules = treatment.rules
    vectors = {**shopper.vectors, **({} if subject.product is None else {"product": subject.product})}
    available = [*vectors, *(() if subject.query is None else ("query",))]
    weights = shared_out(rules.blend(context), available)
    if not weights:
        first = next((part for part in ("session", "long_term") if part in vectors), None)
        weights = {} if first is None else {first: 1.0}
    return Evidence(
        weights=weights,
        vectors={name: vector for name, vector in vectors.items() if name in weights},
        query=subject.query.under(treatment.fusion) if subject.query is not None and "query" in weights else None,
        others=others if weights else None,
        collaborative=rules.collaborative[context] if weights and others is not None else 0.0,
    )


def effective(evidence: Evidence) -> dict[str, float]:
    """Return the weights in effect, with the collaborative one; they add up to 1."""
    share = evidence.collaborative
    weights = {name: weight * (1 - share * (name != QUERY)) for name, weight in evidence.weights.items()}
    if evidence.others is not None:
        weights[COLLABORATIVE] = share * (1 - evidence.weights.get(QUERY, 0.0))
    return {name: round(weight, 6) for name, weight in weights.items()}


def rung_of(evidence: Evidence, context: Surface, popular: int) -> Rung:
    """Return what a list stands on.

    Args:
        evidence: what it goes by.
        context: where it is shown.
        popular: products in question that are there for their popularity.
    """
    for rung in _LADDER:
        if rung in evidence.weights:
            return rung
    if context == "category":
        return "category"
    return "popular" if popular else "newest"
