"""One consistent state of an index, and the searches over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.index.compact import CompactRows, Scan
from ml.index.moments import Moments
from ml.index.order import best_first, kth_at_least
from ml.index.outline import Outline
from ml.index.planner import Plan, Shape, Tuning, scans
from ml.index.store import VectorStore
from ml.types import Embedding, ProductId, RowMask

Found = tuple[NDArray[np.int64], NDArray[np.float32]]
IdOf = Callable[[int], ProductId]


@dataclass(frozen=True, slots=True)
class View:
    """What a search reads once and a writer replaces whole; nothing in it is changed in place.

    Attributes:
        store: exact vectors of every row that is live.
        live: bool, shape (row_count,).
        live_count: products that can be found.
        moments: of the vectors of the live rows.
        compact: codes of every live row below `merged`, and of some retired ones; None if there are none yet.
        merged: rows from this number on have no code and are scored exactly.
        tuning: what was measured for `compact`; None exactly when that is.
        trained_to: rows there were when grid and clusters of `compact` were fitted.
        outline: of the rows below `merged`; None where it finds too little, or `compact` is clustered.
    """

    store: VectorStore
    live: NDArray[np.bool_]
    live_count: int
    moments: Moments
    compact: CompactRows | None = None
    merged: int = 0
    tuning: Tuning | None = None
    trained_to: int = 0
    outline: Outline | None = None

    @property
    def shape(self) -> Shape:
        """The sizes that a plan depends on."""
        if self.compact is None:
            return Shape(0, 1, len(self.live), self.live_count)
        return Shape(self.compact.count, self.compact.lists, len(self.live) - self.merged, self.live_count)

    def live_rows(self, allowed: RowMask | None) -> NDArray[np.int64]:
        """Return the allowed live rows, ascending."""
        return np.flatnonzero(self.live_mask(allowed))

    def live_mask(self, allowed: RowMask | None) -> RowMask:
        """Return which rows are live and allowed; shape (<= row_count,), the rest are not."""
        if allowed is None:
            return self.live
        return allowed if self.live_count == len(self.live) else allowed & self.live[: len(allowed)]

    def scores(self, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the exact inner products of rows (n,), -0.0 never among them, -inf for retired rows."""
        scores = self.store.inner_products(query, rows)
        if self.live_count < len(self.live):
            scores[~self.live[rows]] = -np.inf
        return scores + np.float32(0)

    def best(self, query: Embedding, k: int, allowed: RowMask | None, id_of: IdOf) -> Found:
        """Return the k best live rows and their exact scores, best first; ties by product id. Certain."""
        mask = self.live_mask(allowed)
        if self.compact is None or self.tuning is None:
            return self._best_of(query, np.flatnonzero(mask), k, id_of)
        count = self.live_count if allowed is None else int(np.count_nonzero(mask))
        if not scans(count, self.shape, self.tuning.costs) or k >= count:
            return self._best_of(query, np.flatnonzero(mask), k, id_of)
        added = self.merged + np.flatnonzero(mask[self.merged :])
        added_scores = self.store.inner_products(query, added)
        survivors = _survivors(self.compact.scan(query), mask, added_scores, k)
        rows = np.concatenate([survivors, added])
        scores = np.concatenate([self.store.inner_products(query, survivors), added_scores])
        return best_first(rows, scores, k, id_of)

    def likely_best(self, query: Embedding, k: int, allowed: RowMask | None, plan: Plan, id_of: IdOf) -> Found:
        """Return what is likely the k best live rows, found by probing clusters; scores are exact."""
        if self.compact is None:
            return self.best(query, k, allowed, id_of)
        mask = self.live_mask(allowed)
        wanted = None
        if allowed is not None and plan.probes < self.compact.lists:
            wanted = self.compact.lists_with(np.flatnonzero(mask[: self.merged]))
        lists = self.compact.nearest_lists(query, plan.probes, wanted)
        selector = None if len(mask) == len(self.live) and mask.all() else mask
        inside = self.compact.likeliest(query, k + plan.rerank, lists, selector)
        added = self.merged + np.flatnonzero(mask[self.merged :])
        rows = np.concatenate([np.sort(inside), added])
        if len(rows) < k:  # the clusters hold fewer than are wanted, and a filter must not lose any
            return self.best(query, k, allowed, id_of)
        return self._best_of(query, rows, k, id_of)

    def likely_rows(self, query: Embedding, count: int, allowed: RowMask | None, plan: Plan) -> NDArray[np.int64]:
        """Return live rows, ascending, among which the `count` best likely are, found by their outlines.

        There are more than `count` wherever more are allowed. Rows without an outline are looked at exactly.
        """
        if self.outline is None:
            raise ValueError("these rows have no outlines")
        mask = self.live_mask(allowed)
        rows = self.outline.likeliest(query, count + plan.rerank, mask[: self.merged])
        added = self.merged + np.flatnonzero(mask[self.merged :])
        if len(added) > count:
            scores = self.store.inner_products(query, added)
            added = added[scores >= kth_at_least(scores, count)]
        return np.concatenate([rows, added]) if len(added) else rows

    def _best_of(self, query: Embedding, rows: NDArray[np.int64], k: int, id_of: IdOf) -> Found:
        return best_first(rows, self.store.inner_products(query, rows), k, id_of)


def held(mask: RowMask, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows (n,) a mask has; rows past its end, none."""
    inside: NDArray[np.bool_] = rows < len(mask)
    if inside.all():
        return mask[rows]
    inside[inside] = mask[rows[inside]]
    return inside


def _survivors(scan: Scan, mask: RowMask, added: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return the scanned rows, ascending, that may be among the k best of them and of the added rows."""
    lowest, highest = scan.estimates - scan.errors, scan.estimates + scan.errors
    if len(mask) <= scan.rows.max(initial=-1):
        mask = np.concatenate([mask, np.zeros(int(scan.rows.max()) + 1 - len(mask), np.bool_)])
    if not mask.all():
        included = mask[scan.rows]  # choosing between two arrays beats assigning to scattered places three times over
        lowest = np.where(included, lowest, np.float32(-np.inf))
        highest = np.where(included, highest, np.float32(-np.inf))
    cut = kth_at_least(np.concatenate([lowest, added]), k)
    # A bound of -inf is a row that isn't allowed: none of those, even where the cut is -inf too.
    keep = (highest >= cut) & (highest > -np.inf)
    return np.sort(scan.rows[keep])
