"""Answers kept in Redis for all processes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import redis.asyncio as redis

from backend.breaker import Breaker, State
from backend.cache.framing import Corrupted, pack, unpack
from backend.cache.stats import CacheStats, Timing
from backend.lag import Doubt, LoopLag

logger = logging.getLogger(__name__)
TIMEOUT_S = 0.05  # a search takes less than a Redis that is slow
# At once, each on a connection of its own. More wait their turn: opening one costs as much as ten looks.
MOST_READS = 8
MOST_WRITES = 4
MAX_WRITES = 64  # that are on their way; more aren't begun
Command = Callable[..., Awaitable[Any]]


class SharedCache:
    """Answers in Redis.

    Nothing here raises or makes anybody wait longer than `TIMEOUT_S`: a Redis that is dead, slow or full of something
    else is a cache that knows nothing, and after a few failures in a row it isn't asked for a while. Only what Redis
    does counts as one: not waiting for a turn, nor an event loop of ours that was busy with something else.
    """

    def __init__(self, url: str, stats: CacheStats) -> None:
        # One clock times a call, below. A turn is a connection: there is always one free.
        self._redis = redis.Redis.from_url(url, retry=None, max_connections=MOST_READS + MOST_WRITES)
        self._reading, self._writing = asyncio.Semaphore(MOST_READS), asyncio.Semaphore(MOST_WRITES)
        self._breaker = Breaker()
        self._lag = LoopLag()
        self._doubt = Doubt(TIMEOUT_S)
        self._stats = stats
        self._writes: set[asyncio.Task[None]] = set()
        self._asked: set[asyncio.Future[Any]] = set()

    @property
    def state(self) -> State:
        """Whether it is asked at present."""
        return self._breaker.state

    async def get(self, key: bytes) -> tuple[bytes, float] | None:
        """Return the body that is kept for a key, and its age in seconds."""
        value = await self._call(
            self._reading, self._redis.get, b"vitrine:answer:" + key, timing=self._stats.redis_gets
        )
        if not isinstance(value, bytes):
            return None
        try:
            return unpack(key, value)
        except Corrupted as error:
            self._stats.corrupted += 1
            logger.warning("an answer in Redis is refused: %s", error)
            return None

    def put(self, key: bytes, body: bytes, ttl_s: float) -> None:
        """Begin to keep an answer; nobody waits for it."""
        if len(self._writes) < MAX_WRITES and self._breaker.state == "closed":
            write = asyncio.create_task(self._put(key, body, ttl_s))
            self._writes.add(write)
            write.add_done_callback(self._writes.discard)

    async def close(self) -> None:
        """Close its connections."""
        for write in self._writes:
            write.cancel()
        await asyncio.gather(*self._writes, *self._asked, return_exceptions=True)
        self._lag.close()
        await self._redis.aclose()

    async def _put(self, key: bytes, body: bytes, ttl_s: float) -> None:
        packed, ttl_ms = pack(key, body), max(1, int(ttl_s * 1000))
        name = b"vitrine:answer:" + key
        await self._call(self._writing, self._redis.set, name, packed, px=ttl_ms, timing=self._stats.redis_sets)

    async def _call(
        self, turns: asyncio.Semaphore, command: Command, *args: bytes, timing: Timing, **options: int
    ) -> object:
        """Return what Redis says to a command; None while it isn't asked, or says nothing in time."""
        asked, was_late_s = False, self._lag.late_s
        started = perf_counter()
        try:
            with self._lag.watched():
                async with asyncio.timeout(TIMEOUT_S), turns:
                    if not self._breaker.allows():
                        return None
                    asked, started, was_late_s = True, perf_counter(), self._lag.late_s
                    said = await self._ask(command(*args, **options))
        except TimeoutError as error:
            if asked and self._doubt.is_ours(self._lag.late_s - was_late_s):
                self._stats.late += 1
            elif asked:
                self._failed(error)
            return None
        except (redis.RedisError, OSError) as error:
            self._failed(error)
            return None
        self._breaker.succeeded()
        self._doubt.answered()
        timing.add(perf_counter() - started)
        return said

    async def _ask(self, call: Awaitable[Any]) -> object:
        """Wait for a call alone: the client can take as long to give one up as Redis takes to answer."""
        asked = asyncio.ensure_future(call)
        self._asked.add(asked)
        asked.add_done_callback(self._heard)
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            asked.cancel()
            raise

    def _heard(self, asked: asyncio.Future[Any]) -> None:
        self._asked.discard(asked)
        if not asked.cancelled():
            asked.exception()  # heard, even if who waited has gone

    def _failed(self, error: Exception) -> None:
        self._stats.failures += 1
        was = self._breaker.state
        self._breaker.failed()
        if was == "closed" and self._breaker.state == "open":
            logger.warning("Redis doesn't answer in time, answers are kept in this process alone: %r", error)
