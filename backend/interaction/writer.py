"""Group commit: what waits is written in one transaction, and every caller is answered when it is durable."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from backend.database.engine import Database
from backend.database.failures import is_conflict, is_database_down
from backend.errors import Overloaded
from backend.interaction.appenders import appender_of
from backend.interaction.events import NewEvent, Outcome
from backend.interaction.vectors import EventVectors, StateSpace

TRIES = 3  # of a group that the database undoes in favour of others
GROUP = 1000  # events in one transaction; while it lasts, those of other processes wait


@dataclass(frozen=True, slots=True)
class _Waiting:
    space: StateSpace
    events: tuple[NewEvent, ...]
    outcomes: asyncio.Future[list[Outcome]]


class EventWriter:
    """Writes the events of one process; it takes what waits, and never waits itself."""

    def __init__(self, database: Database, vectors: EventVectors, *, max_waiting: int) -> None:
        self._database = database
        self._appender = appender_of(database, vectors)
        self._max_waiting = max_waiting
        self._waiting: deque[_Waiting] = deque()
        self._count = 0
        self._worker: asyncio.Task[None] | None = None

    async def write(self, space: StateSpace, events: Sequence[NewEvent]) -> list[Outcome]:
        """Write events in their order, in one transaction; return what became of each once that is committed.

        Raises:
            Overloaded: too many events wait already.
            DependencyUnavailable: the database doesn't answer in time; they may be written all the same.
        """
        if not events:
            return []
        if self._count + len(events) > self._max_waiting:
            raise Overloaded("too much feedback at once; try again shortly", retry_after_s=1)
        outcomes: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(space, tuple(events), outcomes))
        self._count += len(events)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        # Who goes away doesn't stop the group; the events are written all the same.
        return await self._database.in_time(asyncio.shield(outcomes))

    @property
    def bound(self) -> int:
        """How many events may wait."""
        return self._max_waiting

    @property
    def waiting(self) -> int:
        """Events that wait for their transaction to begin."""
        return self._count

    async def _work(self) -> None:
        try:
            while self._waiting:
                group = self._next_group()
                results = await self._write(group)
                for waiting, result in zip(group, results, strict=True):
                    if isinstance(result, Exception):
                        waiting.outcomes.set_exception(result)
                        waiting.outcomes.exception()  # its caller may have gone: then nobody else retrieves it
                    else:
                        waiting.outcomes.set_result(result)
        finally:
            self._worker = None

    def _next_group(self) -> list[_Waiting]:
        """Take the oldest that waits, and what follows it in the same space."""
        group = [self._waiting.popleft()]
        size = len(group[0].events)
        while self._waiting and self._waiting[0].space == group[0].space:
            size += len(self._waiting[0].events)
            if size > GROUP:
                break
            group.append(self._waiting.popleft())
        self._count -= sum(len(waiting.events) for waiting in group)
        return group

    async def _write(self, group: Sequence[_Waiting], tries: int = TRIES) -> list[list[Outcome] | Exception]:
        events = [event for waiting in group for event in waiting.events]
        try:
            outcomes = iter(await self._appender.append(group[0].space, events))
        except Exception as error:
            if is_conflict(error) and tries > 1:
                return await self._write(group, tries - 1)
            if len(group) == 1 or is_database_down(error):  # then it is for all of them
                return [error] * len(group)
            # One of them is more than the database takes. It mustn't cost the others theirs, and each caller hears.
            return [(await self._write([one]))[0] for one in group]
        return [[next(outcomes) for _ in waiting.events] for waiting in group]

    async def close(self) -> None:
        """Write what waits, then stop."""
        if self._worker is not None:
            await self._worker
        self._appender.close()
