"""Which row of the vector index is which product of a collaborative model: arrays instead of a lookup a product."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from ml.index.base import VectorIndex
from ml.ranking.blend import Rows
from ml.recommend.model import CollaborativeModel

ROOM = 1024  # rows to come, at least, before the arrays are copied
NONE = -1


class Places:
    """The products of one model in one index, whose new rows are looked up when they are met."""

    def __init__(self, index: VectorIndex, model: CollaborativeModel) -> None:
        """Look up every product of the model."""
        self._index = index
        self._place_of = model.row_of
        self._met = index.row_count  # first: what comes from here on is met as a new row
        found = [index.row_of(id_) for id_ in model.product_ids]
        self._rows = np.array([NONE if row is None else row for row in found], np.int64)
        self._places = np.full(self._met + ROOM, NONE, np.int64)
        known = np.flatnonzero((self._rows >= 0) & (self._rows < self._met))
        self._places[self._rows[known]] = known
        self._lock = threading.Lock()

    def of(self, rows: Rows) -> NDArray[np.int64]:
        """Return the places of live rows in the model: int64, shape (n,), -1 for what it doesn't know."""
        self._meet()
        return self._places[rows]

    def rows(self, places: NDArray[np.int64]) -> Rows:
        """Return the newest row of each product at some places of the model: int64, shape (n,), -1 for none.

        A row of a product that has been removed is one of them: whoever may list it knows that it isn't live.
        """
        self._meet()
        return self._rows[places]

    def _meet(self) -> None:
        count = self._index.row_count
        if count == self._met:
            return
        with self._lock:
            if count > len(self._places):
                grown = np.full(2 * count, NONE, np.int64)
                grown[: len(self._places)] = self._places
                self._places = grown
            for row in range(self._met, count):
                place = self._place_of.get(self._index.id_of(row), NONE)
                self._places[row] = place
                if place != NONE:
                    self._rows[place] = row
            self._met = max(self._met, count)
