"""Processes count together through a real Redis, and each for itself when it fails."""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import pytest
import redis
import redis.asyncio as aioredis

from backend.access import shared_counts
from backend.access.limiter import Limiter
from backend.access.shared_counts import MOST_AT_ONCE, TELL_EVERY_S, TIMEOUT_S, SharedCounts
from backend.access.window import WINDOW_S, Bucket, Grant, window_of
from scripts.local_services import redis_server
from tests.backend.access.helpers import START, Clock

BUCKET = Bucket("test", 100)


@pytest.fixture
def own_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that a test may do anything to."""
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    with redis_server() as url:
        yield url


class Worker:
    """What one process has."""

    def __init__(self, url: str, clock: Clock, prefix: str) -> None:
        self.shared = SharedCounts(url, clock, prefix)
        self.limiter = Limiter(self.shared, clock)

    async def come(self, times: int = 1, bucket: Bucket = BUCKET, who: str = "a") -> int:
        """Return how many of several requests in turn were let through."""
        granted = 0
        for _ in range(times):
            grant = self.limiter.take(bucket, who) or await self.limiter.ask(bucket, who)
            granted += grant.granted
        return granted


@asynccontextmanager
async def workers(url: str, clock: Clock, count: int = 2, prefix: str = "") -> AsyncIterator[list[Worker]]:
    made = [Worker(url, clock, prefix or uuid.uuid4().hex) for _ in range(1)]
    made += [Worker(url, clock, made[0].shared._prefix) for _ in range(count - 1)]
    for worker in made:
        worker.shared.start()
    try:
        yield made
    finally:
        for worker in made:
            await worker.shared.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Redis take its time, however busy the machine is: where it is late, limits are kept by guess."""
    monkeypatch.setattr(shared_counts, "TIMEOUT_S", 20.0)


async def told() -> None:
    """Wait until what is pending has been told."""
    await asyncio.sleep(3 * TELL_EVERY_S)


@pytest.mark.parametrize(("limit", "count"), [(100, 2), (10, 2), (1, 2), (100, 5), (600, 3)])
@pytest.mark.usefixtures("patient")
async def test_several_processes_admit_exactly_the_limit(redis_url: str, limit: int, count: int) -> None:
    bucket = Bucket("test", limit)
    async with workers(redis_url, Clock(), count) as group:
        granted = 0
        for turn in range(2 * limit + count):
            granted += await group[turn % count].come(1, bucket)
        assert granted == limit
        assert [await worker.come(1, bucket) for worker in group] == [0] * count


@pytest.mark.usefixtures("patient")
async def test_one_after_the_other_admits_exactly_the_limit(redis_url: str) -> None:
    async with workers(redis_url, Clock()) as (one, other):
        assert await one.come(90) == 90
        await told()
        assert await other.come(90) == 10
        assert await one.come(90) == 0


@pytest.mark.usefixtures("patient")
async def test_many_at_once_are_never_let_through_more_than_the_limit_and_what_wasnt_told(redis_url: str) -> None:
    async with workers(redis_url, Clock()) as group:
        asked = [worker.come(20, who="a") for worker in group for _ in range(20)]
        granted = sum(await asyncio.gather(*asked))
        assert 100 <= granted <= 100 + 100 // 16


@pytest.mark.usefixtures("patient")
async def test_the_minute_before_counts_in_every_process(redis_url: str) -> None:
    clock = Clock()
    async with workers(redis_url, clock) as (one, other):
        assert await one.come(100) == 100
        await told()
        clock.now = START + WINDOW_S * 1.5
        assert await other.come(100) == 50


@pytest.mark.usefixtures("patient")
async def test_a_batch_is_granted_as_far_as_there_is_room_in_all(redis_url: str) -> None:
    async with workers(redis_url, Clock()) as (one, other):
        first, second = await one.limiter.ask(BUCKET, "a", 70), await other.limiter.ask(BUCKET, "a", 70)
        assert (first.granted, second.granted, second.remaining) == (70, 30, 0)


async def test_counts_come_back_after_a_flush_and_after_scripts_are_forgotten(own_redis: str) -> None:
    async with workers(own_redis, Clock()) as (one, other):
        assert await one.come(60) == 60
        await told()
        with redis.Redis.from_url(own_redis) as client:
            client.flushall()
            client.script_flush()
        assert await one.come(1) == 1
        assert await other.come(100) == 39
        assert one.shared.breaker.state == "closed"


GARBAGE: Sequence[object] = ("x", "-5", "nan", "inf", "1e400", "0.5", b"\xff\x00", "9" * 400, "", ["list"])


@pytest.mark.parametrize("value", GARBAGE)
async def test_garbage_counts_as_nothing_and_is_written_over(redis_url: str, value: object) -> None:
    clock = Clock()
    async with workers(redis_url, clock) as (one, other):
        name = hashlib.blake2b(b"a", digest_size=12).hexdigest()
        with redis.Redis.from_url(redis_url) as client:
            for window in (window_of(clock.now), window_of(clock.now) - 1):
                key = f"{one.shared._prefix}:test:{name}:{window}"
                if isinstance(value, list):
                    client.rpush(key, *value)
                else:
                    client.set(key, value)  # type: ignore[arg-type]
        assert await one.come(200) == 100
        assert await other.come(200) == 0
        assert one.shared.breaker.state == "closed"


async def test_without_redis_each_process_counts_for_itself(own_redis: str) -> None:
    async with workers(own_redis, Clock()) as (one, other):
        assert await one.come(60) == 60
        await told()
        with redis.Redis.from_url(own_redis) as client:
            client.shutdown(nosave=True)
        assert await one.come(100) == 40
        assert await other.come(200) == 100
        assert (await other.come(20, who="b"), await other.come(200, Bucket("small", 5))) == (20, 5)
        assert one.shared.breaker.state == "open"


async def test_a_redis_that_was_never_there_costs_no_error() -> None:
    async with workers("redis://127.0.0.1:1/0", Clock()) as (one, _):
        assert await one.come(200) == 100


async def test_a_redis_that_hangs_holds_nobody_up_and_is_used_again(own_redis: str) -> None:
    async with workers(own_redis, Clock()) as (one, other):
        assert await one.come(10) == 10
        await told()
        with redis.Redis.from_url(own_redis) as client:
            client.execute_command("CLIENT", "PAUSE", "2000", "ALL")
        laps = asyncio.create_task(_laps(0.5))
        assert await one.come(200) == 90  # of which at most a few calls waited for the time-out
        assert one.shared.breaker.state != "closed"
        assert await laps > 20  # the loop went on meanwhile
        for _ in range(100):
            if one.shared.breaker.state == "closed":
                break
            await asyncio.sleep(0.1)
        assert one.shared.breaker.state == "closed"
        await one.come(1, who="b")
        await other.come(1, who="b")
        assert await other.come(200) <= 90


BUSY = "local s = redis.call('TIME') repeat local t = redis.call('TIME') until (t[1]-s[1])*1e6 + t[2]-s[2] > 7e5"


async def test_a_busy_event_loop_does_not_switch_redis_off(redis_url: str) -> None:
    async with workers(redis_url, Clock(), 1) as (one,), aioredis.from_url(redis_url) as client:
        assert await one.come() == 1
        busy = asyncio.create_task(client.eval(BUSY, 0))  # so that there are time-outs at all
        asked = []
        while not busy.done():
            asked.append(asyncio.create_task(one.come(who=str(len(asked)))))
            time.sleep(TIMEOUT_S / 2)  # what a search computes on the loop
            await asyncio.sleep(0)
            assert one.shared.breaker.state == "closed"
        assert set(await asyncio.gather(*asked)) == {1}


async def test_a_call_that_timed_out_and_ran_all_the_same_is_not_counted_twice(redis_url: str) -> None:
    async with workers(redis_url, Clock()) as (one, other), aioredis.from_url(redis_url) as client:
        assert await one.come() == 1
        busy = asyncio.create_task(client.eval(BUSY, 0))
        await asyncio.sleep(0)
        assert await one.come(5) == 5
        await busy
        await told()
        assert await one.come() == 1
        await told()
        assert await other.come(200) == 93


async def test_what_was_asked_in_a_call_that_timed_out_is_not_counted_twice(redis_url: str) -> None:
    async with workers(redis_url, Clock()) as (one, other), aioredis.from_url(redis_url) as client:
        assert await one.come() == 1
        for _ in range(3):
            busy = asyncio.create_task(client.eval(BUSY, 0))
            await asyncio.sleep(0.01)
            asked = [one.limiter.ask(BUCKET, "a", wanted) for wanted in (1, 20)]
            assert [grant.granted for grant in await asyncio.gather(*asked)] == [1, 20]
            await busy
            await told()
            assert one.shared.breaker.state == "closed"
            assert (await one.limiter.ask(BUCKET, "a")).granted == 1
        assert await other.come(200) == 100 - (1 + 3 * 22)


async def test_a_call_that_timed_out_lets_through_no_more_than_the_limit(redis_url: str) -> None:
    async with workers(redis_url, Clock()) as (one, other), aioredis.from_url(redis_url) as client:
        assert await one.come(90) == 90
        busy = asyncio.create_task(client.eval(BUSY, 0))
        await asyncio.sleep(0.01)
        grants = await asyncio.gather(*(one.limiter.ask(BUCKET, "a", 4) for _ in range(5)))
        assert [grant.granted for grant in grants] == [4, 4, 2, 0, 0]
        await busy
        assert await other.come() == 0


async def _laps(seconds: float) -> int:
    """Return how often the loop came round in a time."""
    end = asyncio.get_running_loop().time() + seconds
    count = 0
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.001)
        count += 1
    return count


class Babbler(asyncio.Protocol):
    """Answers everything with what no Redis would say."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(b"*2\r\n$3\r\nfoo\r\n:7\r\n" * 3)  # type: ignore[attr-defined]


async def test_an_answer_that_makes_no_sense_is_a_failure_like_others() -> None:
    server = await asyncio.get_running_loop().create_server(Babbler, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, workers(f"redis://127.0.0.1:{port}/0", Clock(), 1) as (one,):
        assert await one.come(200) == 100
        assert one.shared.breaker.state != "closed"


async def test_whoever_waits_when_the_server_stops_is_answered(own_redis: str) -> None:
    worker = Worker(own_redis, Clock(), "p")
    worker.shared.start()
    asked: asyncio.Task[Grant] = asyncio.create_task(worker.limiter.ask(BUCKET, "a"))
    await asyncio.sleep(0)
    await worker.shared.close()
    assert (await asyncio.wait_for(asked, 5)).granted == 1


async def test_nobody_waits_for_a_task_that_has_died(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with workers(redis_url, Clock(), 1) as (one,):
        monkeypatch.setattr(one.shared, "_keys", lambda *_: 1 / 0)
        asked = [one.limiter.ask(BUCKET, str(number)) for number in range(MOST_AT_ONCE + 1)]
        assert {grant.granted for grant in await asyncio.wait_for(asyncio.gather(*asked), 20)} == {1}
        assert not one.shared.answers
        assert await asyncio.wait_for(one.come(200), 20) == 100
    assert "doesn't count with the others any more" in caplog.text


async def test_redis_keeps_no_names_and_nothing_for_long(redis_url: str) -> None:
    async with workers(redis_url, Clock()) as (one, _):
        await one.come(60, who="u:ann@example.com")
        await told()
        with redis.Redis.from_url(redis_url) as client:
            keys = list(client.scan_iter(f"{one.shared._prefix}:*"))
            assert keys
            for key in keys:
                assert b"ann" not in key
                assert 0 < client.ttl(key) <= 130
    assert TIMEOUT_S <= 0.05
