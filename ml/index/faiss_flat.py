"""Exact search over a fixed base segment, usually a mapped snapshot, and the rows added since."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from ml.index.checks import checked_mask, checked_products, checked_query
from ml.index.order import best_first
from ml.index.segment import FlatSegment, GrowingSegment
from ml.types import Embedding, Embeddings, ProductId, RowMask


@dataclass(frozen=True, slots=True)
class _View:
    """One consistent state of the index; a writer replaces it whole, a search reads it once."""

    delta: GrowingSegment
    live: NDArray[np.bool_]  # (row_count,), never changed in place
    live_count: int

    def live_rows(self, allowed: RowMask | None) -> NDArray[np.int64]:
        """Return the allowed live rows, ascending."""
        if allowed is None:
            return np.flatnonzero(self.live)
        if self.live_count == len(self.live):
            return np.flatnonzero(allowed)
        return np.flatnonzero(allowed & self.live[: len(allowed)])


class FaissFlatIndex:
    """The `VectorIndex` that serves: exact at any selectivity, as it scores just the allowed rows.

    Rows of the base come first, a row's number being its position there; rows added since follow. Searches take no
    lock. Writers exclude each other, and pay for a copy of the live flags: 1 byte a row, 0.05 ms at a million rows.
    """

    def __init__(
        self, dimension: int, base: faiss.IndexFlat | None = None, base_ids: Sequence[ProductId] = ()
    ) -> None:
        """Open an index, empty or over a base.

        Args:
            dimension: length d of an embedding, at least 1.
            base: a FAISS flat inner-product index of unit vectors; it's read and never written.
            base_ids: the product of each base row.

        Raises:
            ValueError: the base has another dimension, metric or number of rows, or an id is repeated.
        """
        if dimension < 1:
            raise ValueError(f"a dimension must be at least 1, not {dimension}")
        base = faiss.IndexFlatIP(dimension) if base is None else base
        if base.d != dimension or base.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError(f"the base must be an inner-product index of dimension {dimension}")
        if base.ntotal != len(base_ids):
            raise ValueError(f"{len(base_ids)} product ids for {base.ntotal} base rows")
        self._dimension = dimension
        self._base = FlatSegment(base)
        self._base_count = len(base_ids)
        self._ids = list(base_ids)  # of every row; only ever appended to
        self._row_of = {product_id: row for row, product_id in enumerate(base_ids)}
        if len(self._row_of) != len(self._ids):
            raise ValueError("product ids of the base must be distinct")
        live = np.ones(self._base_count, np.bool_)
        self._view = _View(GrowingSegment.empty(dimension), live, self._base_count)
        self._writing = threading.Lock()

    @property
    def dimension(self) -> int:
        """Length d of an embedding."""
        return self._dimension

    @property
    def row_count(self) -> int:
        """Rows ever used, live and retired; the next new row has this number."""
        return len(self._view.live)

    @property
    def live_count(self) -> int:
        """Products that can be found."""
        return self._view.live_count

    def row_of(self, product_id: ProductId) -> int | None:
        """Return the live row of a product, or None."""
        return self._row_of.get(product_id)

    def id_of(self, row: int) -> ProductId:
        """Return the product that owns, or owned, a row.

        Raises:
            IndexError: there's no such row.
        """
        if not 0 <= row < self.row_count:
            raise IndexError(f"no row {row} in an index of {self.row_count} rows")
        return self._ids[row]

    def live_rows(self) -> NDArray[np.int64]:
        """Return the rows of all products, ascending: int64, shape (live_count,)."""
        return self._view.live_rows(None)

    def embeddings(self, rows: NDArray[np.int64]) -> Embeddings:
        """Return a copy of the vectors of rows, live or retired.

        Args:
            rows: int64, shape (n,), each below `row_count`.

        Returns:
            float32, shape (n, d), exactly as they were given.

        Raises:
            IndexError: a row doesn't exist.
        """
        view = self._view
        if len(rows) and not (rows.min() >= 0 and rows.max() < len(view.live)):
            raise IndexError(f"a row outside 0..{len(view.live) - 1}")
        vectors = np.empty((len(rows), self._dimension), np.float32)
        in_base = rows < self._base_count
        vectors[in_base] = self._base.embeddings(rows[in_base])
        vectors[~in_base] = view.delta.embeddings(rows[~in_base] - self._base_count)
        return vectors

    def upsert(self, product_ids: Sequence[ProductId], embeddings: Embeddings) -> NDArray[np.int64]:
        """Add products, or give them new vectors; visible to searches when the call returns.

        Args:
            product_ids: n distinct ids.
            embeddings: float32, shape (n, d), rows of L2 norm 1; they're copied.

        Returns:
            int64, shape (n,): the new row of each product.

        Raises:
            ValueError: the arguments are refused (see `ml.index.checks`); nothing has changed.
        """
        embeddings = checked_products(product_ids, embeddings, self._dimension)
        with self._writing:
            old = self._view
            first = len(old.live)
            new_rows = np.arange(first, first + len(product_ids))
            delta = old.delta.extended(first - self._base_count, embeddings)
            self._ids.extend(product_ids)
            live = np.concatenate([old.live, np.ones(len(product_ids), np.bool_)])
            retired = [self._row_of[product_id] for product_id in product_ids if product_id in self._row_of]
            live[retired] = False
            self._view = _View(delta, live, old.live_count + len(product_ids) - len(retired))
            # After the view: a reader must never be told of a row past `row_count`.
            self._row_of.update(zip(product_ids, new_rows.tolist(), strict=True))
        return new_rows

    def remove(self, product_ids: Sequence[ProductId]) -> None:
        """Retire the rows of products; unknown ids are ignored."""
        with self._writing:
            old = self._view
            rows = [self._row_of.pop(product_id) for product_id in set(product_ids) & self._row_of.keys()]
            live = old.live.copy()
            live[rows] = False
            self._view = _View(old.delta, live, old.live_count - len(rows))

    def search(
        self, query: Embedding, k: int, allowed: RowMask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the k best live rows; see `VectorIndex.search`.

        The score of a row has the same bits in every call with the same query, whatever `k` and `allowed` are.

        Raises:
            ValueError: the query, `k` or the mask is refused (see `ml.index.checks`).
        """
        query = checked_query(query, k, self._dimension)
        view = self._view
        if allowed is not None:
            allowed = checked_mask(allowed, len(view.live))
        rows = view.live_rows(allowed)
        return best_first(rows, self._inner_products(view, query, rows), k, self._ids.__getitem__)

    def inner_products(self, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the exact inner products of rows; see `VectorIndex.inner_products`."""
        return self._inner_products(self._view, query, rows)

    def estimates(self, query: Embedding, rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the exact inner products of rows, and that they are exact."""
        return self.inner_products(query, rows), np.zeros(len(rows), np.float32)

    def _inner_products(self, view: _View, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        split = int(np.searchsorted(rows, self._base_count))
        scores = self._base.inner_products(query, rows[:split])
        if split == len(rows):
            return scores
        return np.concatenate([scores, view.delta.inner_products(query, rows[split:] - self._base_count)])
