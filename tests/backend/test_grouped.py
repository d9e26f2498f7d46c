"""Tasks that are done together: whoever asks is served, and hears of their own error alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar, cast

import pytest
from sqlalchemy.exc import OperationalError

from backend.database.engine import Database
from backend.database.grouped import Grouped, together_or_alone
from backend.errors import Overloaded

T = TypeVar("T")
SOON_S = 5


class Gate:
    """Stands in for the database: work is done in the turn after the gate opens."""

    def __init__(self) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, work: Callable[[], T]) -> T:
        await self.opened
        return work()

    async def in_time(self, work: Awaitable[T]) -> T:
        return await work


def doubled(group: Sequence[int]) -> list[int | Exception]:
    return [2 * one if one >= 0 else ValueError(str(one)) for one in group]


async def test_who_asks_in_the_turn_in_which_a_worker_ends_is_served() -> None:
    gate = Gate()
    grouped = Grouped(cast(Database, gate), doubled, at_once=1, most=2)
    first = asyncio.create_task(grouped.do(1))
    while not gate.opened._callbacks:  # type: ignore[attr-defined]  # until the worker waits at it
        await asyncio.sleep(0)
    gate.opened.set_result(None)  # the worker goes on, and ends, in the next turn; in the same one, behind it
    second = asyncio.create_task(grouped.do(2))
    assert await asyncio.wait_for(asyncio.gather(first, second), SOON_S) == [2, 4]
    assert not grouped._workers


async def test_everybody_gets_their_own_result_or_error() -> None:
    gate = Gate()
    grouped = Grouped(cast(Database, gate), doubled, at_once=1, most=2)
    gate.opened.set_result(None)
    results = await asyncio.gather(*(grouped.do(one) for one in (1, -2, 3, -4, 5)), return_exceptions=True)
    assert [str(one) for one in results] == ["2", "-2", "6", "-4", "10"]
    assert [type(one) for one in results] == [int, ValueError, int, ValueError, int]


async def test_everybody_hears_of_an_error_of_the_whole_group() -> None:
    def work(group: Sequence[int]) -> list[int | Exception]:
        raise LookupError("all")

    gate = Gate()
    grouped: Grouped[int, int] = Grouped(cast(Database, gate), work, at_once=2, most=2)
    gate.opened.set_result(None)
    asked = asyncio.gather(*(grouped.do(one) for one in range(3)), return_exceptions=True)
    assert [type(one) for one in await asyncio.wait_for(asked, SOON_S)] == [LookupError] * 3


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    gate = Gate()
    grouped = Grouped(cast(Database, gate), doubled, at_once=1, most=2)
    gone, stays = (asyncio.create_task(grouped.do(one)) for one in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    gate.opened.set_result(None)
    assert await asyncio.wait_for(stays, SOON_S) == 4


async def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    groups: list[list[int]] = []

    def work(group: Sequence[int]) -> list[int | Exception]:
        groups.append(list(group))
        return list(group)

    gate = Gate()
    grouped = Grouped(cast(Database, gate), work, at_once=1, most=2)
    asked = [asyncio.create_task(grouped.do(one)) for one in range(6)]
    while len(grouped._waiting) != 4:  # until the first two are at the gate
        await asyncio.sleep(0)
    for gone in asked[:5]:
        gone.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert list(grouped._waiting.values()) == [5]
    gate.opened.set_result(None)
    assert await asyncio.wait_for(asked[5], SOON_S) == 5
    assert groups == [[0, 1], [5]]


async def test_more_than_may_wait_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.database.grouped.WAITING", 2)
    gate = Gate()
    grouped = Grouped(cast(Database, gate), doubled, at_once=1, most=2)
    asked = [asyncio.create_task(grouped.do(one)) for one in range(3)]
    await asyncio.sleep(0)
    gate.opened.set_result(None)
    results = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), SOON_S)
    assert results[:2] == [0, 2]
    assert isinstance(results[2], Overloaded)


def test_one_that_fails_does_not_cost_the_others() -> None:
    groups: list[list[int]] = []

    def work(group: Sequence[int]) -> list[int]:
        groups.append(list(group))
        if 2 in group:
            raise ValueError("2")
        return [2 * one for one in group]

    results = together_or_alone(work, [1, 2, 3])
    assert [str(one) for one in results] == ["2", "2", "6"]
    assert isinstance(results[1], ValueError)
    assert groups == [[1, 2, 3], [1], [2], [3]]


@pytest.mark.parametrize("group", [[1], [1, 2, 3]])
def test_a_database_that_is_down_is_asked_once(group: list[int]) -> None:
    groups: list[list[int]] = []

    def work(tasks: Sequence[int]) -> list[int]:
        groups.append(list(tasks))
        raise OperationalError("statement", {}, Exception("down"))

    results = together_or_alone(work, group)
    assert [type(one) for one in results] == [OperationalError] * len(group)
    assert groups == [group]
