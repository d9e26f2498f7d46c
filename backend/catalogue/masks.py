"""Which rows pass a filter, kept as long as no product changes: shoppers ask for the same brands all day."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import numpy as np

from backend.catalogue.columns import Columns
from backend.catalogue.row_filter import RowFilter
from ml.types import RowMask

KEPT_BYTES: Final = 16 << 20


class Masks:
    """The masks of filters, the oldest forgotten first; safe to use from several threads."""

    def __init__(self, columns: Columns, budget_bytes: int = KEPT_BYTES) -> None:
        """Keep masks of columns.

        Args:
            columns: whose rows are meant.
            budget_bytes: that all masks together take at most.
        """
        self._columns = columns
        self._budget = budget_bytes
        self._kept: dict[RowFilter, tuple[RowMask, int]] = {}
        self._changes = -1
        self._bytes = 0
        self._lock = threading.Lock()

    def of(self, where: RowFilter, make: Callable[[], RowMask]) -> tuple[RowMask, int]:
        """Return the rows that pass a filter, not to be written to, and their number.

        Args:
            where: the filter. One with attributes isn't kept, since 1 and True would be one key; nor is one with
                ids, whose rows the columns don't know.
            make: returns the mask.
        """
        changes = self._columns.changes
        if changes == self._changes and (known := self._kept.get(where)) is not None:
            return known
        mask = make()
        mask.flags.writeable = False
        found = mask, int(np.count_nonzero(mask))
        if not (where.attributes or where.ids is not None or where.exclude_ids):
            self._keep(where, found, changes)
        return found

    def _keep(self, where: RowFilter, found: tuple[RowMask, int], changes: int) -> None:
        with self._lock:
            if changes % 2 or self._columns.changes != changes:
                return  # a product changed meanwhile: the mask is of no one moment
            if self._changes != changes:
                self._kept, self._bytes = {}, 0
                self._changes = changes  # last: who reads it must not find masks of the moment before
            if where not in self._kept:
                self._kept[where] = found
                self._bytes += found[0].nbytes
            while self._bytes > self._budget:
                mask, _ = self._kept.pop(next(iter(self._kept)))
                self._bytes -= mask.nbytes
