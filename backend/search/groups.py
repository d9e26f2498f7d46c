"""Lists that show one of each group, or a few of each brand; pure functions over a whole ordered list.

What is kept at a place depends on the better places alone, so pages of a kept list join to it, whatever their size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]


def first_of_groups(groups: NDArray[np.int32]) -> tuple[Positions, NDArray[np.int64]]:
    """Keep the first of each group.

    Args:
        groups: number of the group of each place, best first; 0 for what belongs to none, which is kept.

    Returns:
        The places kept, rising, and how many members of its group the list has for each, itself included; both int64,
        shape (m,).
    """
    places = np.arange(len(groups))
    if not len(groups):
        return places, places
    first = np.zeros(int(groups.max()) + 1, np.int64)
    first[groups[::-1]] = places[::-1]  # of several values for one place the last one stays: the first of the list
    kept = np.flatnonzero((groups == 0) | (first[groups] == places))
    counts = np.bincount(groups)
    counts[0] = 1
    return kept, counts[groups[kept]]


def first_few_of_each(codes: NDArray[np.int32], limit: int) -> Positions:
    """Keep the first `limit` of each code; 0, for what has none, is kept as often as it comes.

    Args:
        codes: of each place, best first.
        limit: at least 1.

    Returns:
        The places kept, rising: int64.
    """
    if not len(codes):
        return np.arange(0)
    together = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(codes[together]) != 0])
    sizes = np.diff(np.append(starts, len(codes)))
    nth = np.empty(len(codes), np.int64)
    nth[together] = np.arange(len(codes)) - np.repeat(starts, sizes)
    return np.flatnonzero((codes == 0) | (nth < limit))
