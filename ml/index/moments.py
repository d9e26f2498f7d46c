"""Sums over vectors in whole numbers: of the same vectors always the same, in whatever order they came and went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ml.types import Embedding, Embeddings

STEPS = 2**14  # to 1: products are at most 2^28, so float64 adds up those of 2^25 vectors without rounding
FOLD = 64  # vectors that wait for each other: one product of matrices costs less than as many of vectors
BLOCK = 4096

Whole = NDArray[np.float64]
"""Whole numbers, as float64 because only of those BLAS multiplies matrices."""


@dataclass(frozen=True, slots=True)
class Moments:
    """First and second moments of a set of vectors, which say how any query's similarities to them are spread.

    Vectors are rounded to a grid first. Sums of whole numbers don't depend on their order, so two processes that
    hold the same vectors have the same moments, whatever each of them added and removed on the way.

    Attributes:
        count: vectors.
        total: shape (d,): their sum, but for those that wait.
        products: shape (d, d): the sum of their outer products, but for those that wait.
        waiting: shape (m, d): vectors added or removed lately, m <= FOLD.
        signs: shape (m,): 1 for added, -1 for removed.
    """

    count: int
    total: Whole
    products: Whole
    waiting: Whole
    signs: Whole

    @classmethod
    def none(cls, dimension: int) -> Moments:
        """Return the moments of no vectors."""
        return cls.summed(0, np.zeros(dimension), np.zeros((dimension, dimension)))

    @classmethod
    def summed(cls, count: int, total: Whole, products: Whole) -> Moments:
        """Return moments from their sums."""
        return cls(count, total, products, np.empty((0, len(total))), np.empty(0))

    @classmethod
    def of(cls, blocks: Iterable[Embeddings], dimension: int) -> Moments:
        """Add up blocks of vectors: float32, shape (n, dimension) each."""
        moments = cls.none(dimension)
        for block in blocks:
            for start in range(0, len(block), BLOCK):
                moments = moments.changed(block[start : start + BLOCK], block[:0])
        return moments.folded()

    def changed(self, added: Embeddings, removed: Embeddings) -> Moments:
        """Return the moments after vectors have come and others gone: float32, shape (n, d) and (m, d)."""
        rows = np.concatenate([added, removed]).astype(np.float64)
        rows *= STEPS
        np.rint(rows, out=rows)
        later = replace(
            self,
            count=self.count + len(added) - len(removed),
            waiting=np.concatenate([self.waiting, rows]),
            signs=np.concatenate([self.signs, np.ones(len(added)), np.full(len(removed), -1.0)]),
        )
        return later if len(later.waiting) <= FOLD else later.folded()

    def folded(self) -> Moments:
        """Return the same with nothing waiting."""
        if not len(self.waiting):
            return self
        total = self.total + self.signs @ self.waiting
        if (self.signs > 0).all():
            return self.summed(self.count, total, self.products + self.waiting.T @ self.waiting)  # half the work
        signed = self.waiting * self.signs[:, np.newaxis]
        return self.summed(self.count, total, self.products + signed.T @ self.waiting)

    def spread(self, query: Embedding) -> tuple[float, float]:
        """Return mean and variance of the inner products of all vectors with a query: float32, shape (d,)."""
        if not self.count:
            return 0.0, 0.0
        direction = query.astype(np.float64)
        late = self.waiting @ direction  # (m,)
        first = float(self.total @ direction) + float(self.signs @ late)
        second = float(direction @ self.products @ direction) + float(self.signs @ (late * late))
        mean = first / (STEPS * self.count)
        return mean, max(0.0, second / (STEPS * STEPS * self.count) - mean * mean)

    def typical_variance(self) -> float:
        """Return the mean, over the vectors as queries, of the variance that `spread` finds for each."""
        if not self.count:
            return 0.0
        whole = self.folded()
        mean, products = whole.total / (STEPS * self.count), whole.products / (STEPS * STEPS * self.count)
        # Of a vector v the variance is v' (P - m m') v, where P is the mean of v v'.
        return max(0.0, float(np.vdot(products, products) - mean @ products @ mean))
