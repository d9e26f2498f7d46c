"""Scores of a whole model for one history: those of somebody new, but for the products that the history tells of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ml.recommend.table import Rows, Scores

Floats = NDArray[np.float64]


class Baseline:
    """The scores of somebody of whom nothing is known; computed once for a model and its weights."""

    def __init__(self, scores: Scores) -> None:
        """Begin.

        Args:
            scores: float32, shape (n,): of every product, without a history.
        """
        self.scores = scores
        self.exact = scores.astype(np.float64)
        self.order = np.argsort(-scores, kind="stable")
        self.total = float(self.exact.sum())
        self.squares = float((self.exact**2).sum())


@dataclass(frozen=True, eq=False)
class Told:
    """What one history makes of all products of a model.

    Attributes:
        baseline: what products score of which it tells nothing.
        rows: int64, shape (m,), ascending: products of which it tells something.
        scores: float32, shape (m,), of these.
    """

    baseline: Baseline
    rows: Rows
    scores: Scores

    @cached_property
    def _moments(self) -> tuple[float, float]:
        """Mean and standard deviation over all products of the model."""
        before, now, count = self.baseline.exact[self.rows], self.scores.astype(np.float64), len(self.baseline.exact)
        mean = (self.baseline.total + float(now.sum() - before.sum())) / count
        squares = (self.baseline.squares + float((now**2).sum() - (before**2).sum())) / count
        return mean, math.sqrt(max(0.0, squares - mean**2))

    def deviations(self, rows: Rows) -> Floats:
        """Return by how many standard deviations some products are above the mean one: float64, shape (k,).

        Args:
            rows: int64, shape (k,): of the model.
        """
        mean, deviation = self._moments
        if deviation == 0 or not len(rows):
            return np.zeros(len(rows))
        values = self.baseline.exact[rows]
        if len(self.rows):
            at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
            is_told = self.rows[at] == rows
            values[is_told] = self.scores[at[is_told]]
        return (values - mean) / deviation

    def first(self, count: int) -> Rows:
        """Return the products that score best, best first, equal ones by row: int64, shape (min(count, n),)."""
        is_told = np.zeros(len(self.baseline.scores), np.bool_)
        is_told[self.rows] = True
        others = self.baseline.order[: count + len(self.rows)]
        others = others[~is_told[others]][:count]
        rows = np.concatenate([self.rows, others])
        # One number says both score and row, so that sorting numbers is all there is to do.
        keys = _descending(np.concatenate([self.scores, self.baseline.scores[others]])) << 32 | rows
        if count < len(keys):
            keys = np.partition(keys, count - 1)[:count]
        keys.sort()
        first: Rows = keys & 0xFFFFFFFF
        return first


def _descending(scores: Scores) -> NDArray[np.int64]:
    """Return whole numbers of 32 bits that are the less the higher a score is, and equal where scores are."""
    bits = (scores + np.float32(0)).view(np.int32)  # the sum turns -0.0 into 0.0
    ascending = np.where(bits < 0, bits ^ np.int32(0x7FFFFFFF), bits)
    descending: NDArray[np.int64] = np.invert(ascending).astype(np.int64)
    return descending
