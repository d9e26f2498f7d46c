"""The reference index: plain NumPy, written to be obviously right rather than fast."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.index.checks import checked_mask, checked_products, checked_query, checked_rows
from ml.index.moments import Moments
from ml.index.planner import Plan
from ml.index.reaching import Reached
from ml.types import Embedding, Embeddings, ProductId, RowMask


class ExactIndex:
    """A `VectorIndex` for tests, notebooks and catalogues of a few thousand products.

    Scores are summed in double precision, so they're right to the last bit of a float32 or nearly so. A write copies
    everything; a search sees the one state it started from.
    """

    def __init__(self, dimension: int) -> None:
        """Make an empty index for embeddings of this length."""
        self._dimension = dimension
        self._state: tuple[tuple[ProductId, ...], Embeddings, NDArray[np.bool_]] = (
            (),
            np.empty((0, dimension), np.float32),
            np.empty(0, np.bool_),
        )
        self._writing = threading.Lock()

    @property
    def dimension(self) -> int:
        """Length d of an embedding."""
        return self._dimension

    @property
    def row_count(self) -> int:
        """Rows ever used, live and retired; the next new row has this number."""
        return len(self._state[0])

    @property
    def live_count(self) -> int:
        """Products that can be found."""
        return int(self._state[2].sum())

    @property
    def moments(self) -> Moments:
        """How the vectors of the live rows are spread."""
        _, vectors, live = self._state
        return Moments.of([vectors[live]], self._dimension)

    @property
    def failure(self) -> None:
        """None: there's nothing to be made beside the vectors."""

    def row_of(self, product_id: ProductId) -> int | None:
        """Return the live row of a product, or None."""
        ids, _, live = self._state
        return next((row for row, owner in enumerate(ids) if owner == product_id and live[row]), None)

    def id_of(self, row: int) -> ProductId:
        """Return the product that owns, or owned, a row.

        Raises:
            IndexError: there's no such row.
        """
        if row < 0:
            raise IndexError(f"no row {row}")
        return self._state[0][row]

    def are_live(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which rows (n,) hold a product that can be found.

        Raises:
            IndexError: a row doesn't exist.
        """
        live = self._state[2]
        return live[checked_rows(rows, len(live))]

    def live_rows(self) -> NDArray[np.int64]:
        """Return the rows of all products, ascending: int64, shape (live_count,)."""
        return np.flatnonzero(self._state[2])

    def embeddings(self, rows: NDArray[np.int64]) -> Embeddings:
        """Return a copy of the vectors of rows: float32, shape (n, d).

        Raises:
            IndexError: a row doesn't exist.
        """
        ids, vectors, _ = self._state
        return vectors[checked_rows(rows, len(ids))]

    def upsert(self, product_ids: Sequence[ProductId], embeddings: Embeddings) -> NDArray[np.int64]:
        """Add products, or give them new vectors; see `VectorIndex.upsert`.

        Raises:
            ValueError: the arguments are refused (see `ml.index.checks`); nothing has changed.
        """
        embeddings = checked_products(product_ids, embeddings, self._dimension)
        with self._writing:
            ids, vectors, live = self._state
            changed = set(product_ids)
            kept = np.array(
                [alive and owner not in changed for owner, alive in zip(ids, live, strict=True)], np.bool_
            )
            self._state = (
                (*ids, *product_ids),
                np.concatenate([vectors, embeddings]),
                np.concatenate([kept, np.ones(len(product_ids), np.bool_)]),
            )
            return np.arange(len(ids), len(ids) + len(product_ids))

    def remove(self, product_ids: Sequence[ProductId]) -> None:
        """Retire the rows of products; unknown ids are ignored."""
        with self._writing:
            ids, vectors, live = self._state
            gone = set(product_ids)
            kept = np.array([alive and owner not in gone for owner, alive in zip(ids, live, strict=True)], np.bool_)
            self._state = (ids, vectors, kept)

    def close(self) -> None:
        """Nothing runs in the background."""

    def search(
        self, query: Embedding, k: int, allowed: RowMask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the k best live rows; see `VectorIndex.search`.

        Raises:
            ValueError: the query, `k` or the mask is refused (see `ml.index.checks`).
        """
        query = checked_query(query, k, self._dimension)
        ids, vectors, live = self._state
        wanted = live.copy()
        if allowed is not None:
            allowed = checked_mask(allowed, len(ids))
            wanted[: len(allowed)] &= allowed
            wanted[len(allowed) :] = False
        scores = _scores(vectors, query)
        best = sorted(np.flatnonzero(wanted).tolist(), key=lambda row: (-scores[row], ids[row]))[:k]
        rows = np.array(best, np.int64)
        return rows, scores[rows]

    def inner_products(self, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the exact inner products of rows; see `VectorIndex.inner_products`.

        Raises:
            ValueError: the query is refused (see `ml.index.checks`).
            IndexError: a row doesn't exist.
        """
        query = checked_query(query, 1, self._dimension)
        ids, vectors, live = self._state
        rows = checked_rows(rows, len(ids))
        scores = _scores(vectors[rows], query)
        scores[~live[rows]] = -np.inf
        return scores

    def plan(self, count: int, allowed: int | None = None, *, exact: bool = False) -> Plan:
        """Return a plan for an exact search, the only kind there is here."""
        allowed = self.live_count if allowed is None else min(allowed, self.live_count)
        return Plan("exact", allowed, allowed)

    def likely_rows(
        self, query: Embedding, count: int, allowed: RowMask | None = None, passed: int | None = None
    ) -> NDArray[np.int64]:
        """Return the rows of the best, exactly; see `VectorIndex.likely_rows`."""
        return np.sort(self.search(query, count, allowed)[0])

    def candidates(
        self, query: Embedding, count: int, allowed: RowMask | None = None, plan: Plan | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the best live rows, exactly whatever the plan; see `VectorIndex.candidates`."""
        return self.search(query, count, allowed)

    def plan_reaching(self, allowed: int | None = None, *, beside: int = 0, exact: bool = False) -> Plan:
        """Return a plan for an exact search."""
        return self.plan(1, allowed)

    def reaching(
        self,
        query: Embedding,
        least: float,
        allowed: RowMask | None = None,
        plan: Plan | None = None,
        *,
        beside: NDArray[np.int64] | None = None,
    ) -> Reached:
        """Find the live rows whose inner product reaches a value, exactly whatever the plan.

        Raises:
            ValueError: the query or the mask is refused (see `ml.index.checks`).
        """
        rows, scores = self.search(query, max(1, self.row_count), allowed)
        order = np.argsort(rows)
        rows, scores = rows[order], scores[order]
        near = scores >= np.float32(least)
        if beside is not None:
            near |= np.isin(rows, beside)
        errors = np.zeros(np.count_nonzero(near), np.float32)
        return Reached(rows[near], scores[near], errors, scanned=len(rows), complete=True)


def _scores(vectors: Embeddings, query: Embedding) -> NDArray[np.float32]:
    """Sum one row at a time, as a matrix product may give equal rows unequal scores; float32, shape (n,)."""
    sums: NDArray[np.float32] = (vectors * query.astype(np.float64)).sum(axis=1).astype(np.float32)
    sums += np.float32(0)  # turns -0.0 into 0.0
    return sums
