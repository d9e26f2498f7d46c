"""Shoppers that never stop searching; a part of prove_switch."""

from __future__ import annotations

import http.client
import itertools
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from scripts.console import UsageError
from scripts.serving import Server

REQUESTS_PER_CONNECTION = 20  # then a new one, which another worker may take


@dataclass(frozen=True, slots=True)
class Answer:
    """What one search brought: the model that it names, and products with their scores."""

    query: str
    fingerprint: str
    products: tuple[tuple[str, float], ...]


class Load:
    """Shoppers, each in a thread, who search without a pause until the block ends."""

    def __init__(self, server: Server, queries: Sequence[str], shoppers: int, limit: int = 10) -> None:
        self.limit = limit
        self.failures: list[str] = []
        self._server = server
        self._queries = queries
        self._stopping = threading.Event()
        self.latencies_ms: list[float] = []
        self._answers: list[list[Answer]] = [[] for _ in range(shoppers)]
        self._threads = [threading.Thread(target=self._search, args=(number,)) for number in range(shoppers)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    @property
    def answers(self) -> list[Answer]:
        """Every answer, of one shopper after the other."""
        return list(itertools.chain.from_iterable(self._answers))

    def changes_seen(self) -> int:
        """Return how often a shopper's next answer was of another model than the one before."""
        pairs = itertools.chain.from_iterable(itertools.pairwise(own) for own in self._answers)
        return sum(one.fingerprint != other.fingerprint for one, other in pairs)

    def _search(self, number: int) -> None:
        rng = random.Random(number)  # noqa: S311  reproducible, not secret
        while not self._stopping.is_set():
            connection = self._server.connect()
            for _ in range(REQUESTS_PER_CONNECTION):
                if self._stopping.is_set():
                    break
                query = rng.choice(self._queries)
                request = {"query": query, "limit": self.limit, "interpret": False}  # one model's list alone
                start = time.perf_counter()
                try:
                    page = self._server.call(connection, "POST", "/api/v1/search", request)
                except (OSError, http.client.HTTPException, UsageError) as error:
                    self.failures.append(f"{query!r}: {error!r}")
                    break
                self.latencies_ms.append((time.perf_counter() - start) * 1000)
                products = tuple((item["product"]["id"], item["score"]) for item in page["items"])
                self._answers[number].append(Answer(query, page["encoder"]["fingerprint"], products))
            connection.close()
