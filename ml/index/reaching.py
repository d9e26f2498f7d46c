"""Which rows have an inner product with a query that reaches a value: what a search with a cutoff asks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.index.compact import CompactRows
from ml.index.planner import Plan, scans
from ml.index.view import View, held
from ml.types import Embedding, RowMask

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reached:
    """Rows whose inner product with a query may reach a value, and those that were asked for beside them.

    Attributes:
        rows: int64, shape (n,), ascending; live and allowed.
        estimates: float32, shape (n,).
        errors: float32, shape (n,): the inner product is within as much of the estimate; 0 says that it is exact.
        scanned: rows whose vector or code was looked at.
        complete: whether no other row reaches the value; if not, other ones may.
    """

    rows: Rows
    estimates: Floats
    errors: Floats
    scanned: int
    complete: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query, the least inner product, the rows allowed, and those wanted in any case."""

    query: Embedding
    least: np.float32
    mask: RowMask
    wanted: Rows


def reach(
    view: View, query: Embedding, least: float, allowed: RowMask | None, plan: Plan, *, beside: Rows | None = None
) -> Reached:
    """Find the live rows that may reach a value; see `VectorIndex.reaching`."""
    mask = view.live_mask(allowed)
    wanted = np.empty(0, np.int64) if beside is None else beside[held(mask, beside)]
    asked = _Asked(query, np.float32(least), mask, wanted)
    compact, tuning = view.compact, view.tuning
    if compact is not None and tuning is not None:
        if plan.mode == "approximate":
            lists = compact.nearest_lists(query, plan.probes, None)
            return _estimated(view, compact, asked, lists=lists)
        count = view.live_count if allowed is None else int(np.count_nonzero(mask))
        if scans(count, view.shape, tuning.costs):
            # One look at everything costs less than many rows beside those that are near.
            whole = scans(len(wanted), view.shape, tuning.costs)
            return _estimated(view, compact, asked, whole=whole)
    rows = np.flatnonzero(mask)
    scores = view.store.inner_products(query, rows)
    kept = scores >= asked.least
    kept[np.searchsorted(rows, wanted)] = True
    rows, scores = rows[kept], scores[kept]
    return Reached(rows, scores, np.zeros(len(rows), np.float32), len(kept), complete=True)


def _estimated(
    view: View,
    compact: CompactRows,
    asked: _Asked,
    *,
    lists: Rows | None = None,
    whole: bool = False,
) -> Reached:
    """Look at the codes of some lists, or all, at every row without a code, and at the wanted ones that are left."""
    missing = np.zeros(len(view.live), np.bool_)
    missing[asked.wanted] = True
    scan = compact.scan(asked.query, lists, least=None if whole else float(asked.least))
    near = (scan.estimates + scan.errors >= asked.least) | missing[scan.rows]
    near &= held(asked.mask, scan.rows)
    missing[scan.rows[near]] = False
    added = view.merged + np.flatnonzero(asked.mask[view.merged :])
    scores = view.store.inner_products(asked.query, added)
    kept = (scores >= asked.least) | missing[added]
    missing[added] = False
    left = np.flatnonzero(missing)
    rows = np.concatenate([scan.rows[near], added[kept], left])
    estimates = np.concatenate([scan.estimates[near], scores[kept], view.store.inner_products(asked.query, left)])
    errors = np.zeros(len(rows), np.float32)
    errors[: np.count_nonzero(near)] = scan.errors[near]
    order = np.argsort(rows)
    coded = compact.count if lists is None else int(compact.sizes[lists].sum())
    return Reached(
        rows[order],
        estimates[order],
        errors[order],
        scanned=coded + len(added) + len(left),
        complete=coded == compact.count,
    )
