"""Each answer is made once, for everybody who asks meanwhile, and never kept when something changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from backend.cache.answers import AnswerCache, Question
from backend.cache.memory import Basis, Use
from backend.cache.stats import CacheStats
from backend.errors import Overloaded


class Kitchen:
    """Makes answers, when it is told to."""

    def __init__(self) -> None:
        self.version = 1
        self.made = 0
        self.may_go_on = asyncio.Event()
        self.cancelled = 0

    def basis(self) -> Basis:
        return (self.version,)

    async def make(self) -> bytes:
        self.made += 1
        try:
            await self.may_go_on.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return b"answer %d" % self.made

    async def refuse(self) -> bytes:
        await self.make()
        raise Overloaded("busy")


def cache() -> AnswerCache:
    return AnswerCache(100_000, "shop", None, CacheStats())


def question(kitchen: Kitchen, request: bytes = b"mug", ttl_s: float = 60.0) -> Question:
    return Question("search", request, kitchen.basis, ttl_s, Use())


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_who_asks_meanwhile_waits_for_the_same_answer() -> None:
    async def run() -> None:
        kitchen, answers = Kitchen(), cache()
        asking = [asyncio.create_task(answers.fetch(question(kitchen), kitchen.make)) for _ in range(20)]
        await turns()
        kitchen.may_go_on.set()
        got = await asyncio.gather(*asking)
        assert {answer.body for answer, _ in got} == {b"answer 1"}
        assert [outcome for _, outcome in got] == ["miss"] + 19 * ["hit"]
        counts = answers.stats.by_kind["search"]
        assert (counts.misses, counts.joined, counts.hits) == (1, 19, 0)
        assert (await answers.fetch(question(kitchen), kitchen.make))[1] == "hit"
        assert kitchen.made == 1

    asyncio.run(run())


def test_an_error_reaches_everybody_and_is_not_kept() -> None:
    async def run() -> None:
        kitchen, answers = Kitchen(), cache()
        asking = [asyncio.create_task(answers.fetch(question(kitchen), kitchen.refuse)) for _ in range(3)]
        await turns()
        kitchen.may_go_on.set()
        got = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(error, Overloaded) for error in got)
        assert kitchen.made == 1
        answer, outcome = await answers.fetch(question(kitchen), kitchen.make)
        assert (answer.body, outcome) == (b"answer 2", "miss")

    asyncio.run(run())


def test_an_answer_made_while_something_changed_is_sent_and_not_kept() -> None:
    async def run() -> None:
        kitchen, answers = Kitchen(), cache()
        asking = asyncio.create_task(answers.fetch(question(kitchen), kitchen.make))
        await turns()
        kitchen.version = 2
        kitchen.may_go_on.set()
        answer, _ = await asking
        assert answer.body == b"answer 1"
        assert len(answers.memory) == 0
        assert (await answers.fetch(question(kitchen), kitchen.make))[0].body == b"answer 2"

    asyncio.run(run())


def test_who_asks_after_a_change_does_not_get_what_is_being_made_from_before() -> None:
    async def run() -> None:
        kitchen, answers = Kitchen(), cache()
        before = asyncio.create_task(answers.fetch(question(kitchen), kitchen.make))
        await turns()
        kitchen.version = 2
        after = asyncio.create_task(answers.fetch(question(kitchen), kitchen.make))
        await turns()
        kitchen.may_go_on.set()
        await asyncio.gather(before, after)
        assert kitchen.made == 2
        assert (await answers.fetch(question(kitchen), kitchen.make))[1] == "hit"

    asyncio.run(run())


def test_work_that_nobody_waits_for_any_more_ends() -> None:
    async def run() -> None:
        kitchen, answers = Kitchen(), cache()
        asking = [asyncio.create_task(answers.fetch(question(kitchen), kitchen.make)) for _ in range(2)]
        await turns()
        asking[0].cancel()
        await turns()
        assert kitchen.cancelled == 0  # one still waits
        asking[1].cancel()
        new = asyncio.create_task(answers.fetch(question(kitchen), kitchen.make))  # before the end has got through
        await turns()
        assert kitchen.cancelled == 1
        kitchen.may_go_on.set()
        assert (await new)[0].body == b"answer 2"

    asyncio.run(run())


@pytest.mark.parametrize("change", [lambda q: b"jug", lambda q: q])
def test_requests_and_their_age_are_told_apart(change: Callable[[bytes], bytes]) -> None:
    async def run() -> None:
        kitchen, answers = Kitchen(), cache()
        kitchen.may_go_on.set()
        await answers.fetch(question(kitchen, b"mug", ttl_s=0.0001), kitchen.make)
        await asyncio.sleep(0.001)
        await answers.fetch(question(kitchen, change(b"mug")), kitchen.make)
        assert kitchen.made == 2

    asyncio.run(run())


def test_what_is_made_ahead_is_not_counted() -> None:
    async def run() -> None:
        kitchen, answers = Kitchen(), cache()
        kitchen.may_go_on.set()
        asked = question(kitchen)
        await answers.fetch(asked, kitchen.make, ahead=True)
        assert asked.use.count == 0
        assert not answers.stats.by_kind
        assert (await answers.fetch(asked, kitchen.make))[1] == "hit"
        assert asked.use.count == 1

    asyncio.run(run())
