"""Shoppers for locust: they search, look, click, put into the cart, buy, and are recommended to.

    python -m locust -f scripts/load/locustfile.py --headless -u 20 -r 20 -t 30s --host http://127.0.0.1:8000
    python -m locust -f scripts/load/locustfile.py --host http://127.0.0.1:8000     # with its page, on port 8089
    python -m locust -f scripts/load/locustfile.py --headless -u 100 -t 10m --mix --host http://127.0.0.1:8000

Or `make load`. The server is to be running; queries and products come from its own catalogue, whatever that is, and a
few queries are asked often, many seldom. With --mix requests are 60 % searches, 20 % recommendations and 20 %
feedback, as in the benchmark's soak; without it shoppers do one thing after another, as people do.

Half of the searches name user and session. At the end the hit rate of the cache is printed for these and the others.
With --record FILE every answer is noted there as `scripts.load.recording` reads it: locust's own tables round times
below 100 ms to whole ones, and longer ones to two digits.
"""

from __future__ import annotations

import random
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import orjson
from locust import FastHttpUser, between, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment

from scripts.load.recording import Recording
from scripts.load.zipf import Zipf

POOL = 2000
PAGE = 100
CARDS = 20
KNOWN = "search, known shopper"  # as the bench calls it
NAMED = 0.5  # share of searches that say who asks
LOOKS = (0.6, 0.5, 0.4)  # chances that a shopper goes on: to look, to put into the cart, to buy


class Catalogue:
    """Queries and products of the server under load, fetched once for all shoppers."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.products: list[str] = []
        self._zipf = Zipf(1, 0)
        self._alone = threading.Lock()

    def query(self) -> str:
        """Return a query as shoppers ask them."""
        return self.queries[self._zipf.draw()]

    def fetch(self, host: str) -> None:
        """Read the first products, unless another shopper has; locust doesn't count it.

        Raises:
            OSError: the server doesn't answer.
        """
        with self._alone:
            if not self.products:
                self._read(host)

    def _read(self, host: str) -> None:
        """Read pages one after the other; a query is some words of a title."""
        cursor: str | None = None
        while len(self.products) < POOL:
            after = "" if cursor is None else f"&cursor={quote(cursor, safe='')}"
            with urlopen(f"{host}/api/v1/products?limit={PAGE}{after}", timeout=30) as answer:  # noqa: S310  --host
                page = orjson.loads(answer.read())
            self.products += [product["id"] for product in page["products"]]
            self.queries += [_some_words(product["title"]) for product in page["products"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        self._zipf = Zipf(len(self.queries), seed=0)


_catalogue = Catalogue()
_seen: Counter[tuple[str, str]] = Counter()  # searches, by whether somebody is named and what X-Cache says
_rng = random.Random()  # noqa: S311  load, not secrets
_recording = Recording()
_begun = time.time()


def add_options(parser: LocustArgumentParser, **_: Any) -> None:
    """Add our options to locust's."""
    parser.add_argument("--mix", action="store_true", help="60 % searches, 20 % recommendations, 20 % feedback")
    parser.add_argument("--record", default="", help="file that every answer is noted in")


def forget(environment: Environment, **_: Any) -> None:
    """Begin anew: the next test may be of another server."""
    global _recording, _begun
    _recording, _begun = Recording(), time.time()
    _catalogue.queries.clear()
    _catalogue.products.clear()
    _seen.clear()


def note(
    name: str, response_time: float, start_time: float, response: Any, context: dict[str, Any], **_: Any
) -> None:
    """Keep what became of a request."""
    kept = response is not None and response.headers is not None and response.headers.get("x-cache") == "hit"
    status = 0 if response is None else response.status_code
    _recording.add(context.get("kind", name), start_time - _begun, response_time, status, kept=kept)


def save(environment: Environment, **_: Any) -> None:
    """Write down what was noted."""
    _recording.seconds = time.time() - _begun
    if environment.parsed_options is not None and environment.parsed_options.record:
        _recording.save(Path(environment.parsed_options.record))


def tell_hit_rates(**_: Any) -> None:
    """Print which share of searches was answered from the cache."""
    for who in ("anonymous", "named"):
        hits, misses = _seen[who, "hit"], _seen[who, "miss"]
        rate = f"{100 * hits / (hits + misses):.1f} %" if hits + misses else "none asked"
        print(f"hit rate of searches, {who}: {rate} ({hits} of {hits + misses})", file=sys.stderr)


events.init_command_line_parser.add_listener(add_options)  # type: ignore[no-untyped-call]
events.test_start.add_listener(forget)  # type: ignore[no-untyped-call]
events.request.add_listener(note)  # type: ignore[no-untyped-call]
events.test_stop.add_listener(save)  # type: ignore[no-untyped-call]
events.test_stop.add_listener(tell_hit_rates)  # type: ignore[no-untyped-call]


class Shopper(FastHttpUser):
    """One visitor, with a user and a session of their own."""

    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        """Become somebody."""
        self.user_id = f"shopper-{uuid.uuid4().hex[:12]}"
        self.session_id = f"visit-{uuid.uuid4().hex[:12]}"
        _catalogue.fetch(str(self.host))

    @task
    def act(self) -> None:
        """Do the next thing."""
        drawn = _rng.random()
        if self.environment.parsed_options.mix:
            if drawn < 0.6:
                self.search()
            elif drawn < 0.8:
                self.recommend()
            else:
                self.tell("VIEW", _rng.choice(_catalogue.products))
        elif drawn < 0.7:
            self.shop()
        else:
            self.recommend()

    def shop(self) -> None:
        """Search, and go on with what is found as far as the shopper likes it."""
        query = _catalogue.query()
        items = self.search(query)
        if not items or _rng.random() > LOOKS[0]:
            return
        place = min(int(_rng.expovariate(0.5)), len(items) - 1)
        product = items[place]["product"]["id"]
        self.tell("CLICK", product, context="search", query=query, position=place)
        self.client.get(f"/api/v1/products/{product}", name="product")
        self.tell("VIEW", product, context="product")
        if _rng.random() < LOOKS[1]:
            self.tell("ADD_TO_CART", product)
            if _rng.random() < LOOKS[2]:
                self.tell("PURCHASE", product)

    def search(self, query: str | None = None) -> list[dict[str, Any]]:
        """Search and return what is found."""
        body: dict[str, Any] = {"query": query or _catalogue.query(), "limit": CARDS}
        who = "named" if _rng.random() < NAMED else "anonymous"
        if who == "named":
            body |= {"user_id": self.user_id, "session_id": self.session_id}
        context = {"kind": KNOWN if who == "named" else "search"}
        sent = self.client.post("/api/v1/search", json=body, name="search", catch_response=True, context=context)
        with sent as answer:
            if answer.status_code != 200:
                answer.failure(f"status {answer.status_code}")
                return []
            _seen[who, answer.headers.get("x-cache", "none")] += 1
            items: list[dict[str, Any]] = answer.json()["items"]
            return items

    def recommend(self) -> None:
        """Ask what might please."""
        body = {"user_id": self.user_id, "session_id": self.session_id, "limit": CARDS}
        self.client.post("/api/v1/recommend", json=body, name="recommend")

    def tell(self, kind: str, product: str, **more: Any) -> None:
        """Tell the server what was done."""
        body = {"user_id": self.user_id, "session_id": self.session_id, "product_id": product}
        self.client.post("/api/v1/feedback", json={**body, "interaction_type": kind, **more}, name="feedback")


def _some_words(title: str) -> str:
    words = title.lower().replace(",", "").split()
    return " ".join(words[: _rng.randint(2, 4)])
