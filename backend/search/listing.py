"""The list that a request asks for, out of its result set: sorted, grouped, capped."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.ranking import Ranking
from backend.search.candidates import Ordered
from backend.search.groups import first_few_of_each, first_of_groups
from backend.search.sorts import Sort, best_candidates, order, sort_keys
from ml.types import RowMask


class Wanted(Protocol):
    """What a request says about its list."""

    @property
    def sort(self) -> Sort:
        """What orders the list."""

    @property
    def group(self) -> str | None:
        """Whether each item group shows its best product alone."""

    @property
    def max_per_brand(self) -> int | None:
        """How many products of one brand the list has."""


class Listing:
    """One list; its pages are cut from `best`."""

    def __init__(
        self, live: LiveCatalogue, wanted: Wanted, candidates: Ordered, members: RowMask | None, count: int
    ) -> None:
        self._live = live
        self._wanted = wanted
        self._candidates = candidates
        self._members = members
        self._count = count
        self._whole = self._arranged() if wanted.group is not None or wanted.max_per_brand is not None else None

    @property
    def total(self) -> int:
        """Entries of the whole list."""
        return self._count if self._whole is None else len(self._whole)

    def best(self, k: int) -> Ranking:
        """Return the first k entries."""
        return self._sorted(k) if self._whole is None else self._whole.kept(np.arange(min(k, len(self._whole))))

    def _sorted(self, k: int) -> Ranking:
        if self._wanted.sort == "relevance":
            return self._candidates.best(k, self._members)
        arrays = self._live.columns.arrays
        rows = np.flatnonzero(arrays.live if self._members is None else self._members)
        candidates = rows[best_candidates(sort_keys(self._wanted.sort, arrays, rows), k)]
        among = np.zeros(len(arrays.live), np.bool_)
        among[candidates] = True
        found = self._candidates.best(max(1, len(candidates)), among)
        keys = sort_keys(self._wanted.sort, arrays, found.rows)
        return found.kept(order(found.rows, keys, found.ranks, k, self._live.index.id_of), keys=keys)

    def _arranged(self) -> Ranking:
        whole, columns = self._sorted(max(1, self._count)), self._live.columns
        if self._wanted.group is not None:
            kept, variants = first_of_groups(_of(columns.groups(), whole))
            whole = whole.kept(kept, variants=variants)
        if self._wanted.max_per_brand is not None:
            whole = whole.kept(first_few_of_each(_of(columns.values("brand"), whole), self._wanted.max_per_brand))
        return whole


def _of(codes: NDArray[np.int32], ranking: Ranking) -> NDArray[np.int32]:
    return codes[ranking.rows]
