"""Blocks of vectors and their inner products with a query; the only file that calls FAISS kernels.

Every score of every search comes from `faiss.fvec_inner_products_by_idx`, which computes one row at a time. So the
score of a row has the same bits whatever else was allowed, wherever the row lies, and in a mapped file as in memory;
equal vectors get equal scores, and a cursor may compare scores of two calls. A matrix product promises none of this.
"""

from __future__ import annotations

from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from ml.types import Embedding, Embeddings

INITIAL_CAPACITY = 64  # rows


class Segment(Protocol):
    """Vectors that never change once a reader knows of them."""

    def inner_products(self, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the inner products of the query (d,) with the rows (n,): float32, shape (n,)."""

    def embeddings(self, rows: NDArray[np.int64]) -> Embeddings:
        """Return a copy of the rows: float32, shape (n, d)."""


def inner_products_of(first: Any, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Call the FAISS kernel on the rows of the vectors that start at the pointer `first`; it releases the GIL."""
    scores = np.empty(len(rows), np.float32)
    if len(rows):
        # The kernel shares out queries, and here is one: a second OpenMP thread would do nothing, yet on a busy
        # machine waiting for it to start costs a time slice (8 ms). The setting belongs to the calling thread alone.
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)
        faiss.fvec_inner_products_by_idx(  # type: ignore[attr-defined]  # FAISS's type stubs lack it
            faiss.swig_ptr(scores), faiss.swig_ptr(query), first, faiss.swig_ptr(rows), len(query), 1, len(rows)
        )
        faiss.omp_set_num_threads(threads)
    return scores


class FlatSegment:
    """The vectors of a FAISS flat index, often mapped from a file.

    The index is only read: FAISS aborts the whole process when rows are added to a mapped one.
    """

    def __init__(self, flat: faiss.IndexFlat) -> None:
        self._flat = flat

    def inner_products(self, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Segment`."""
        return inner_products_of(self._flat.get_xb(), query, rows)

    def embeddings(self, rows: NDArray[np.int64]) -> Embeddings:
        """See `Segment`."""
        vectors: Embeddings = self._flat.reconstruct_batch(rows)
        return vectors


class PackedSegment:
    """Vectors of some rows, in memory, that never change.

    Attributes:
        rows: int64, shape (n,), ascending: whose vectors these are.
    """

    def __init__(self, rows: NDArray[np.int64], vectors: Embeddings) -> None:
        self.rows = rows
        self._vectors = vectors

    @classmethod
    def empty(cls, dimension: int) -> PackedSegment:
        """Make a segment without rows."""
        return cls(np.empty(0, np.int64), np.empty((0, dimension), np.float32))

    def places(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return where rows lie in here (n,), and which of them do (n,)."""
        places = np.searchsorted(self.rows, rows)
        if not len(self.rows):
            return places, np.zeros(len(rows), np.bool_)
        return places, self.rows[np.minimum(places, len(self.rows) - 1)] == rows

    def inner_products(self, query: Embedding, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Segment`; by place, not by row."""
        return inner_products_of(faiss.swig_ptr(self._vectors), query, places)

    def embeddings(self, places: NDArray[np.int64]) -> Embeddings:
        """See `Segment`; by place, not by row."""
        return self._vectors[places]


class GrowingSegment:
    """Vectors in memory with spare room after them.

    Rows that readers know of are never written again. When the room is used up, a larger copy takes over and readers
    of the old one finish in peace, so a search needs no lock beside a writer.
    """

    def __init__(self, vectors: Embeddings) -> None:
        self._vectors = vectors  # (capacity, d)

    @classmethod
    def empty(cls, dimension: int) -> GrowingSegment:
        """Make a segment without rows."""
        return cls(np.empty((INITIAL_CAPACITY, dimension), np.float32))

    @property
    def dimension(self) -> int:
        """Length d of a vector."""
        return int(self._vectors.shape[1])

    def extended(self, used: int, embeddings: Embeddings) -> GrowingSegment:
        """Append rows after the first `used` ones; return the segment that holds them all, this one or a larger."""
        needed = used + len(embeddings)
        grown = self
        if needed > len(self._vectors):
            capacity = max(needed, 2 * len(self._vectors))
            grown = GrowingSegment(np.empty((capacity, self._vectors.shape[1]), np.float32))
            grown._vectors[:used] = self._vectors[:used]
        grown._vectors[used:needed] = embeddings
        return grown

    def inner_products(self, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Segment`."""
        return inner_products_of(faiss.swig_ptr(self._vectors), query, rows)

    def embeddings(self, rows: NDArray[np.int64]) -> Embeddings:
        """See `Segment`."""
        return self._vectors[rows]
