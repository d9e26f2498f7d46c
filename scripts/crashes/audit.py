"""What a restarted server has: by list, by id, by browsing and by words."""

from __future__ import annotations

import http.client
import random
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from scripts.crashes.ledger import FIELDS, Ledger
from scripts.serving import Server

LOOKED_UP = 25  # products that are asked for one by one; those of requests without an answer come on top
PAGE = 100


class Audit:
    """Compares one restarted server with the books."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.wrong: list[str] = []

    def run(self, ledgers: Sequence[Ledger], rng: random.Random) -> int:
        """Settle the ledgers and fill `wrong`; return the number of products."""
        with closing(self._server.connect()) as connection:
            listed = self._listed(connection)
            unsure = [id_ for ledger in ledgers for block in ledger.sent for id_ in block]
            for number, ledger in enumerate(ledgers):
                own = {id_: shown for id_, shown in listed.items() if id_.startswith(f"w{number}-")}
                self.wrong += ledger.settle(own)
                if unknown := own.keys() - ledger.entries.keys():
                    self.wrong.append(f"never written: {sorted(unknown)[:5]}")
            known = sorted(id_ for ledger in ledgers for id_ in ledger.entries)
            chosen = {
                *rng.sample(unsure, min(LOOKED_UP, len(unsure))),
                *rng.sample(known, min(LOOKED_UP, len(known))),
            }
            for id_ in sorted(chosen):
                self._by_id(connection, id_, listed.get(id_))
                self._by_words(connection, id_, listed.get(id_))
            self._browsed(connection, listed)
            status = self._server.call(connection, "GET", "/status")
            if status["catalogue_version"] != status["database_version"] or status["pending_embeddings"]:
                self.wrong.append(f"the catalogue in memory isn't the database's: {status}")
        return len(listed)

    def _listed(self, connection: http.client.HTTPConnection) -> dict[str, dict[str, Any]]:
        listed: dict[str, dict[str, Any]] = {}
        cursor = ""
        while True:
            page = self._server.call(connection, "GET", f"/api/v1/products?limit={PAGE}&cursor={cursor}")
            listed |= {product["id"]: product for product in page["products"]}
            cursor = page["next_cursor"]
            if not cursor:
                break
        if page["total"] != len(listed):
            self.wrong.append(f"the list counts {page['total']} products and has {len(listed)}")
        return listed

    def _by_id(self, connection: http.client.HTTPConnection, id_: str, shown: dict[str, Any] | None) -> None:
        connection.request("GET", f"/api/v1/products/{id_}")
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != (404 if shown is None else 200):
            self.wrong.append(f"GET {id_} answered {answer.status}, listed is {shown}: {text[:200]!r}")

    def _by_words(self, connection: http.client.HTTPConnection, id_: str, shown: dict[str, Any] | None) -> None:
        words = id_ if shown is None else shown["title"].split()[-1]
        request = {"query": words, "interpret": False, "limit": 5, "explain": True}
        items = self._server.call(connection, "POST", "/api/v1/search", request)["items"]
        exact = [item["product"]["id"] for item in items if item["explanation"]["exact_match"] > 0]
        wanted = [id_] if shown is not None and shown["active"] else []
        if exact != wanted:
            self.wrong.append(f"a search for {words!r} finds {exact}, not {wanted}")

    def _browsed(self, connection: http.client.HTTPConnection, listed: dict[str, dict[str, Any]]) -> None:
        """Compare what searches find with what the list has."""
        found: dict[str, dict[str, Any]] = {}
        request: dict[str, Any] = {"query": "", "limit": PAGE}
        while True:
            page = self._server.call(connection, "POST", "/api/v1/search", request)
            found |= {item["product"]["id"]: item["product"] for item in page["items"]}
            if not page["next_cursor"]:
                break
            request["cursor"] = page["next_cursor"]
        wanted = {id_: shown for id_, shown in listed.items() if shown["active"]}
        if page["total"] != len(wanted) or found.keys() != wanted.keys():
            differing = sorted(found.keys() ^ wanted.keys())[:5]
            self.wrong.append(f"searches find {page['total']} of {len(wanted)} products; not alike: {differing}")
        names = [name for name in ("version", *FIELDS) if name != "active"]
        for id_ in found.keys() & wanted.keys():
            if any(found[id_][name] != wanted[id_][name] for name in names):
                self.wrong.append(f"{id_}: found as {found[id_]}, stored as {wanted[id_]}")
