"""Answers in a real Redis: shared while it is well, and a cache that knows nothing when it isn't."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from backend.cache import shared
from backend.cache.framing import pack
from backend.cache.shared import MAX_WRITES, MOST_READS, SharedCache
from backend.cache.stats import CacheStats
from scripts.local_services import redis_server


@contextmanager
def own_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """A Redis that this test may kill; its URL and process id."""
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    with redis_server() as url, redis.Redis.from_url(url) as client:
        yield url, int(client.info("server")["process_id"])


async def stored(cache: SharedCache, key: bytes, body: bytes) -> None:
    cache.put(key, body, 60)
    await asyncio.gather(*cache._writes)


def test_what_one_process_puts_another_gets(redis_url: str) -> None:
    async def run() -> None:
        one, two = SharedCache(redis_url, CacheStats()), SharedCache(redis_url, CacheStats())
        await stored(one, b"k1", b"words " * 2000)
        found = await two.get(b"k1")
        assert found is not None
        assert found[0] == b"words " * 2000
        assert await two.get(b"k2") is None
        await one.close()
        await two.close()

    asyncio.run(run())


def test_garbage_and_swapped_values_are_refused(redis_url: str) -> None:
    async def run() -> None:
        stats = CacheStats()
        cache = SharedCache(redis_url, stats)
        with redis.Redis.from_url(redis_url) as client:
            client.set(b"vitrine:answer:noise", os.urandom(500))
            client.set(b"vitrine:answer:other", pack(b"mine", b"{}"))
            client.lpush(b"vitrine:answer:list", b"a")
        assert [await cache.get(key) for key in (b"noise", b"other")] == [None, None]
        assert stats.corrupted == 2
        assert await cache.get(b"list") is None  # an error of Redis itself
        assert stats.failures == 1
        await stored(cache, b"noise", b"good")
        found = await cache.get(b"noise")
        assert found is not None
        assert found[0] == b"good"
        await cache.close()

    asyncio.run(run())


def test_a_burst_does_not_switch_a_healthy_redis_off(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More at once than it has connections: they wait their turn."""
    monkeypatch.setattr(shared, "TIMEOUT_S", 20.0)  # a busy machine may keep Redis itself waiting for 50 ms

    async def run() -> None:
        stats = CacheStats()
        cache = SharedCache(redis_url, stats)
        await stored(cache, b"burst", b"body")
        for number in range(MAX_WRITES):
            cache.put(b"burst %d" % number, b"body", 60)
        found = await asyncio.gather(*(cache.get(b"burst") for _ in range(20 * MOST_READS)))
        assert {one[0] for one in found if one is not None} == {b"body"}
        await asyncio.gather(*cache._writes)
        assert (stats.failures, cache.state) == (0, "closed")
        await cache.close()

    asyncio.run(run())


def test_a_busy_event_loop_does_not_switch_a_healthy_redis_off(redis_url: str) -> None:
    async def run() -> None:
        stats = CacheStats()
        cache = SharedCache(redis_url, stats)
        await stored(cache, b"busy", b"body")
        asking = [asyncio.create_task(cache.get(b"busy")) for _ in range(10)]
        while not all(task.done() for task in asking):
            time.sleep(0.03)  # what a search computes on the loop
            await asyncio.sleep(0)
        assert stats.late >= 3  # as many failures in a row switch it off
        assert (stats.failures, cache.state) == (0, "closed")
        assert await cache.get(b"busy") is not None
        await cache.close()

    asyncio.run(run())


def test_a_redis_that_never_answers_is_found_out_by_a_busy_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(url: str, pid: int) -> None:
        cache = SharedCache(url, CacheStats())
        await stored(cache, b"k", b"body")
        os.kill(pid, signal.SIGSTOP)
        try:
            deadline = time.monotonic() + 30
            while cache.state == "closed":
                assert time.monotonic() < deadline
                asking = asyncio.create_task(cache.get(b"k"))
                while not asking.done():
                    time.sleep(0.03)
                    await asyncio.sleep(0)
        finally:
            os.kill(pid, signal.SIGCONT)
        await cache.close()

    with own_redis(monkeypatch) as (url, pid):
        asyncio.run(run(url, pid))


def test_a_dead_redis_is_left_alone_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(url: str, pid: int) -> None:
        stats = CacheStats()
        cache = SharedCache(url, stats)
        await stored(cache, b"k", b"body")
        os.kill(pid, signal.SIGSTOP)  # it takes connections and never answers
        try:
            for _ in range(200):
                assert await cache.get(b"k") is None
            assert stats.failures < 20  # the breaker: else 200 time-outs
            assert cache.state != "closed"
        finally:
            os.kill(pid, signal.SIGCONT)
        deadline = time.monotonic() + 30
        while (found := await cache.get(b"k")) is None:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert found[0] == b"body"
        assert cache.state == "closed"
        os.kill(pid, signal.SIGKILL)
        for _ in range(20):
            assert await cache.get(b"k") is None
        await stored(cache, b"k", b"body")  # neither raises
        await cache.close()

    with own_redis(monkeypatch) as (url, pid):
        asyncio.run(run(url, pid))


def test_nobody_waits_for_a_call_that_is_slow_to_be_given_up(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        cache, tidied = SharedCache(redis_url, CacheStats()), asyncio.Event()

        async def get(name: bytes) -> bytes:
            try:
                await asyncio.Event().wait()
            finally:
                await tidied.wait()
            return name

        monkeypatch.setattr(cache._redis, "get", get)
        async with asyncio.timeout(20):
            assert await cache.get(b"k") is None
        tidied.set()
        await cache.close()

    asyncio.run(run())
