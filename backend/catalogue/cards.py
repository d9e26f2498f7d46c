"""Ready-made JSON of products for result pages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from backend.catalogue.records import to_card
from backend.catalogue.repository import CatalogueRepository
from backend.database.engine import Database
from ml.types import ProductId


class Versioned(Protocol):
    """A product as it was at some moment: what its card is found by."""

    @property
    def product_id(self) -> ProductId:
        """Of the product."""

    @property
    def version(self) -> int:
        """Of the product at that moment."""


class Cards:
    """Product cards by id and version: most recently used ones in memory, the others from the database."""

    def __init__(self, database: Database, size: int) -> None:
        self._database = database
        self._size = size
        self._recent: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def of(self, hits: Sequence[Versioned]) -> dict[str, bytes]:
        """Return the card of each hit; at most one statement, and none when all are in memory.

        A product that was deleted since it was found has no card.
        """
        cards: dict[str, bytes] = {}
        missing: list[str] = []
        for hit in hits:
            key = hit.product_id, hit.version
            card = self._recent.get(key)
            if card is None:
                missing.append(hit.product_id)
            else:
                self._recent.move_to_end(key)
                cards[hit.product_id] = card
        if missing:
            for row in await self._database.read(lambda db: CatalogueRepository(db).cards(missing)):
                cards[row.id] = to_card(row)
                self._remember((row.id, row.version), cards[row.id])
        return cards

    def warm(self) -> None:
        """Make cards ahead of the first searches, as many as are kept; in the caller's thread."""
        with self._database.reading() as db:
            for row in CatalogueRepository(db).all_cards(self._size):
                self._remember((row.id, row.version), to_card(row))

    def _remember(self, key: tuple[str, int], card: bytes) -> None:
        # A copy, since the serialiser's bytes lie in blocks many times as long as a card.
        self._recent[key] = bytes(memoryview(card))
        while len(self._recent) > self._size:
            self._recent.popitem(last=False)
