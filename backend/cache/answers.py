"""Answers by request: kept ones, those that are being made, and new ones."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import Any, Literal

from backend.cache.memory import Answer, Basis, MemoryCache, Use
from backend.cache.shared import SharedCache
from backend.cache.stats import CacheStats, KindStats

Outcome = Literal["hit", "miss"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as far as a cache must know it.

    Attributes:
        kind: of answers, such as "search".
        request: normalised: equal for requests with equal answers.
        basis: returns the current one.
        ttl_s: how long an answer may be kept.
        use: counts how often it is asked.
        shared: whether others' answers are waited for, and Redis is asked and told: not where making the answer
            takes less than that.
    """

    kind: str
    request: bytes
    basis: Callable[[], Basis]
    ttl_s: float
    use: Use
    shared: bool = True


def digest_of(request: bytes) -> bytes:
    """Return a name of 20 bytes for a request of any length; nobody whom it names is found in what is kept."""
    return hashlib.blake2b(request, digest_size=20).digest()


class AnswerCache:
    """Finds answers in memory, then in Redis, and has each made once however many ask for it at the same time.

    A key holds all versions that the answer depends on, so nothing is ever deleted and nothing outdated is found.
    """

    def __init__(self, budget_bytes: int, identity: str, shared: SharedCache | None, stats: CacheStats) -> None:
        """Begin empty.

        Args:
            budget_bytes: of memory.
            identity: names catalogue and settings: what other servers in the same Redis must not share.
            shared: Redis.
            stats: count.
        """
        self.memory = MemoryCache(budget_bytes)
        self.shared = shared
        self.stats = stats
        self._identity = identity.encode()
        self._flights: dict[Hashable, _Flight] = {}

    async def fetch(
        self, question: Question, make: Callable[[], Awaitable[bytes]], *, ahead: bool = False
    ) -> tuple[Answer, Outcome]:
        """Return an answer, and whether it had to be made for this very request.

        Args:
            question: what is asked.
            make: makes the answer; its errors reach everybody who waits for it, and aren't kept.
            ahead: nobody asks yet: it isn't counted.
        """
        counts = KindStats() if ahead else self.stats.by_kind[question.kind]
        basis = question.basis()
        question.use.count += not ahead
        key = question.kind, digest_of(question.request)
        known = self.look_up(key, basis)
        if known is not None:
            counts.hits += 1
            return known, "hit"
        if not question.shared:  # so little work that waiting for somebody else's would cost as much
            counts.misses += 1
            return await self._made(question, key, basis, make), "miss"
        flight = self._flights.get((key, basis))
        if flight is None or flight.is_abandoned:
            flight = self._begin((key, basis), self._find_or_make(question, key, basis, make))
            answer, found = await flight.join()
            counts.shared_hits += found
            counts.misses += not found
            return answer, "hit" if found else "miss"
        counts.joined += 1
        answer, _ = await flight.join()
        return answer, "hit"

    def look_up(self, key: Hashable, basis: Basis) -> Answer | None:
        """Return the answer that this process keeps for a key, if it holds."""
        started = perf_counter()
        found = self.memory.get(key, basis, monotonic())
        self.stats.memory_gets.add(perf_counter() - started)
        return found

    def keep(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer in this process."""
        started = perf_counter()
        self.memory.put(key, answer)
        self.stats.memory_sets.add(perf_counter() - started)

    def _begin(self, key: Hashable, work: Coroutine[Any, Any, tuple[Answer, bool]]) -> _Flight:
        flight = self._flights[key] = _Flight(asyncio.create_task(work))

        def landed(task: asyncio.Task[tuple[Answer, bool]]) -> None:
            if self._flights.get(key) is flight:
                del self._flights[key]
            if not task.cancelled():
                task.exception()  # heard, even if everybody who waited has gone

        flight.task.add_done_callback(landed)
        return flight

    async def _find_or_make(
        self, question: Question, key: tuple[str, bytes], basis: Basis, make: Callable[[], Awaitable[bytes]]
    ) -> tuple[Answer, bool]:
        shared_key = self._shared_key(key, basis)
        if self.shared is not None and (found := await self.shared.get(shared_key)) is not None:
            body, age_s = found
            if age_s < question.ttl_s:
                return self._keep(question, key, basis, body, age_s), True
        answer = await self._made(question, key, basis, make)
        if self.shared is not None and answer.basis:
            self.shared.put(shared_key, answer.body, question.ttl_s)
        return answer, False

    async def _made(
        self, question: Question, key: tuple[str, bytes], basis: Basis, make: Callable[[], Awaitable[bytes]]
    ) -> Answer:
        """Make an answer, and keep it here; without a basis when it isn't known what it is of."""
        body = await make()
        if question.basis() != basis:  # something changed meanwhile
            return Answer(body, (), 0.0, monotonic())
        return self._keep(question, key, basis, body, 0.0)

    def _keep(self, question: Question, key: tuple[str, bytes], basis: Basis, body: bytes, age_s: float) -> Answer:
        now = monotonic()
        answer = Answer(body, basis, now + question.ttl_s - age_s, now - age_s, question.use)
        self.keep(key, answer)
        return answer

    def _shared_key(self, key: tuple[str, bytes], basis: Basis) -> bytes:
        kind, request = key
        parts = (self._identity, kind.encode(), repr(basis).encode(), request)
        said = b"".join(b"%d:%b" % (len(part), part) for part in parts)
        return hashlib.blake2b(said, digest_size=20).hexdigest().encode()


class _Flight:
    """An answer that is being made; who waits for it is counted, so that it ends when nobody does."""

    def __init__(self, task: asyncio.Task[tuple[Answer, bool]]) -> None:
        self.task = task
        self.is_abandoned = False
        self._waiting = 0

    async def join(self) -> tuple[Answer, bool]:
        self._waiting += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self._waiting -= 1
            if not self._waiting and not self.task.done():
                self.is_abandoned = True
                self.task.cancel()
