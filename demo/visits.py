"""One session of a shopper: pages seen, and what was done on them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.goods import Goods, Shop
from demo.intents import Intent, query_for
from demo.tastes import Taste

PAGE = 20  # products on a page of results
_EXAMINATION = 0.7  # exponent: the product at place r is looked at with probability r ** -0.7
_MORE_PAGES = 0.35  # chance of one more search
_STRANGER = -3.0  # log-odds of interest in a kind that wasn't looked for


@dataclass(frozen=True)
class Event:
    """One thing a shopper did, in the terms of the shop's feedback.

    Attributes:
        interaction_type: ``VIEW`` (looked at on a page), ``CLICK`` (opened), ``ADD_TO_CART``, ``PURCHASE``, ``LIKE``,
            ``SHARE``, ``RATING``, ``REMOVE_FROM_CART`` or ``DISLIKE``.
        query: of the page, or None when it came from a page without one.
        position: on the page, from 1, or None when it came from elsewhere, such as the cart.
        rating: 1 to 5, of ratings alone.
    """

    user_id: str
    session_id: str
    product_id: str
    interaction_type: str
    timestamp: str
    query: str | None = None
    position: int | None = None
    rating: int | None = None

    def row(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)


@dataclass
class Visit:
    """A session going on; `time` is now, and `events` what was done so far."""

    user_id: str
    session_id: str
    taste: Taste
    intent: Intent
    time: datetime
    rng: random.Random
    events: list[Event] = field(default_factory=list)

    def rate(self, kept: Sequence[Goods]) -> None:
        """Rate what was bought some time ago."""
        for goods in kept:
            stars = 3.4 + 0.45 * self.taste.affinity(goods) + self.rng.gauss(0, 0.7)
            self._note(goods, "RATING", rating=min(5, max(1, round(stars))))

    def go_shopping(self, shop: Shop) -> list[Goods]:
        """Search, look and perhaps buy; return what was bought."""
        cart: list[Goods] = []
        while True:
            query = query_for(self.intent, self.taste, self.rng) if self.intent.kind else None
            for position, goods in enumerate(self._page(shop), 1):
                if self.rng.random() < position**-_EXAMINATION:
                    self._look(goods, query, position, cart)
            if self.rng.random() >= _MORE_PAGES:
                return self._check_out(cart)

    def _page(self, shop: Shop) -> list[Goods]:
        """Return what the shop shows: what matches the query, popular things first; it doesn't know the shopper."""
        intent, rng = self.intent, self.rng
        if not intent.kind:
            picked = rng.choices(shop.goods, [goods.popularity for goods in shop.goods], k=3 * PAGE)
            return list(dict.fromkeys(picked))[:PAGE]
        near = shop.near[intent.kind]
        score = {
            goods.id: 4.0 * (goods.kind == intent.kind)
            + 1.0 * (goods.colour == intent.colour != "")
            + 1.0 * (goods.pattern == intent.pattern != "")
            + 0.4 * math.log(goods.popularity)
            + rng.gauss(0, 0.4)
            for goods in near
        }
        return sorted(near, key=lambda goods: -score[goods.id])[:PAGE]

    def _look(self, goods: Goods, query: str | None, position: int, cart: list[Goods]) -> None:
        """Look at one product of a page, and do with it what the taste says."""
        wanted = not self.intent.kind or goods.kind == self.intent.kind
        liking = self.taste.affinity(goods)
        if not self.intent.kind:  # browsing: what is wanted often is interesting
            liking += 1.5 * math.log10(max(self.taste.kinds.get(goods.kind, 0.0), 1e-4) * 20)
        self._note(goods, "VIEW", query, position, seconds=2)
        if not self._does(liking - 1.2 + (0 if wanted else _STRANGER)):
            return
        self._note(goods, "CLICK", query, position, seconds=4)
        self.time += timedelta(seconds=self.rng.lognormvariate(3, 0.7))
        if liking < -0.5 and self._does(-1.5):
            self._note(goods, "DISLIKE", query, position)
            return
        if self._does(liking - 3):
            self._note(goods, "LIKE", query, position)
        if self._does(liking - 5):
            self._note(goods, "SHARE", query, position)
        if goods not in cart and self._does(liking - 2):
            self._note(goods, "ADD_TO_CART", query, position)
            cart.append(goods)

    def _check_out(self, cart: list[Goods]) -> list[Goods]:
        """Think again about the cart, and buy it or leave it."""
        for goods in list(cart):
            if self._does(-1.2 - 0.5 * self.taste.affinity(goods)):
                self._note(goods, "REMOVE_FROM_CART", seconds=10)
                cart.remove(goods)
        if self.rng.random() > 0.6:
            return []
        for goods in cart:
            self._note(goods, "PURCHASE", seconds=20)
        return cart

    def _does(self, log_odds: float) -> bool:
        return self.rng.random() < 1 / (1 + math.exp(-log_odds))

    def _note(
        self,
        goods: Goods,
        what: str,
        query: str | None = None,
        position: int | None = None,
        *,
        rating: int | None = None,
        seconds: float = 5,
    ) -> None:
        self.time += timedelta(seconds=self.rng.expovariate(1 / seconds) + 0.001)
        stamp = self.time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.events.append(Event(self.user_id, self.session_id, goods.id, what, stamp, query, position, rating))
