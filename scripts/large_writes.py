"""Products written at an even rate beside a server, and how soon it finds them."""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import closing
from typing import Any, Self

import numpy as np

from backend.config import Settings
from backend.database.engine import Database
from ml.encoder.base import Encoder
from scripts.console import UsageError
from scripts.large_shop import InventedVectors, Writer, large_products
from scripts.serving import Server

GROUP = 10  # products in a transaction
KNOWN = 1000  # products that others are made like
LOOKS = 12  # products of which it is seen how soon they are found
GIVEN_UP_S = 30.0


class Writes:
    """Writes while the block runs."""

    def __init__(self, database: Database, settings: Settings, encoder: Encoder, rate: int) -> None:
        """Prepare.

        Args:
            database: that the server follows.
            settings: of the server.
            encoder: whose space the vectors are in.
            rate: products a second.
        """
        self._writer = Writer(database, settings, encoder)
        self._like = list(large_products(KNOWN))
        self._vectors = InventedVectors(encoder).of(self._like)
        self._rate = rate
        self._turn = 0
        self._written, self._start = 0, 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._writing = threading.Lock()

    def __enter__(self) -> Self:
        self._start = time.perf_counter()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def seen_by(self, server: Server) -> dict[str, float]:
        """Return how many were written a second, and how long some took to be found by their title, in seconds."""
        rate = self._written / (time.perf_counter() - self._start)
        seen = []
        with closing(server.connect()) as connection:
            for _ in range(LOOKS):
                word = f"w{uuid.uuid4().hex}"
                self._write({"title": word})
                start = time.perf_counter()
                asked = {"query": word, "limit": 1, "interpret": False}
                while word not in str(server.call(connection, "POST", "/api/v1/search", asked)["items"]):
                    if time.perf_counter() - start > GIVEN_UP_S:
                        raise UsageError(f"a product that was written isn't found after {GIVEN_UP_S:.0f} s")
                    time.sleep(0.005)
                seen.append(time.perf_counter() - start)
        return {"per_second": rate, "seen_median_s": float(np.median(seen)), "seen_latest_s": max(seen)}

    def _run(self) -> None:
        while not self._stop.is_set():
            self._write({})
            ahead = self._start + self._written / self._rate - time.perf_counter()
            self._stop.wait(max(0.0, ahead))

    def _write(self, changed: dict[str, Any]) -> None:
        """Write a group of new products, the first of them changed."""
        with self._writing:
            places = [(self._turn * GROUP + place) % KNOWN for place in range(GROUP)]
            made = [self._like[place] | {"id": f"n{uuid.uuid4().hex}"} for place in places]
            self._writer.write([made[0] | changed, *made[1:]], self._vectors[places])
            self._turn += 1
            self._written += GROUP
