"""What is asked of the servers, and what a right answer looks like."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count

import numpy as np
import orjson

from scripts.bench.pictures import UniquePictures
from scripts.bench.queries import UniqueQueries, popular_queries
from scripts.bench.shop import TYPES, Shop
from scripts.load.wire import Request, json_request, post_picture
from scripts.load.zipf import Zipf

CARDS = 20
VISITORS = 10_000  # who search and of whom nothing is known
REPEATED = 10  # queries that the cached search asks in turn
POPULAR = 2000  # queries of the mix, asked as Zipf says
SEARCH, IMAGE, RECOMMEND, FEEDBACK = (
    f"/api/v1/{name}" for name in ("search", "search/image", "recommend", "feedback")
)
ANONYMOUS, VISITOR, SHOPPER = "search", "search, new visitor", "search, known shopper"
Ask = Callable[[], Request]


class Asking:
    """Makes requests of every kind; whatever is to be unique is so for the whole run, whichever server gets it."""

    def __init__(self, shop: Shop, seed: int = 0) -> None:
        self._shop = shop
        self._queries = UniqueQueries(shop.titles, seed)
        self._pictures = UniquePictures(seed)
        self._turn = count()
        self._rng = random.Random(seed)  # noqa: S311  reproducible, not secret
        popular = [orjson.dumps({"query": query, "limit": CARDS}) for query in popular_queries(shop.titles, POPULAR)]
        self._popular, self._zipf = popular, Zipf(len(popular), seed)
        self._prices = np.array(shop.prices)

    def search(self) -> Request:
        """Search for what nobody has searched for."""
        return json_request("search", SEARCH, orjson.dumps({"query": self._queries.draw(), "limit": CARDS}))

    def filtered(self, percent: float) -> Ask:
        """Return what searches the cheapest so many percent of the products."""
        limit = round(float(np.quantile(self._prices, percent / 100)), 2)

        def ask() -> Request:
            body = {"query": self._queries.draw(), "filters": {"max_price": limit}, "limit": CARDS}
            return json_request("filtered", SEARCH, orjson.dumps(body))

        return ask

    def cached(self) -> Request:
        """Search for one of a few queries, in turn."""
        return json_request("search", SEARCH, self._popular[next(self._turn) % min(REPEATED, len(self._popular))])

    def popular(self) -> Request:
        """Search for what is searched for often, as often as that."""
        return json_request("search", SEARCH, self._popular[self._zipf.draw()])

    def popular_of_shoppers(self) -> Request:
        """Do the same; one half names nobody, a quarter a visitor who is new, and a quarter a shopper with a past."""
        asked, drawn = self._popular[self._zipf.draw()], self._rng.random()
        if drawn < 0.5:
            return json_request(ANONYMOUS, SEARCH, asked)
        number = self._rng.randrange(VISITORS if drawn < 0.75 else self._shop.users)
        user, session = (f"v{number}", f"w{number}") if drawn < 0.75 else (f"u{number}", f"s{number}")
        body = {**orjson.loads(asked), "user_id": user, "session_id": session}
        return json_request(VISITOR if drawn < 0.75 else SHOPPER, SEARCH, orjson.dumps(body))

    def image(self) -> Request:
        """Search by a picture that nobody has sent."""
        return post_picture("image", IMAGE, self._pictures.draw(), {"limit": str(CARDS)})

    def recommend(self) -> Request:
        """Ask what to show a shopper with a history; the made-up id to leave out keeps any answer from a cache."""
        turn = next(self._turn)
        body = {"user_id": f"u{turn % self._shop.users}", "limit": CARDS, "exclude_ids": [f"none-{turn}"]}
        return json_request("recommend", RECOMMEND, orjson.dumps(body))

    def recommend_again(self) -> Request:
        """Ask what to show a shopper, as pages do."""
        body = {"user_id": f"u{self._rng.randrange(self._shop.users)}", "limit": CARDS}
        return json_request("recommend", RECOMMEND, orjson.dumps(body))

    def feedback(self) -> Request:
        """Say what a shopper did."""
        user = self._rng.randrange(self._shop.users)
        body = {
            "user_id": f"u{user}",
            "session_id": f"s{user}",
            "product_id": self._rng.choice(self._shop.ids),
            "interaction_type": self._rng.choice(TYPES),
        }
        return json_request("feedback", FEEDBACK, orjson.dumps(body))

    def mixed(self) -> Request:
        """Search, ask for recommendations and tell of acts, as 60 to 20 to 20."""
        return self._mixed(self.popular)

    def mixed_of_shoppers(self) -> Request:
        """Do the same with searches that name who asks, as `popular_of_shoppers`."""
        return self._mixed(self.popular_of_shoppers)

    def _mixed(self, search: Ask) -> Request:
        drawn = self._rng.random()
        if drawn < 0.6:
            return search()
        return self.recommend_again() if drawn < 0.8 else self.feedback()


def check(kind: str, body: bytes) -> str | None:
    """Say what is wrong with an answer: a page is full unless fewer products were found.

    Under a filter none may be: the cheapest hundredth needn't hold what was searched for.
    """
    answer = orjson.loads(body)
    if kind == "feedback":
        return None if answer.get("event_id") else f"feedback without an event's id: {body[:200]!r}"
    shown = len(answer["items"])
    expected = min(CARDS, answer.get("total", CARDS))
    if shown != expected or (not shown and kind != "filtered"):
        return f"{kind} shows {shown} products where {expected} were found"
    return None
