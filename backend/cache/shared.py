"""Answers kept in Redis for all processes."""

from __future__ import annotations

import asyncio
import logging
from time import perf_counter

import redis.asyncio as redis

from backend.breaker import Breaker, State
from backend.cache.framing import Corrupted, pack, unpack
from backend.cache.stats import CacheStats

logger = logging.getLogger(__name__)
TIMEOUT_S = 0.05  # a search takes less than a Redis that is slow
MAX_WRITES = 64  # that are on their way; more aren't begun


class SharedCache:
    """Answers in Redis.

    Nothing here raises or makes anybody wait longer than `TIMEOUT_S`: a Redis that is dead, slow or full of something
    else is a cache that knows nothing, and after a few failures in a row it isn't asked for a while.
    """

    def __init__(self, url: str, stats: CacheStats) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=None, max_connections=32
        )
        self._breaker = Breaker()
        self._stats = stats
        self._writes: set[asyncio.Task[None]] = set()

    @property
    def state(self) -> State:
        """Whether it is asked at present."""
        return self._breaker.state

    async def get(self, key: bytes) -> tuple[bytes, float] | None:
        """Return the body that is kept for a key, and its age in seconds."""
        if not self._breaker.allows():
            return None
        started = perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                value = await self._redis.get(b"vitrine:answer:" + key)
        except (redis.RedisError, OSError, TimeoutError) as error:
            self._failed(error)
            return None
        self._breaker.succeeded()
        self._stats.got(perf_counter() - started)
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
        await asyncio.gather(*self._writes, return_exceptions=True)
        await self._redis.aclose()

    async def _put(self, key: bytes, body: bytes, ttl_s: float) -> None:
        started = perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._redis.set(b"vitrine:answer:" + key, pack(key, body), px=max(1, int(ttl_s * 1000)))
        except (redis.RedisError, OSError, TimeoutError) as error:
            self._failed(error)
        else:
            self._stats.set(perf_counter() - started)

    def _failed(self, error: Exception) -> None:
        self._stats.failures += 1
        was = self._breaker.state
        self._breaker.failed()
        if was == "closed" and self._breaker.state == "open":
            logger.warning("Redis doesn't answer in time, answers are kept in this process alone: %r", error)
