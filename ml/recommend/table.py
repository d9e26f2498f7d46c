"""Sparse tables from a product to others, as arrays that can be mapped from files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class NeighbourTable:
    """For each of n products a few others with a score, best first.

    Attributes:
        starts: int64, shape (n + 1,): where each product's entries begin, and the end.
        rows: int32, shape (m,): the other product of each entry, never the product itself.
        scores: float32, shape (m,), finite and above 0; higher is better.
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    scores: Scores

    @classmethod
    def empty(cls, count: int) -> NeighbourTable:
        """Return a table of `count` products without neighbours."""
        return cls(np.zeros(count + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))

    @classmethod
    def of_pairs(cls, pairs: NDArray[np.int64], scores: Scores, count: int, neighbours: int) -> NeighbourTable:
        """Keep the best entries of each product; equal scores are ordered by row.

        Args:
            pairs: int64, shape (m,): distinct, `product * count + other`.
            scores: float32, shape (m,), above 0.
            count: number n of products.
            neighbours: how many entries a product keeps at most.
        """
        order = np.lexsort((pairs, -scores, pairs // count))
        sources = pairs[order] // count
        ends = np.searchsorted(sources, np.arange(count + 1))
        place = np.arange(len(sources)) - ends[sources]
        kept = order[place < neighbours]
        sizes = np.minimum(np.diff(ends), neighbours)
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return cls(starts, (pairs[kept] % count).astype(np.int32), scores[kept].astype(np.float32))

    def __len__(self) -> int:
        """Return the number n of products."""
        return len(self.starts) - 1

    def of(self, row: int) -> tuple[NDArray[np.int32], Scores]:
        """Return one product's neighbours and their scores, best first."""
        start, end = self.starts[row], self.starts[row + 1]
        return self.rows[start:end], self.scores[start:end]

    def entries(self, rows: Rows, limit: int | None = None) -> tuple[Rows, NDArray[np.int64]]:
        """Find the entries of several products.

        Args:
            rows: int64, shape (k,), may repeat.
            limit: how many entries of each product, the best ones; None takes all.

        Returns:
            Which of `rows` each entry belongs to, and where it stands in `rows` and `scores` of the table; int64.
        """
        starts = self.starts[rows]
        sizes = self.starts[rows + 1] - starts
        if limit is not None:
            sizes = np.minimum(sizes, limit)
        source = np.repeat(np.arange(len(rows)), sizes)
        first = np.cumsum(sizes) - sizes
        return source, np.arange(len(source)) + (starts - first)[source]

    def spread(self, rows: Rows, weights: NDArray[np.floating[Any]], limit: int | None = None) -> NDArray[np.float64]:
        """Return the weighted sum of several products' entries: float64, shape (n,).

        Args:
            rows: int64, shape (k,), may repeat.
            weights: float, shape (k,).
            limit: as for `entries`.
        """
        source, at = self.entries(rows, limit)
        worth = weights[source] * self.scores[at]
        return np.bincount(self.rows[at], worth, minlength=len(self)).astype(np.float64, copy=False)

    def check(self) -> None:
        """Make sure that nothing points outside.

        Raises:
            ValueError: the arrays don't fit each other.
        """
        sizes = np.diff(self.starts)
        if self.starts[0] != 0 or (sizes < 0).any() or self.starts[-1] != len(self.rows):
            raise ValueError("the starts of a table don't ascend from 0 to its end")
        if len(self.rows) != len(self.scores):
            raise ValueError("a table has as many rows as scores")
        if len(self.rows) and not 0 <= int(self.rows.min()) <= int(self.rows.max()) < len(self):
            raise ValueError("a table names products that don't exist")
        if not (np.isfinite(self.scores).all() and (self.scores > 0).all()):
            raise ValueError("scores of a table are above 0")
