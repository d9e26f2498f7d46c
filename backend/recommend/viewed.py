"""What a shopper has looked at lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson

from backend.catalogue.cards import Cards
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.ranking import Hit
from backend.interaction.events import moment
from backend.interaction.states import UserStates
from backend.interaction.vectors import StateSpace
from ml.types import ProductId

LOOKS = frozenset({"VIEW", "CLICK"})


@dataclass(frozen=True, slots=True)
class ViewedPage:
    """Products, the last one looked at first, their cards as ready-made JSON."""

    state_version: int
    times: list[datetime]
    cards: list[bytes]


class ViewedService:
    """Reads it from the live state, so that the click of a moment ago is there."""

    def __init__(self, live: LiveCatalogue, cards: Cards, states: UserStates) -> None:
        self._live = live
        self._cards = cards
        self._states = states

    async def viewed(self, user_id: str | None, session_id: str | None, limit: int) -> ViewedPage:
        """Return products that were looked at and can still be found, sold out or not; each once."""
        state = await self._states.read(user_id, session_id, StateSpace.of(self._live.space))
        times: dict[ProductId, datetime] = {}
        for event in state.recent:
            id_ = ProductId(event.product_id)
            if event.type in LOOKS and id_ not in times and self._live.index.row_of(id_) is not None:
                times[id_] = moment(event.occurred_at_us)
                if len(times) == limit:
                    break
        arrays, row_of = self._live.columns.arrays, self._live.index.row_of
        hits = [Hit(id_, 0.0, int(arrays.version[row])) for id_ in times if (row := row_of(id_)) is not None]
        cards = await self._cards.of(hits)
        shown = [id_ for id_ in times if id_ in cards]
        return ViewedPage(state.version, [times[id_] for id_ in shown], [cards[id_] for id_ in shown])


def render_viewed(page: ViewedPage) -> bytes:
    """Return a `ViewedResponse`."""
    items = b",".join(
        b'{"viewed_at":%b,"product":%b}' % (orjson.dumps(time), card)
        for time, card in zip(page.times, page.cards, strict=True)
    )
    return b'{"items":[%b],"state_version":%d}' % (items, page.state_version)
