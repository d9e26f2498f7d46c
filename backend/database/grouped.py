"""Work for the database that is asked for one by one and done together: one hand-over to a thread for what waits."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar, cast

from backend.database.engine import Database
from backend.database.failures import is_database_down

logger = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[T, R]):
    task: T
    result: asyncio.Future[R]


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
        self._waiting: deque[_Waiting[T, R]] = deque()
        self._workers: set[asyncio.Task[None]] = set()

    @property
    def is_busy(self) -> bool:
        """Whether something is being done."""
        return bool(self._workers)

    async def do(self, task: T) -> R:
        """Return the result of a task that begins after this is called, or raise its error."""
        waiting: _Waiting[T, R] = _Waiting(task, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if len(self._workers) < self._at_once:
            worker = asyncio.create_task(self._run())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)  # where it is cancelled before it begins
        # Who goes away doesn't stop the group.
        return await asyncio.shield(waiting.result)

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._do_some()
        finally:  # in the turn of the last look at what waits: whoever comes later must find no worker, and start one
            self._workers.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _do_some(self) -> None:
        group = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        tasks = [waiting.task for waiting in group]
        try:
            results = await self._results(tasks)
        except Exception as error:  # whatever it is, every caller must hear of it instead of waiting for ever
            results = [error] * len(group)
        for waiting, result in zip(group, results, strict=True):
            if isinstance(result, Exception):
                waiting.result.set_exception(result)
                waiting.result.exception()  # its caller may have gone: then nobody else retrieves it
            else:
                waiting.result.set_result(result)

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
        return await self._database.in_time(asyncio.ensure_future(self._here(tasks)))


def together_or_alone(work: Callable[[Sequence[T]], Sequence[R]], group: Sequence[T]) -> list[R | Exception]:
    """Do a group in one transaction; where that fails, each alone, so that none costs another its own.

    Args:
        work: opens a transaction, does all of them and returns their results; nothing is done where it raises.
        group: at least one.
    """
    try:
        return list(work(group))
    except Exception as error:
        if len(group) == 1 or is_database_down(error):  # then it is for all of them
            return [error] * len(group)
        logger.warning("%d tasks failed together and are tried one by one: %r", len(group), error)
        return [result for one in group for result in together_or_alone(work, [one])]
