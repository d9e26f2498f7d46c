"""The rule of decision 0037 on a model of a server, in time that doesn't depend on the machine."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import numpy as np

from backend.admission import Admission
from backend.errors import Overloaded

T = TypeVar("T")
QUEUE, BATCH = 40, 16  # as the server has them
BATCH_S, ENCODE_S, RETRIEVE_S, REFUSE_S = (
    0.006,
    0.005,
    0.008,
    0.0005,
)  # of a batch, of each in it, and on the event loop
CAPACITY = 1 / RETRIEVE_S
UNLOADED_S = BATCH_S + ENCODE_S + RETRIEVE_S


class Shop:
    """An encoder that takes what waits, up to a batch, and after it an event loop that does one thing at a time."""

    def __init__(self, queue: int) -> None:
        self._now = asyncio.get_running_loop().time
        self._admission = Admission(queue, clock=self._now)
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._encoder: asyncio.Task[None] | None = None
        self._loop = asyncio.Lock()
        self.answered: list[float] = []  # seconds that each took
        self.refused: list[float] = []

    async def ask(self) -> None:
        """Ask once."""
        began = self._now()
        try:
            async with self._admission.enter():
                await self._encoded()
                async with self._loop:
                    await asyncio.sleep(RETRIEVE_S)
            self.answered.append(self._now() - began)
        except Overloaded:
            async with self._loop:
                await asyncio.sleep(REFUSE_S)
            self.refused.append(self._now() - began)

    async def _encoded(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        if self._encoder is None or self._encoder.done():
            self._encoder = asyncio.create_task(self._encode())
        await future

    async def _encode(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            await asyncio.sleep(BATCH_S + ENCODE_S * len(batch))
            for future in batch:
                if not future.done():
                    future.set_result(None)


def in_its_own_time(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run something whose sleeping takes no time."""
    loop, now = asyncio.SelectorEventLoop(), 0.0
    select = loop._selector.select  # type: ignore[attr-defined]

    def jump(timeout: float | None) -> Any:
        nonlocal now
        now += timeout or 0.0
        return select(0)

    loop._selector.select = jump  # type: ignore[attr-defined]
    loop.time = lambda: now  # type: ignore[method-assign]
    try:
        return loop.run_until_complete(work())
    finally:
        loop.close()


async def arriving(times: float, seconds: float, queue: int = QUEUE) -> Shop:
    """Ask at random moments, as many times as often as can be answered."""
    shop, rng = Shop(queue), np.random.default_rng(0)
    asked = []
    for pause in rng.exponential(1 / (times * CAPACITY), round(times * CAPACITY * seconds)):
        await asyncio.sleep(pause)
        asked.append(asyncio.create_task(shop.ask()))
    await asyncio.gather(*asked)
    return shop


def p95(seconds: list[float]) -> float:
    return float(np.percentile(seconds, 95))


def test_of_three_times_the_capacity_who_is_let_in_is_quick_and_who_isnt_hears_at_once() -> None:
    shop = in_its_own_time(lambda: arriving(3, 10))
    assert p95(shop.answered) <= 2 * UNLOADED_S
    assert p95(shop.refused) <= 0.05
    assert len(shop.answered) > 0.6 * CAPACITY * 10
    assert len(shop.answered) + len(shop.refused) == 3 * CAPACITY * 10


def test_patient_clients_are_never_refused() -> None:
    async def asking() -> Shop:
        shop = Shop(QUEUE)

        async def client() -> None:
            for _ in range(50):
                await shop.ask()

        await asyncio.gather(*(client() for _ in range(32)))
        return shop

    shop = in_its_own_time(asking)
    assert (len(shop.answered), shop.refused) == (1600, [])
    assert min(shop.answered[100:-100]) > 5 * UNLOADED_S  # their queue stands, longer than one that is sent away


def test_what_can_be_answered_is() -> None:
    shop = in_its_own_time(lambda: arriving(0.8, 20))
    assert shop.refused == []


def test_after_a_burst_nobody_is_sent_away() -> None:
    async def bursting() -> Shop:
        shop = Shop(QUEUE)
        for _ in range(5):
            await asyncio.gather(*(shop.ask() for _ in range(100)))
        return shop

    assert len(in_its_own_time(bursting).answered) == 5 * QUEUE


def test_what_works_in_parallel_recovers_from_a_standstill() -> None:
    threads, work_s, asked = 16, 0.01, 1200  # a second, of 1,600 that can be answered

    async def asking() -> list[tuple[float, bool]]:
        loop, rng = asyncio.get_running_loop(), np.random.default_rng(0)
        admission = Admission(QUEUE, few=lambda: threads + 1, clock=loop.time)
        pool = asyncio.Semaphore(threads)
        fates: list[tuple[float, bool]] = []

        async def ask() -> None:
            try:
                async with admission.enter(), pool:
                    await asyncio.sleep(work_s + max(0.0, 2.0 - loop.time()) * (1.4 < loop.time() < 2.0))
                fates.append((loop.time(), True))
            except Overloaded:
                fates.append((loop.time(), False))

        tasks = []
        for pause in rng.exponential(1 / asked, 10 * asked):
            await asyncio.sleep(pause)
            tasks.append(asyncio.create_task(ask()))
        await asyncio.gather(*tasks)
        return fates

    fates = in_its_own_time(asking)
    assert any(not answered for at, answered in fates if 1.4 < at < 2.1)  # it was at a standstill
    assert all(answered for at, answered in fates if at > 7)
