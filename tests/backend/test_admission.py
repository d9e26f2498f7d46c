"""How many searches are let in, and what happens where far more are asked for."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress

import pytest

from backend.admission import LOOK_S, SAMPLE, SETTLE_S, Admission
from backend.errors import Overloaded

pytestmark = pytest.mark.anyio


class Clock:
    """Seconds that pass when a test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


async def fill(admission: Admission, inside: AsyncExitStack, asked: int) -> int:
    """Ask for so many at once, and return how many are let in."""
    let_in = 0
    for _ in range(asked):
        with suppress(Overloaded):
            await inside.enter_async_context(admission.enter())
            let_in += 1
    return let_in


async def test_requests_at_work_or_waiting_are_bounded() -> None:
    admission = Admission(2)
    async with admission.enter():
        with suppress(RuntimeError):
            async with admission.enter():
                assert admission.refuses()
                with pytest.raises(Overloaded):
                    await admission.enter().__aenter__()
                raise RuntimeError("it failed")
        assert not admission.refuses()
    assert admission.inside == 0


async def test_a_time_out_of_the_work_stays_one() -> None:
    admission = Admission(2)
    with pytest.raises(TimeoutError):
        async with admission.enter():
            raise TimeoutError
    assert admission.inside == 0


async def test_a_crowd_that_fits_is_let_in_again_and_again() -> None:
    clock = Clock()
    admission = Admission(40, clock=clock)
    for _ in range(100):
        async with AsyncExitStack() as inside:
            assert await fill(admission, inside, 40) == 40
        clock.now += 0.01
    assert not admission.is_pressed


async def test_who_come_during_a_standstill_change_nothing() -> None:
    clock = Clock()
    admission = Admission(40, clock=clock)
    for _ in range(20):
        async with AsyncExitStack() as inside:
            assert await fill(admission, inside, 100) == 40
        clock.now += SETTLE_S
        async with AsyncExitStack() as inside:
            assert await fill(admission, inside, 40) == 40
        clock.now += 2 * LOOK_S
    assert not admission.is_pressed


class Crowd:
    """Requests that wait until they are let go."""

    def __init__(self, admission: Admission) -> None:
        self.tasks: list[asyncio.Task[str]] = []
        self._admission = admission
        self._over = asyncio.Event()

    async def come(self, count: int) -> None:
        """Send so many more."""
        self.tasks += [asyncio.create_task(self._ask()) for _ in range(count)]
        for _ in range(3):  # who was sent away needs two turns of the loop to be gone
            await asyncio.sleep(0)

    async def fates(self) -> list[str]:
        """Let them go; return what became of each."""
        self._over.set()
        return await asyncio.gather(*self.tasks)

    async def _ask(self) -> str:
        try:
            async with self._admission.enter():
                await self._over.wait()
        except Overloaded:
            return "refused"
        return "answered"


async def press(admission: Admission, clock: Clock, crowd: Crowd) -> None:
    """Ask for more than is let in, and go on with it."""
    await crowd.come(admission.limit + 1)
    clock.now += SETTLE_S
    assert not admission.is_pressed
    await crowd.come(SAMPLE + 1)
    assert admission.is_pressed


async def test_where_the_queue_stands_who_waits_is_told_to_come_back() -> None:
    clock = Clock()
    admission = Admission(40, clock=clock)
    crowd = Crowd(admission)
    await press(admission, clock, crowd)
    assert admission.inside == 2
    fates = await crowd.fates()
    assert [place for place, fate in enumerate(fates) if fate == "answered"] == [38, 39]  # those who came last
    assert admission.inside == 0


async def test_while_most_are_refused_few_are_let_in() -> None:
    clock = Clock()
    admission = Admission(40, clock=clock)
    crowd = Crowd(admission)
    await press(admission, clock, crowd)
    await crowd.fates()
    for _ in range(50):
        clock.now += LOOK_S / 5
        async with AsyncExitStack() as inside:
            assert await fill(admission, inside, 40) == 2


async def test_all_are_let_in_again_when_no_more_are_refused_than_answered() -> None:
    clock = Clock()
    admission = Admission(40, clock=clock)
    crowd = Crowd(admission)
    await press(admission, clock, crowd)
    await crowd.fates()
    async with AsyncExitStack() as inside:
        await fill(admission, inside, 60)
    for _ in range(5):  # what the look after these sees fits
        clock.now += LOOK_S / 2
        async with AsyncExitStack() as inside:
            await fill(admission, inside, 4)
    assert not admission.is_pressed
    async with AsyncExitStack() as inside:
        assert await fill(admission, inside, 40) == 40


async def test_as_many_as_are_worked_on_at_once_are_let_in() -> None:
    clock, threads = Clock(), 16
    admission = Admission(40, few=lambda: threads + 1, clock=clock)
    crowd = Crowd(admission)
    await press(admission, clock, crowd)
    assert admission.limit == admission.inside == 17
    assert (await crowd.fates()).count("answered") == 17
    threads = 1
    assert admission.limit == 2


async def test_after_a_pause_all_are_let_in() -> None:
    clock = Clock()
    admission = Admission(40, clock=clock)
    crowd = Crowd(admission)
    await press(admission, clock, crowd)
    await crowd.fates()
    async with AsyncExitStack() as inside:
        await fill(admission, inside, 200)
    clock.now += 2 * LOOK_S
    async with AsyncExitStack() as inside:
        assert await fill(admission, inside, 40) == 40


@pytest.mark.parametrize(("most", "pressed"), [(1, 1), (3, 2), (40, 2), (800, 40)])
async def test_of_a_standing_queue_a_twentieth_is_left_and_two_at_least(most: int, pressed: int) -> None:
    clock = Clock()
    admission = Admission(most, clock=clock)
    crowd = Crowd(admission)
    await press(admission, clock, crowd)
    await crowd.fates()
    async with AsyncExitStack() as inside:
        assert await fill(admission, inside, most) == pressed
