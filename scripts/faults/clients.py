"""Clients that never stop, and hold every answer against what they know."""

from __future__ import annotations

import random
import threading
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from scripts.faults.books import EventBook, ProductBook, Write
from scripts.faults.calls import Connection, Journal, NotAnswered
from scripts.faults.shop import STATIC, WRITERS, Question, word_of, written_by

PAUSE_S = 0.01
CROWD_PAUSE_S = 1.0  # of each one of a crowd, as between two requests of a shopper
REST_S = 0.05  # after a request that wasn't answered
SEARCHERS, SHOPPERS, READERS = 2, 2, 1
SEARCH = "/api/v1/search"


class Client(ABC):
    """One client with a connection of its own."""

    def __init__(self, connection: Connection, seed: int) -> None:
        self._connection = connection
        self._rng = random.Random(seed)  # noqa: S311  reproducible, not secret
        self._version = (0, 0)  # the connection, and the highest catalogue version that it has answered

    def run(self, stopping: threading.Event, pause_s: float) -> None:
        """Ask and check until told to stop, with a pause after each answer."""
        while not stopping.is_set():
            try:
                self.turn()
            except NotAnswered:
                stopping.wait(REST_S)
            except (KeyError, TypeError, IndexError) as error:
                self._complain(f"an answer has another form: {error!r}")
            stopping.wait(pause_s)
        self._connection.close()

    @abstractmethod
    def turn(self) -> None:
        """Do what this client does, once."""

    def _search(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._connection.call(kind, "POST", SEARCH, body)
        self._never_back(answer["catalogue_version"])
        return answer

    def _never_back(self, version: int) -> None:
        """Check that one worker's catalogue never runs back."""
        turn, highest = self._version
        if turn == self._connection.turns and version < highest:
            self._complain(f"catalogue version {version} after {highest} on one connection")
        self._version = self._connection.turns, max(version, highest if turn == self._connection.turns else 0)

    def _complain(self, message: str) -> None:
        self._connection.journal.complain(f"{type(self).__name__}: {message}")


class Searcher(Client):
    """Searches what never changes, over one connection or, as a passer-by, each time over another one."""

    def __init__(
        self, connection: Connection, seed: int, questions: Sequence[Question], *, passes_by: bool = False
    ) -> None:
        super().__init__(connection, seed)
        self._questions = questions
        self._passes_by = passes_by

    def turn(self) -> None:
        """Ask one question."""
        question = self._rng.choice(self._questions)
        answer = self._search("search", question.body)
        ids = tuple(item["product"]["id"] for item in answer["items"])
        if ids != question.ids or answer["total"] != len(ids):
            self._complain(f"{question.body} finds {ids}, right is {question.ids}")
        if self._passes_by:
            self._connection.close()


class Shopper(Client):
    """Looks at products and asks for what that changes."""

    def __init__(self, connection: Connection, seed: int, events: EventBook, questions: Sequence[Question]) -> None:
        super().__init__(connection, seed)
        self._events = events
        self._questions = [one for one in questions if not one.body["query"]]
        self._user = f"u{seed}"
        self._told = 0  # the state version of the last acknowledged event
        self._count = 0
        self._unsure: dict[str, Any] | None = None

    def turn(self) -> None:
        """Send an event, again if it wasn't answered, and read it in every way."""
        event = self._unsure or {
            "user_id": self._user,
            "session_id": self._user,
            "product_id": f"s{self._rng.randrange(STATIC)}",
            "interaction_type": "view",
            "event_id": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
        }
        self._unsure = event
        told = self._connection.call("feedback", "POST", "/api/v1/feedback", event)
        self._unsure = None
        self._events.acknowledge(event["event_id"])
        self._count += 1
        if told["state_version"] <= self._told:
            self._complain(f"feedback of state version {told['state_version']} after {self._told}")
        self._told = told["state_version"]
        self._rng.choice((self._state, self._personal, self._recommended))()

    def _state(self) -> None:
        path = f"/api/v1/users/{self._user}/state?session_id={self._user}"
        state = self._connection.call("state", "GET", path)
        if state["state_version"] < self._told or state["long_term"]["events"] != self._count:
            self._complain(f"a state of {state['long_term']['events']} events, acknowledged are {self._count}")

    def _personal(self) -> None:
        question = self._rng.choice(self._questions)
        body = {**question.body, "query": "quartz", "user_id": self._user, "session_id": self._user}
        answer = self._search("personal search", {**body, "filters": {**body["filters"], "ids": question.ids}})
        if answer["personal"]["state_version"] < self._told:
            self._complain(f"a search of state version {answer['personal']['state_version']}, told was {self._told}")
        if beyond := {item["product"]["id"] for item in answer["items"]} - set(question.ids):
            self._complain(f"a search finds {sorted(beyond)}, which its filters forbid")

    def _recommended(self) -> None:
        question = self._rng.choice(self._questions)
        body = {"user_id": self._user, "session_id": self._user, "filters": question.body["filters"], "limit": 5}
        answer = self._connection.call("recommend", "POST", "/api/v1/recommend", body)
        if answer["state_version"] < self._told:
            self._complain(f"a list of state version {answer['state_version']}, told was {self._told}")
        if beyond := {item["product"]["id"] for item in answer["items"]} - set(question.ids):
            self._complain(f"a list has {sorted(beyond)}, which its filters forbid")


class Writer(Client):
    """Writes products of its own, and reads its writes."""

    def __init__(self, connection: Connection, number: int, book: ProductBook) -> None:
        super().__init__(connection, 100 + number)
        self._ids = written_by(number)
        self._book = book
        self._prices = dict.fromkeys(self._ids, 1)

    def turn(self) -> None:
        """Write one product, then look for it with the same worker and in the database."""
        id_ = self._rng.choice(self._ids)
        self._prices[id_] += 1
        price = self._prices[id_]
        self._book.send(id_, price)
        path, change = f"/api/v1/products/{id_}", {"price": price}
        if price % 5 == 0:  # its text changes too, and its vector
            body = {
                "title": f"gadget {word_of(id_)} mark {price}",
                "brand": "Changing",
                "stock_quantity": 5,
                **change,
            }
            told = self._connection.call("write", "PUT", path, body)
        else:
            told = self._connection.call("write", "PATCH", path, change)
        turn = self._connection.turns
        version = told["catalogue_version"]
        self._book.acknowledge(id_, Write(price, version, time.monotonic()))
        answer = self._search("written search", asking_for(id_))
        if self._connection.turns == turn and answer["catalogue_version"] < version:
            self._complain(f"a search of version {answer['catalogue_version']} after a write of {version}")
        check_found(self._complain, self._book, answer, id_, None)


class Reader(Client):
    """Reads what others write: by search within a lag, by id as it is."""

    def __init__(self, connection: Connection, seed: int, book: ProductBook) -> None:
        super().__init__(connection, seed)
        self._book = book

    def turn(self) -> None:
        """Read one product."""
        id_ = self._rng.choice(written_by(self._rng.randrange(WRITERS)))
        began = time.monotonic()
        if self._rng.random() < 0.5:
            shown = self._connection.call("product", "GET", f"/api/v1/products/{id_}")
            if not self._book.acceptable(id_, int(shown["price"]), until=began):
                self._complain(f"{id_} is shown with the price {shown['price']}")
        else:
            answer = self._search("written search", asking_for(id_))
            due = self._book.due_by(began)
            if answer["catalogue_version"] < self._book.version_at(due):
                self._complain(f"catalogue version {answer['catalogue_version']} is {began - due:.1f} s old, or more")
            check_found(self._complain, self._book, answer, id_, due)


def asking_for(product_id: str) -> dict[str, Any]:
    """Return a search that finds one product that is being written."""
    return {"query": word_of(product_id), "filters": {"ids": [product_id]}, "limit": 3, "interpret": False}


def check_found(
    complain: Callable[[str], None], book: ProductBook, answer: dict[str, Any], id_: str, until: float | None
) -> None:
    """Check that a search found one product as it was when the answer was made."""
    found = [item["product"] for item in answer["items"]]
    if [one["id"] for one in found] != [id_]:
        complain(f"a search for {id_} finds {[one['id'] for one in found]}")
    elif not book.acceptable(id_, int(found[0]["price"]), until=until, version=answer["catalogue_version"]):
        complain(f"{id_} is found with {found[0]['price']} in version {answer['catalogue_version']}")


@dataclass(frozen=True, slots=True)
class Known:
    """What clients share.

    Attributes:
        port: of the server.
        journal: gets every call.
        products, events: what was acknowledged.
        questions: with the only right answers.
    """

    port: int
    journal: Journal
    products: ProductBook
    events: EventBook
    questions: Sequence[Question]

    def connection(self) -> Connection:
        """Return a connection of its own for one client."""
        return Connection(self.port, self.journal)


def usual(known: Known) -> list[Client]:
    """Return those who ask from beginning to end."""
    return [
        *(Searcher(known.connection(), seed, known.questions, passes_by=seed % 2 == 1) for seed in range(SEARCHERS)),
        *(Shopper(known.connection(), 10 + seed, known.events, known.questions) for seed in range(SHOPPERS)),
        *(Writer(known.connection(), number, known.products) for number in range(WRITERS)),
        *(Reader(known.connection(), 50 + seed, known.products) for seed in range(READERS)),
    ]


def crowd(known: Known, size: int, first: int) -> list[Client]:
    """Return as many more, of whom every second one searches, and the others act or read.

    Args:
        known: what they share with the usual ones.
        size: how many.
        first: seed of the first one; no other client may have it or one of the following.
    """
    return [
        Searcher(known.connection(), seed, known.questions, passes_by=seed % 8 == 0)
        if seed % 2 == 0
        else Shopper(known.connection(), seed, known.events, known.questions)
        if seed % 4 == 1
        else Reader(known.connection(), seed, known.products)
        for seed in range(first, first + size)
    ]


@contextmanager
def asking(clients: Sequence[Client], *, pause_s: float = PAUSE_S) -> Iterator[threading.Event]:
    """Have clients at work until the block ends; yields what stops them earlier."""
    stopping = threading.Event()
    threads = [threading.Thread(target=client.run, args=(stopping, pause_s)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield stopping
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
