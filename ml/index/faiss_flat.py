"""The index that serves: exact vectors of every row, compact codes beside them, merged in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import faiss
import numpy as np
from numpy.typing import NDArray

from ml.index.background import Merges
from ml.index.checks import checked_mask, checked_products, checked_query, checked_rows
from ml.index.compact import CompactRows
from ml.index.merge import Merged, MergeSettings
from ml.index.moments import Moments
from ml.index.outline import Outline
from ml.index.planner import Plan, PlannerSettings, Tuning, choose, choose_likely, choose_reaching, exactly
from ml.index.reaching import Reached, reach
from ml.index.segment import FlatSegment
from ml.index.store import VectorStore
from ml.index.view import View
from ml.types import Embedding, Embeddings, ProductId, RowMask


class FaissFlatIndex:
    """The `VectorIndex` that serves: exact at any selectivity, and approximate only where a plan says so.

    Rows of the base come first, a row's number being its position there; rows added since follow. Searches take no
    lock. Writers exclude each other, and pay for a copy of the live flags: 1 byte a row, 0.05 ms at a million rows.
    A merge builds new codes in a thread beside both and swaps them in; row numbers stay what they are.
    """

    def __init__(
        self,
        dimension: int,
        base: faiss.IndexFlat | None = None,
        base_ids: Sequence[ProductId] = (),
        *,
        moments: Moments | None = None,
        compact: CompactRows | None = None,
        outline: Outline | None = None,
        tuning: Tuning | None = None,
        planning: PlannerSettings | None = None,
        merging: MergeSettings | None = None,
        failure: str | None = None,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        """Open an index, empty or over a base.

        Args:
            dimension: length d of an embedding, at least 1.
            base: a FAISS flat inner-product index of unit vectors; it's read and never written.
            base_ids: the product of each base row.
            moments: of the base rows; added up here if not given.
            compact: codes of all base rows.
            outline: of the same rows.
            tuning: what was measured for them; given exactly when they are.
            planning: when searches may be approximate.
            merging: when rows are merged into compact ones.
            failure: why the base has no codes, though it is large enough.
            on_failure: called when a merge in the background fails.

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
        if (compact is None) != (tuning is None) or (compact is not None and compact.count != base.ntotal):
            raise ValueError("compact rows must be those of the base, and come with what was measured for them")
        self._dimension = dimension
        self._planning = planning or PlannerSettings()
        self._ids = list(base_ids)  # of every row; only ever appended to
        self._row_of = {product_id: row for row, product_id in enumerate(base_ids)}
        count = len(self._ids)
        if len(self._row_of) != count:
            raise ValueError("product ids of the base must be distinct")
        store = VectorStore.over(FlatSegment(base), count, dimension)
        merged = 0 if compact is None else count
        moments = Moments.of(store.blocks(count), dimension) if moments is None else moments
        self._view = View(store, np.ones(count, np.bool_), count, moments, compact, merged, tuning, merged, outline)
        self._writing = threading.Lock()
        self._merges = Merges(
            merging or MergeSettings(),
            lambda: self._view,
            self._ids.__getitem__,
            self._install,
            failure=failure,
            on_failure=on_failure,
        )

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

    @property
    def moments(self) -> Moments:
        """How the vectors of the live rows are spread."""
        return self._view.moments

    @property
    def tuning(self) -> Tuning | None:
        """What was measured for the compact rows; None while there are none."""
        return self._view.tuning

    @property
    def failure(self) -> str | None:
        """Why the last merge failed; see `VectorIndex.failure`."""
        return self._merges.failure

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

    def are_live(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which rows (n,) hold a product that can be found.

        Raises:
            IndexError: a row doesn't exist.
        """
        live = self._view.live
        return live[checked_rows(rows, len(live))]

    def live_rows(self) -> NDArray[np.int64]:
        """Return the rows of all products, ascending: int64, shape (live_count,)."""
        return self._view.live_rows(None)

    def embeddings(self, rows: NDArray[np.int64]) -> Embeddings:
        """Return a copy of the vectors of rows; see `VectorIndex.embeddings`.

        Raises:
            IndexError: a row doesn't exist, or was retired and its vector let go by a merge.
        """
        view = self._view
        return view.store.embeddings(checked_rows(rows, len(view.live)))

    def upsert(self, product_ids: Sequence[ProductId], embeddings: Embeddings) -> NDArray[np.int64]:
        """Add products, or give them new vectors; see `VectorIndex.upsert`. The vectors are copied.

        Raises:
            ValueError: the arguments are refused (see `ml.index.checks`); nothing has changed.
        """
        embeddings = checked_products(product_ids, embeddings, self._dimension)
        with self._writing:
            old = self._view
            first = len(old.live)
            new_rows = np.arange(first, first + len(product_ids))
            store = old.store.extended(first, embeddings)
            self._ids.extend(product_ids)
            live = np.concatenate([old.live, np.ones(len(product_ids), np.bool_)])
            retired = [self._row_of[product_id] for product_id in product_ids if product_id in self._row_of]
            live[retired] = False
            live_count = old.live_count + len(product_ids) - len(retired)
            moments = old.moments.changed(embeddings, old.store.embeddings(np.array(retired, np.int64)))
            self._view = replace(old, store=store, live=live, live_count=live_count, moments=moments)
            # After the view: a reader must never be told of a row past `row_count`.
            self._row_of.update(zip(product_ids, new_rows.tolist(), strict=True))
        self._merges.start_if_due()
        return new_rows

    def remove(self, product_ids: Sequence[ProductId]) -> None:
        """Retire the rows of products; unknown ids are ignored."""
        with self._writing:
            old = self._view
            rows = [self._row_of.pop(product_id) for product_id in set(product_ids) & self._row_of.keys()]
            live = old.live.copy()
            live[rows] = False
            gone = old.store.embeddings(np.array(rows, np.int64))
            moments = old.moments.changed(gone[:0], gone)
            self._view = replace(old, live=live, live_count=old.live_count - len(rows), moments=moments)
        self._merges.start_if_due()

    def inner_products(self, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the exact inner products of rows; see `VectorIndex.inner_products`.

        Raises:
            ValueError: the query is refused (see `ml.index.checks`).
            IndexError: a row doesn't exist.
        """
        view = self._view
        return view.scores(checked_query(query, 1, self._dimension), checked_rows(rows, len(view.live)))

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
        return view.best(query, k, allowed, self._ids.__getitem__)

    def plan(self, count: int, allowed: int | None = None, *, exact: bool = False) -> Plan:
        """Return how `candidates` would answer; see `VectorIndex.plan`."""
        view = self._view
        allowed = view.live_count if allowed is None else min(allowed, view.live_count)
        if exact:
            return exactly(allowed, view.shape, view.tuning)
        return choose(allowed, count, view.shape, view.tuning, self._planning)

    def likely_rows(
        self, query: Embedding, count: int, allowed: RowMask | None = None, passed: int | None = None
    ) -> NDArray[np.int64]:
        """Return rows among which the best likely are; see `VectorIndex.likely_rows`.

        Raises:
            ValueError: the query, `count` or the mask is refused (see `ml.index.checks`).
        """
        query = checked_query(query, count, self._dimension)
        view = self._view
        if allowed is not None:
            allowed = checked_mask(allowed, len(view.live))
            passed = int(np.count_nonzero(allowed)) if passed is None else passed
        passed = view.live_count if passed is None else min(passed, view.live_count)
        plan = choose_likely(passed, count, view.shape, view.tuning, self._planning)
        id_of = self._ids.__getitem__
        if plan.mode == "exact":
            return np.sort(view.best(query, count, allowed, id_of)[0])
        if plan.probes == 0 and view.outline is not None:
            return view.likely_rows(query, count, allowed, plan)
        return np.sort(view.likely_best(query, count, allowed, plan, id_of)[0])

    def candidates(
        self, query: Embedding, count: int, allowed: RowMask | None = None, plan: Plan | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the best live rows as planned; see `VectorIndex.candidates`.

        Raises:
            ValueError: the query, `count` or the mask is refused (see `ml.index.checks`).
        """
        query = checked_query(query, count, self._dimension)
        view = self._view
        if allowed is not None:
            allowed = checked_mask(allowed, len(view.live))
        if plan is None:
            passed = None if allowed is None else int(np.count_nonzero(view.live_mask(allowed)))
            plan = self.plan(count, passed)
        if plan.mode == "exact":
            return view.best(query, count, allowed, self._ids.__getitem__)
        return view.likely_best(query, count, allowed, plan, self._ids.__getitem__)

    def plan_reaching(self, allowed: int | None = None, *, beside: int = 0, exact: bool = False) -> Plan:
        """Return how `reaching` would answer; see `VectorIndex.plan_reaching`."""
        view = self._view
        allowed = view.live_count if allowed is None else min(allowed, view.live_count)
        if exact:
            return exactly(allowed, view.shape, view.tuning)
        return choose_reaching(allowed, view.shape, view.tuning, self._planning, beside=beside)

    def reaching(
        self,
        query: Embedding,
        least: float,
        allowed: RowMask | None = None,
        plan: Plan | None = None,
        *,
        beside: NDArray[np.int64] | None = None,
    ) -> Reached:
        """Find the live rows whose inner product may reach a value; see `VectorIndex.reaching`.

        Raises:
            ValueError: the query or the mask is refused (see `ml.index.checks`).
            IndexError: a row beside doesn't exist.
        """
        query = checked_query(query, 1, self._dimension)
        view = self._view
        if allowed is not None:
            allowed = checked_mask(allowed, len(view.live))
        if beside is not None:
            beside = checked_rows(beside, len(view.live))
        plan = plan or exactly(view.live_count, view.shape, view.tuning)
        return reach(view, query, least, allowed, plan, beside=beside)

    def merge(self) -> None:
        """Merge every row into compact ones now, and return when that is done; searches and writes go on beside."""
        self._merges.run()

    def merge_if_due(self) -> None:
        """Start a merge in the background if one is due, as each write does by itself."""
        self._merges.start_if_due()

    def wait_for_merge(self) -> None:
        """Return when no background merge runs."""
        self._merges.wait()

    def close(self) -> None:
        """Tell a background merge to give up, and wait for that; the index can still be searched."""
        self._merges.close()

    def _install(self, merged: Merged) -> None:
        """Swap in what a merge made; rows that were written meanwhile stay without a code until the next."""
        with self._writing:
            now = self._view
            self._view = replace(
                now,
                store=now.store.repacked(merged.packed, merged.merged, len(now.live)),
                compact=merged.compact,
                merged=merged.merged if merged.compact is not None else 0,
                tuning=merged.tuning,
                trained_to=merged.trained_to,
                outline=merged.outline,
            )
