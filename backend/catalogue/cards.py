"""Ready-made JSON of products for result pages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from backend.catalogue.records import to_card
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.saved_cards import SavedCards
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
    """Product cards by id and version: saved ones, else most recently used ones in memory, else from the database."""

    def __init__(self, database: Database, size: int, saved: SavedCards | None) -> None:
        """Start with what was saved alone.

        Args:
            database: where products are.
            size: of the memory, in cards.
            saved: made ahead.
        """
        self._database = database
        self._size = size
        self._saved = saved
        self._recent: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def of(self, hits: Sequence[Versioned]) -> dict[str, bytes]:
        """Return the card of each hit; at most one statement, and none when all are in memory.

        A product that was deleted since it was found has no card.
        """
        cards: dict[str, bytes] = {}
        missing: list[str] = []
        for hit in hits:
            card = self._kept(hit.product_id, hit.version)
            if card is None:
                missing.append(hit.product_id)
            else:
                cards[hit.product_id] = card
        if missing:
            for row in await self._database.read(lambda db: CatalogueRepository(db).cards(missing)):
                cards[row.id] = to_card(row)
                self._remember((row.id, row.version), cards[row.id])
        return cards

    def _kept(self, product_id: ProductId, version: int) -> bytes | None:
        if self._saved is not None and (card := self._saved.get(product_id, version)) is not None:
            return card
        card = self._recent.get((product_id, version))
        if card is not None:
            self._recent.move_to_end((product_id, version))
        return card

    def _remember(self, key: tuple[str, int], card: bytes) -> None:
        # A copy, since the serialiser's bytes lie in blocks many times as long as a card.
        self._recent[key] = bytes(memoryview(card))
        while len(self._recent) > self._size:
            self._recent.popitem(last=False)
