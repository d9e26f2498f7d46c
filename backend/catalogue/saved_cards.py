"""Cards that a start needn't make: in a file, which all workers have mapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.records import to_card
from backend.catalogue.repository import CatalogueRepository
from ml.types import ProductId

NONE = -1
RowOf = Callable[[ProductId], int | None]


@dataclass(frozen=True, slots=True)
class CardArrays:
    """The cards of the rows of one snapshot.

    Attributes:
        text: one card after the other: uint8.
        ends: where each ends: int64, shape (rows,); rows without one have an empty one.
        versions: of the product when it was made, `NONE` where there is none: int32, shape (rows,).
    """

    text: NDArray[np.uint8]
    ends: NDArray[np.int64]
    versions: NDArray[np.int32]

    @classmethod
    def made(cls, repository: CatalogueRepository, row_of: RowOf, count: int) -> CardArrays:
        """Make the cards of all products that have one of the first rows."""
        cards, versions = [b""] * count, np.full(count, NONE, np.int32)
        for product in repository.all_cards():
            row = row_of(ProductId(product.id))
            if row is not None and row < count:
                cards[row], versions[row] = to_card(product), product.version
        ends = np.fromiter(accumulate(map(len, cards)), np.int64, count)
        return cls(np.frombuffer(b"".join(cards), np.uint8), ends, versions)

    def check(self) -> None:
        """Check that they fit each other.

        Raises:
            ValueError: they don't.
        """
        whole = np.concatenate([[0], self.ends])
        if len(self.ends) != len(self.versions) or (np.diff(whole) < 0).any() or whole[-1] != len(self.text):
            raise ValueError("the cards don't lie where they should")


class SavedCards:
    """Finds a card by product and version."""

    def __init__(self, arrays: CardArrays, row_of: RowOf) -> None:
        """Look into arrays.

        Args:
            arrays: as saved.
            row_of: the row that a product has by now; one beyond the arrays, or another one's, has another version.
        """
        self._text = arrays.text.data
        self._ends = arrays.ends
        self._versions = arrays.versions
        self._row_of = row_of

    def get(self, product_id: ProductId, version: int) -> bytes | None:
        """Return the card of a product at a version; None if it isn't here."""
        row = self._row_of(product_id)
        if row is None or row >= len(self._versions) or self._versions[row] != version:
            return None
        return bytes(self._text[self._ends[row - 1] if row else 0 : self._ends[row]])
