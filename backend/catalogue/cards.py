"""Ready-made JSON of products for result pages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from backend.catalogue.ranking import Hit
from backend.catalogue.records import to_card
from backend.catalogue.repository import CatalogueRepository
from backend.database.engine import Database


class Cards:
    """Product cards by id and version: most recently used ones in memory, the others from the database."""

    def __init__(self, database: Database, size: int) -> None:
        self._database = database
        self._size = size
        self._recent: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def of(self, hits: Sequence[Hit]) -> dict[str, bytes]:
        """Return the card of each hit; at most one statement, and none when all are in memory.

        A product that was deleted since it was found has no card.
        """
        cards: dict[str, bytes] = {}
        missing: list[str] = []
        for hit in hits:
            card = self._recent.get((hit.product_id, hit.version))
            if card is None:
                missing.append(hit.product_id)
            else:
                self._recent.move_to_end((hit.product_id, hit.version))
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
