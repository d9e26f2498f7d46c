"""The second stage: the first results scored again, by whatever costs too much for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.errors import MLError
from ml.lexical.documents import FIELDS
from ml.ranking.fusion import Relevance, Rows

SATURATION = 4.0  # standard deviations at which the feature `similarity` has gained most of what it can
Scores = NDArray[np.float64]


class RerankFailed(MLError):
    """A reranker has no scores for a shortlist."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The first results of a query, as a reranker sees them.

    Attributes:
        query: the words, as they were searched for.
        rows: int64, shape (n,), of the vector index.
        scores: of the first stage, with what rules and preferences add: float64, shape (n,).
        features: by name, float64, shape (n,) each, 0 to 1: for each of the lexical `FIELDS` the share of the query's
            words that it holds, by their weight; `similarity` of the vectors, -1 to 1; and what the caller knows
            besides.
    """

    query: str
    rows: Rows
    scores: Scores
    features: Mapping[str, Scores]


class Reranker(Protocol):
    """Scores a shortlist again; safe to use from several threads."""

    @property
    def name(self) -> str:
        """Names it with all that its scores depend on: two of one name rank alike."""

    def scores(self, shortlist: Shortlist) -> Scores:
        """Return the new scores: float64, shape (n,), finite, higher is better.

        A product's score depends on the query and the product alone, not on what else is in the list: so pages join,
        whatever is written between them. Takes time in proportion to n and no locks.

        Raises:
            RerankFailed: there are none.
        """


def rescored(reranker: Reranker, shortlist: Shortlist) -> Scores:
    """Return the new scores, which are as promised.

    Raises:
        RerankFailed: they aren't, or there are none.
    """
    scores = np.asarray(reranker.scores(shortlist), np.float64)
    if scores.shape != shortlist.rows.shape or not np.isfinite(scores).all():
        raise RerankFailed(f"{reranker.name} gave no finite score for each of {len(shortlist.rows)} products")
    return scores


def text_features(relevance: Relevance, rows: Rows) -> dict[str, Scores]:
    """Return what words and vectors say about rows: the features named in `Shortlist`."""
    coverage = relevance.field_coverage(rows)
    deviations = relevance.scale.deviations(relevance.cosines(rows))
    return {
        **{field: coverage[:, at] for at, field in enumerate(FIELDS)},
        "similarity": np.tanh(deviations / SATURATION),
    }


def shortlisted(scores: Scores, depth: int, at_most: int) -> int:
    """Return how many of a list's first products make the shortlist.

    What ties with the last of them is in it too, so that the shortlist can be told by a score; where that makes more
    than `at_most`, what ties stays out.

    Args:
        scores: of the first products, falling: float64, shape (n,); n is above `at_most` or the length of the list.
        depth: how many are wanted.
        at_most: at least `depth`.
    """
    if len(scores) <= depth:
        return len(scores)
    last = scores[depth - 1]
    through = int(np.count_nonzero(scores >= last))
    return through if through <= at_most else int(np.count_nonzero(scores > last))
