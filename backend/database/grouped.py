"""Work for the database that is asked for one by one and done together: one hand-over to a thread for what waits."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Generic, TypeVar, cast

from backend.database.engine import Database
from backend.database.failures import is_conflict, is_database_down
from backend.errors import Overloaded

logger = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")
TRIES = 3  # of what the database undoes in favour of others: most often they have ended by then
WAITING = 5_000  # tasks that may wait for their group to begin


class Grouped(Generic[T, R]):
    """Does tasks in groups on the database's threads; it takes what waits, and never waits itself."""

    def __init__(
        self, database: Database, work: Callable[[Sequence[T]], Sequence[R | Exception]], *, at_once: int, most: int
    ) -> None:
        """Begin with nothing.

        Args:
            database: whose threads do the work.
            work: does a group in order; returns each one's result, or the error that its caller is to get.
            at_once: groups.
            most: tasks in a group.
        """
        self._database = database
        self._work = work
        self._at_once = at_once
        self._most = most
        self._waiting: OrderedDict[asyncio.Future[R], T] = OrderedDict()
        self._workers: set[asyncio.Task[None]] = set()

    @property
    def is_busy(self) -> bool:
        """Whether something is being done."""
        return bool(self._workers)

    async def do(self, task: T) -> R:
        """Return the result of a task that begins after this is called, or raise its error.

        Raises:
            Overloaded: too many wait already.
            DependencyUnavailable: it took longer than the database's `timeout_s`, together with what it waited for.
                Where it had begun, whether it is done some day isn't known; else it never begins.
        """
        if len(self._waiting) >= WAITING:
            raise Overloaded("too much waits for the database; try again shortly", retry_after_s=1)
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting[result] = task
        if len(self._workers) < self._at_once:
            worker = asyncio.create_task(self._run())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)  # where it is cancelled before it begins
        try:
            return await self._database.in_time(result)
        finally:  # who goes away doesn't stop a group, and what nobody waits for begins none
            self._waiting.pop(result, None)

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._do_some()
        finally:  # in the turn of the last look at what waits: whoever comes later must find no worker, and start one
            self._workers.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _do_some(self) -> None:
        group = [self._waiting.popitem(last=False) for _ in range(min(self._most, len(self._waiting)))]
        try:
            results = await self._results([task for _, task in group])
        except Exception as error:  # whatever it is, every caller must hear of it instead of waiting for ever
            results = [error] * len(group)
        for (waiting, _), result in zip(group, results, strict=True):
            if waiting.done():  # its caller has gone
                continue
            if isinstance(result, Exception):
                waiting.set_exception(result)
                waiting.exception()  # its caller may go at this moment: then nobody else retrieves it
            else:
                waiting.set_result(result)

    async def _results(self, tasks: Sequence[T]) -> Sequence[R | Exception]:
        return await self._database.run(partial(self._work, tasks))


class GroupedHere(Grouped[T, R]):
    """Does groups on the event loop, one after another, for work that waits for the database without a thread."""

    def __init__(
        self, database: Database, work: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]], *, most: int
    ) -> None:
        """Begin with nothing; as `Grouped`."""
        super().__init__(database, lambda tasks: (), at_once=1, most=most)
        self._here = work

    async def _results(self, tasks: Sequence[T]) -> Sequence[R | Exception]:
        return await self._database.in_time(self._here(tasks))


def together_or_alone(
    work: Callable[[Sequence[T]], Sequence[R]], group: Sequence[T], tries: int = TRIES
) -> list[R | Exception]:
    """Do a group in one transaction; where that fails, each alone, so that none costs another its own.

    Args:
        work: opens a transaction, does all of them and returns their results; nothing is done where it raises.
        group: at least one.
        tries: of the group, and then of each, where it only lost to others.
    """
    try:
        return list(work(group))
    except Exception as error:
        if is_conflict(error) and tries > 1:
            return together_or_alone(work, group, tries - 1)
        if len(group) == 1 or is_database_down(error):  # then it is for all of them
            return [error] * len(group)
        logger.warning("%d tasks failed together and are tried one by one: %r", len(group), error)
        return [result for one in group for result in together_or_alone(work, [one])]
