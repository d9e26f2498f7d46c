"""The order of results: best score first, equal scores by product id, also at the cut."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ml.types import ProductId

GROUP = 64  # scores, at most, of which only the best is looked at when a lower bound of the k-th best is wanted
Score = TypeVar("Score", bound=np.floating[Any])


def best_first(
    rows: NDArray[np.int64], scores: NDArray[Score], k: int, id_of: Callable[[int], ProductId]
) -> tuple[NDArray[np.int64], NDArray[Score]]:
    """Choose and order the k best rows.

    Shops list the same item many times, so equal scores are common. Every row that ties with the k-th best competes
    for the last places, and the product id decides: where a row lies never matters.

    Args:
        rows: int64, shape (n,), distinct.
        scores: float32 or float64, shape (n,), finite, higher is better.
        k: how many are wanted, at least 1.
        id_of: the product id of a row; asked only for rows that share their score with another.

    Returns:
        Rows (int64) and scores, both of shape (min(k, n),).
    """
    if k < len(rows):
        cut = np.partition(scores, -k)[-k]
        keep = np.flatnonzero(scores >= cut)  # at least k: all ties at the cut are in
        rows, scores = rows[keep], scores[keep]
    order = np.argsort(-scores)
    rows, scores = rows[order], scores[order]
    if not (scores[1:] == scores[:-1]).any():
        return rows[:k], scores[:k] + scores.dtype.type(0)
    starts = np.flatnonzero(np.diff(scores, prepend=np.inf))
    ends = np.append(starts[1:], len(scores))
    for run in np.flatnonzero(ends - starts > 1):
        start, end = int(starts[run]), int(ends[run])
        tied = heapq.nsmallest(k - start, rows[start:end].tolist(), key=id_of)
        rows[start : start + len(tied)] = tied
    return rows[:k], scores[:k] + scores.dtype.type(0)  # the sum turns -0.0 into 0.0


def kth_at_least(values: NDArray[np.float32], k: int) -> np.float32:
    """Return a value that at least k of these reach, close to the k-th largest: of groups, only the best counts."""
    size = min(GROUP, len(values) // (2 * k))
    if size > 1:
        groups = len(values) // size
        best = values[: groups * size].reshape(size, groups).max(axis=0)  # (groups,)
        return np.float32(np.partition(best, -k)[-k])
    return np.float32(np.partition(values, -k)[-k]) if k < len(values) else np.float32(-np.inf)
