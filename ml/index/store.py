"""The exact vectors of an index by row number, wherever they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ml.index.grid import BLOCK
from ml.index.segment import FlatSegment, GrowingSegment, PackedSegment
from ml.types import Embedding, Embeddings

Part = Callable[[NDArray[np.int64]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class VectorStore:
    """Vectors of three ages; a writer makes a new store that shares what didn't change.

    Attributes:
        base: rows below `base_count`, usually mapped from a snapshot.
        packed: later rows below `packed_to` that were live when they were last packed.
        growing: rows from `packed_to` on.
    """

    base: FlatSegment
    base_count: int
    packed: PackedSegment
    packed_to: int
    growing: GrowingSegment

    @classmethod
    def over(cls, base: FlatSegment, base_count: int, dimension: int) -> VectorStore:
        """Make a store of the base alone."""
        return cls(base, base_count, PackedSegment.empty(dimension), base_count, GrowingSegment.empty(dimension))

    def blocks(self, count: int) -> Iterator[Embeddings]:
        """Yield the vectors of the first `count` rows: float32, shape (<= BLOCK, d)."""
        for start in range(0, count, BLOCK):
            yield self.embeddings(np.arange(start, min(start + BLOCK, count)))

    def extended(self, row_count: int, embeddings: Embeddings) -> VectorStore:
        """Return a store with these vectors after the first `row_count` rows."""
        return replace(self, growing=self.growing.extended(row_count - self.packed_to, embeddings))

    def repacked(self, packed: PackedSegment, packed_to: int, row_count: int) -> VectorStore:
        """Return a store whose rows from `base_count` to `packed_to` are those of `packed` alone."""
        later = self.growing.embeddings(np.arange(packed_to, row_count) - self.packed_to)
        growing = GrowingSegment.empty(later.shape[1]).extended(0, later)
        return replace(self, packed=packed, packed_to=packed_to, growing=growing)

    def inner_products(self, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the exact inner products of a query (d,) with rows (n,): float32, -inf where a vector was let go."""
        scores, _ = self._gather(
            rows,
            lambda part: self.base.inner_products(query, part),
            lambda part: self.packed.inner_products(query, part),
            lambda part: self.growing.inner_products(query, part),
            np.full(len(rows), -np.inf, np.float32),
        )
        return scores

    def embeddings(self, rows: NDArray[np.int64]) -> Embeddings:
        """Return a copy of the vectors of rows: float32, shape (n, d).

        Raises:
            IndexError: the vector of a retired row was let go by a merge.
        """
        dimension = self.growing.dimension
        vectors, present = self._gather(
            rows,
            self.base.embeddings,
            self.packed.embeddings,
            self.growing.embeddings,
            np.empty((len(rows), dimension), np.float32),
        )
        if not present.all():
            raise IndexError(f"row {rows[~present][0]} was retired, and its vector let go")
        return vectors

    def _gather(
        self, rows: NDArray[np.int64], base: Part, packed: Part, growing: Part, into: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Fill `into` (n, ...) from the three parts; also tell for which rows (n,) there was something."""
        if not len(rows) or rows.max() < self.base_count:  # the usual case, without a mask for each part
            return base(rows), np.ones(len(rows), np.bool_)
        present = np.ones(len(rows), np.bool_)
        in_base = rows < self.base_count
        in_growing = rows >= self.packed_to
        into[in_base] = base(rows[in_base])
        into[in_growing] = growing(rows[in_growing] - self.packed_to)
        between = np.flatnonzero(~(in_base | in_growing))
        if len(between):
            places, there = self.packed.places(rows[between])
            into[between[there]] = packed(places[there])
            present[between[~there]] = False
        return into, present
