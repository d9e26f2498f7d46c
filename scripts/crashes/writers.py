"""Writers that never stop: products come, change price, stock and text, are hidden and deleted, alone and in bulk."""

from __future__ import annotations

import http.client
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson

from backend.catalogue.bulk import BLOCK
from backend.catalogue.router import BULK_PATH
from scripts.crashes.ledger import Block, Entry, Fields, Ledger
from scripts.serving import Server

PRODUCTS = 300  # of one writer, those that are deleted included
THINGS = ("mug", "teapot", "garden chair", "lamp", "kettle", "running shoe", "vase", "blanket")


class Writer:
    """One client who changes products of its own without pause."""

    def __init__(self, number: int, ledger: Ledger, server: Server, rng: random.Random) -> None:
        self.unexpected: list[str] = []
        self._number = number
        self._ledger = ledger
        self._server = server
        self._rng = rng

    def run(self, stopping: threading.Event) -> None:
        """Write until told to stop, or until the server is gone; then `Ledger.sent` holds what wasn't answered."""
        connection = self._server.connect()
        try:
            while not (stopping.is_set() or self.unexpected):
                self._write(connection)
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def _write(self, connection: http.client.HTTPConnection) -> None:
        id_ = self._id(self._rng.randrange(PRODUCTS))
        held = self._ledger.of(id_)
        kind = self._rng.choices(("put", "patch", "delete", "bulk"), (4, 5, 1, 2))[0]
        path = f"/api/v1/products/{id_}"
        if kind == "bulk":
            first = self._rng.randrange(PRODUCTS)
            size = self._rng.choice((3, 40, PRODUCTS))  # the last is more than one block
            ids = [self._id((first + step) % PRODUCTS) for step in range(size)]
            lines = {id_: self._fields() for id_ in ids}
            body = b"\n".join(orjson.dumps({"id": id_, **fields}) for id_, fields in lines.items())
            blocks = [self._block(lines, ids[start : start + BLOCK]) for start in range(0, len(ids), BLOCK)]
            self._send(connection, "POST", BULK_PATH, body, blocks)
        elif kind == "put" or held.fields is None:
            fields = self._fields()
            self._send(connection, "PUT", path, orjson.dumps(fields), [{id_: Entry(fields, held.version + 1)}])
        elif kind == "delete":
            self._send(connection, "DELETE", path, b"", [{id_: Entry(None, held.version + 1)}])
        else:
            change = self._change(held.fields)
            entry = Entry({**held.fields, **change}, held.version + 1)
            self._send(connection, "PATCH", path, orjson.dumps(change), [{id_: entry}])

    def _id(self, number: int) -> str:
        return f"w{self._number}-{number}"

    def _block(self, lines: dict[str, Fields], ids: Sequence[str]) -> Block:
        return {id_: Entry(lines[id_], self._ledger.of(id_).version + 1) for id_ in ids}

    def _fields(self) -> Fields:
        """Return a product with a model number of its own, so that each of its texts can be looked up."""
        revision = f"zx{self._rng.randrange(10**12)}q"
        return {
            "title": f"{self._rng.choice(THINGS)} {revision}",
            "price": self._rng.randrange(1, 10_000) / 100,
            "stock_quantity": self._rng.randrange(100),
            "active": self._rng.random() < 0.95,
        }

    def _change(self, fields: Fields) -> dict[str, Any]:
        """Return what to change, of which something is another than it was."""
        change: dict[str, Any] = {"stock_quantity": fields["stock_quantity"] + 1 + self._rng.randrange(5)}
        if self._rng.random() < 0.5:
            change["price"] = self._rng.randrange(1, 10_000) / 100
        if self._rng.random() < 0.05:
            change["active"] = not fields["active"]
        return change

    def _send(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes, blocks: list[Block]
    ) -> None:
        kind = "application/x-ndjson" if path == BULK_PATH else "application/json"
        self._ledger.send(blocks)
        connection.request(method, path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in {200, 204} or (path == BULK_PATH and b'"rejected":0' not in text):
            self.unexpected.append(f"{method} {path} answered {answer.status}: {text[:300]!r}")
            return
        self._ledger.acknowledge()


@contextmanager
def writing(server: Server, ledgers: Sequence[Ledger], rng: random.Random) -> Iterator[list[Writer]]:
    """Let a writer for each ledger work until the block ends."""
    stopping = threading.Event()
    writers = [
        Writer(number, ledger, server, random.Random(rng.random()))  # noqa: S311  reproducible, not secret
        for number, ledger in enumerate(ledgers)
    ]
    threads = [threading.Thread(target=writer.run, args=(stopping,)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
