"""Products found, best first, as rows of the live catalogue until somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.columns import ColumnArrays
from ml.types import ProductId

DRIFT = 1000  # places by which other products' changes may move one between two pages


@dataclass(frozen=True, slots=True)
class Hit:
    """One product found.

    Attributes:
        rank: what orders the list, higher first: inner product with the query, or browse rank.
        version: the product's version, which names its card.
        key: what orders the list before the rank, higher first; 0 where nothing does.
        variants: products of its item group that the search found, itself included; None when nobody asked.
        pinned: a rule put it at its place, not its rank.
    """

    product_id: ProductId
    rank: float
    version: int
    key: int = 0
    variants: int | None = None
    pinned: bool = False


class Ranking(Sequence[Hit]):
    """Products found, best first; a `Hit` is only made of those that are looked at.

    Attributes:
        rows: int64, shape (n,).
        ranks: float64, shape (n,); falling among equal keys.
        keys: int64, shape (n,), falling; zeros where the rank alone orders the list.
        variants: int64, shape (n,), or None; see `Hit`.
    """

    def __init__(
        self,
        rows: NDArray[np.int64],
        ranks: NDArray[np.float64],
        id_of: Callable[[int], ProductId],
        arrays: ColumnArrays,
        *,
        keys: NDArray[np.int64] | None = None,
        variants: NDArray[np.int64] | None = None,
    ) -> None:
        self.rows = rows
        self.ranks = ranks
        self.keys = np.zeros(len(rows), np.int64) if keys is None else keys
        self.variants = variants
        self._id_of = id_of
        self._arrays = arrays

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Hit: ...

    @overload
    def __getitem__(self, index: slice) -> list[Hit]: ...

    def __getitem__(self, index: int | slice) -> Hit | list[Hit]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        row = int(self.rows[index])
        variants = None if self.variants is None else int(self.variants[index])
        version, key = int(self._arrays.version[row]), int(self.keys[index])
        return Hit(self._id_of(row), float(self.ranks[index]), version, key, variants)

    def followed_by(self, rest: Ranking) -> Ranking:
        """Return this list and another one behind it; variants are unknown."""
        rows, ranks = np.concatenate([self.rows, rest.rows]), np.concatenate([self.ranks, rest.ranks])
        return Ranking(rows, ranks, self._id_of, self._arrays, keys=np.concatenate([self.keys, rest.keys]))

    def place_of(self, is_it: Callable[[ProductId], bool], near: int) -> int | None:
        """Return where a product is in this list, at most `DRIFT` places from one; None if it isn't there."""
        near = min(max(near, 0), len(self))  # whatever a cursor claims
        for distance in range(DRIFT + 1):
            for place in {near - distance, near + distance}:
                if 0 <= place < len(self) and is_it(self._id_of(int(self.rows[place]))):
                    return place
        return None

    def kept(
        self,
        places: NDArray[np.int64],
        *,
        keys: NDArray[np.int64] | None = None,
        variants: NDArray[np.int64] | None = None,
    ) -> Ranking:
        """Return a list of some places of this one, in the order given.

        Args:
            places: int64, shape (m,).
            keys: of this list's places, shape (n,); None leaves them as they are.
            variants: of the places kept, shape (m,); None leaves them as they are.
        """
        if variants is None and self.variants is not None:
            variants = self.variants[places]
        keys = (self.keys if keys is None else keys)[places]
        rows, ranks = self.rows[places], self.ranks[places]
        return Ranking(rows, ranks, self._id_of, self._arrays, keys=keys, variants=variants)
