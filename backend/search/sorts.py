"""The orders of a list: what sorts first, relevance among equals, the id among what is left."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.columns import NO_PRICE, ColumnArrays
from ml.types import ProductId

Sort: TypeAlias = Literal["relevance", "price_asc", "price_desc", "discount", "rating", "newest"]
SortKeys: TypeAlias = NDArray[np.int64]
MISSING = -(2**62)  # behind every value; half of the range, so that it can be negated


def sort_keys(sort: Sort, arrays: ColumnArrays, rows: NDArray[np.int64]) -> SortKeys:
    """Return what orders rows before their relevance, higher first: int64, shape (n,).

    Exact, so that a cursor can hold it: cents, hundredths of a percent, microseconds, the bits of a rating. A missing
    value is below all.
    """
    if sort in {"price_asc", "price_desc"}:
        cents = arrays.price_cents[rows]
        return np.where(cents == NO_PRICE, MISSING, cents if sort == "price_desc" else -cents)
    if sort == "discount":
        hundredths = arrays.discount[rows].astype(np.int64)
        return np.where(hundredths == 0, MISSING, hundredths)
    if sort == "rating":
        rating = arrays.rating[rows]
        bits = (rating + np.float32(0)).view(np.int32).astype(np.int64)  # of no negative: they order as they do
        return np.where(np.isnan(rating), MISSING, bits)
    if sort == "newest":
        return arrays.created_us[rows].copy()
    return np.zeros(len(rows), np.int64)


def best_candidates(keys: SortKeys, k: int) -> NDArray[np.int64]:
    """Return positions that hold the k first and all that tie with the last of them by key, in any order.

    Only of these the relevance matters.
    """
    if k >= len(keys):
        return np.arange(len(keys))
    return np.flatnonzero(keys >= np.partition(keys, -k)[-k])


def order(
    rows: NDArray[np.int64],
    keys: SortKeys,
    relevance: NDArray[np.float64],
    k: int,
    id_of: Callable[[int], ProductId],
) -> NDArray[np.int64]:
    """Return the positions of the first k by falling key, then falling relevance, then rising id.

    Args:
        rows: int64, shape (n,), distinct.
        keys: from `sort_keys`, shape (n,).
        relevance: float64, shape (n,), finite.
        k: how many are wanted, at least 1.
        id_of: the product id of a row; asked only for rows that are equal in both.
    """
    positions = best_candidates(keys, k)
    keys, relevance = keys[positions], relevance[positions]
    sorted_ = np.lexsort((-relevance, -keys))
    keys, relevance, positions = keys[sorted_], relevance[sorted_], positions[sorted_]
    if not len(positions):
        return positions
    starts = np.flatnonzero(np.r_[True, (np.diff(keys) != 0) | (np.diff(relevance) != 0)])
    ends = np.append(starts[1:], len(positions))
    for run in np.flatnonzero((ends - starts > 1) & (starts < k)):
        start, end = int(starts[run]), int(ends[run])
        tied = heapq.nsmallest(k - start, positions[start:end].tolist(), key=lambda at: id_of(int(rows[at])))
        positions[start : start + len(tied)] = tied
    return positions[:k]
