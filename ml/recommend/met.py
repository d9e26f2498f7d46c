"""What the tables of a model say of the products that one history leads to, before it is added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.recommend.table import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """The entries of the tables that a history leads to.

    Attributes:
        near: int32, shape (k,): products chosen near a recent one, and `near_worth` what that counts.
        alike: int32, shape (l,): products alike to a recent one; `closest` and `words` say how much.
        recent: int64, shape (r,): the recent ones, which are as like themselves as can be: `recent_worth`.
        seen: int64, shape (h,): all that was chosen.
    """

    near: NDArray[np.int32]
    near_worth: NDArray[np.floating[Any]]
    alike: NDArray[np.int32]
    closest: NDArray[np.float32]
    words: NDArray[np.float32]
    recent: Rows
    recent_worth: NDArray[np.float32]
    seen: Rows

    def summed(
        self, count: int, place: NDArray[np.int32] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float32]]:
        """Return what all entries say of each product: likeness (2, n), what was chosen near it (n,), seen (n,).

        Args:
            count: n.
            place: int32: of each product among those that are asked for; None asks for all.
        """
        near, alike, recent, seen = (
            (self.near, self.alike, self.recent, self.seen)
            if place is None
            else (place[self.near], place[self.alike], place[self.recent], place[self.seen])
        )
        likest = np.zeros((2, count), np.float32)
        np.maximum.at(likest[0], alike, self.closest)
        np.maximum.at(likest[1], alike, self.words)
        likest[:, recent] = np.maximum(likest[:, recent], self.recent_worth)
        is_seen = np.zeros(count, np.float32)
        is_seen[seen] = 1.0
        sums = np.bincount(near, self.near_worth, minlength=count).astype(np.float64, copy=False)
        return likest, sums, is_seen
