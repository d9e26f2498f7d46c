"""The grid that turns vectors into bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings

LEVELS = 127
LOADING = (
    4.0  # standard deviations that the grid spans on each side: least mean square error of 8 bits for a bell curve
)
BLOCK = 4096  # rows looked at at a time

Vectors = Callable[[NDArray[np.int64]], Embeddings]
"""Gives the vectors (n, d) of rows (n,)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the levels of each dimension lie: float32, shape (d,) each."""

    mid: NDArray[np.float32]
    step: NDArray[np.float32]

    @classmethod
    def fit(cls, vectors: Vectors, rows: NDArray[np.int64], dimension: int) -> Grid:
        """Centre on the mean, and span what the rows need, or `LOADING` standard deviations where that is less."""
        total, squares = np.zeros(dimension), np.zeros(dimension)
        low, high = np.full(dimension, np.inf), np.full(dimension, -np.inf)
        for start in range(0, len(rows), BLOCK):
            part = vectors(rows[start : start + BLOCK])
            total += part.sum(axis=0, dtype=np.float64)
            squares += np.einsum("nd,nd->d", part, part, dtype=np.float64)
            low, high = np.minimum(low, part.min(axis=0)), np.maximum(high, part.max(axis=0))
        mean = total / len(rows)
        deviation = np.sqrt(np.maximum(squares / len(rows) - mean * mean, 0))
        reach = np.minimum(np.maximum(high - mean, mean - low), LOADING * deviation)
        return cls(mean.astype(np.float32), (reach / LEVELS).astype(np.float32))

    def encode(self, vectors: Embeddings) -> tuple[NDArray[np.uint8], NDArray[np.float32], float]:
        """Return codes (n, d), an upper bound of |x - x^| for each row (n,), and the largest |c|."""
        used = self.step > 1e-12  # a dimension that is the same everywhere needs no levels
        inverse = np.divide(1, self.step, out=np.zeros_like(self.step), where=used)
        levels = (vectors - self.mid) * inverse
        np.clip(np.rint(levels, out=levels), -LEVELS, LEVELS, out=levels)
        codes = (levels + 128).astype(np.uint8)
        norm = float(np.sqrt(np.einsum("nd,nd->n", levels, levels).max())) * 1.0001
        levels *= self.step
        levels += self.mid
        levels -= vectors
        # The sum of squares and x^ itself are rounded to float32: a part in 10^4 and 10^-6 cover both generously.
        errors = np.sqrt(np.einsum("nd,nd->n", levels, levels)) * np.float32(1.0001) + np.float32(1e-6)
        return codes, errors.astype(np.float32), norm
