"""How a group of events gets into the log of each database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from backend.database.engine import Database
from backend.interaction.append import append_events
from backend.interaction.direct_append import DirectAppender
from backend.interaction.events import NewEvent, Outcome
from backend.interaction.vectors import EventVectors, StateSpace

SMALL = 100  # events in a group: what many clients send one by one, and not what comes in batches


class Appender(Protocol):
    """Writes groups of events, one after another."""

    async def append(self, space: StateSpace, events: Sequence[NewEvent]) -> list[Outcome]:
        """Write events of one state space in one transaction; return what became of each once that is committed."""

    def close(self) -> None:
        """Free what it holds, once nothing is being written."""


def appender_of(database: Database, vectors: EventVectors) -> Appender:
    """Return what suits a database."""
    connection = database.direct()
    by_thread = ThreadAppender(database, vectors)
    return by_thread if connection is None else SizedAppender(DirectAppender(connection, vectors), by_thread)


class SizedAppender:
    """Writes small groups on the event loop, and large ones, whose rows take a while to make, on a thread."""

    def __init__(self, small: Appender, large: Appender) -> None:
        self._small = small
        self._large = large

    async def append(self, space: StateSpace, events: Sequence[NewEvent]) -> list[Outcome]:
        """See `Appender`."""
        return await (self._small if len(events) <= SMALL else self._large).append(space, events)

    def close(self) -> None:
        """Free what both hold."""
        self._small.close()
        self._large.close()


class ThreadAppender:
    """Writes on a thread of its own, for databases that make who calls them wait."""

    def __init__(self, database: Database, vectors: EventVectors) -> None:
        self._database = database
        self._vectors = vectors
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="event-writer")

    async def append(self, space: StateSpace, events: Sequence[NewEvent]) -> list[Outcome]:
        """See `Appender`."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._append, space, events)

    def close(self) -> None:
        """Stop the thread."""
        self._thread.shutdown()

    def _append(self, space: StateSpace, events: Sequence[NewEvent]) -> list[Outcome]:
        with self._database.writing() as db:
            products = self._vectors.current(db, space, {event.product_id for event in events})
            outcomes = append_events(db, space, products, events)
        written = {
            event.product_id for event, outcome in zip(events, outcomes, strict=True) if outcome.kind == "accepted"
        }
        # Of the others nothing was stored.
        self._vectors.remember(space, {id_: products[id_] for id_ in written})
        return outcomes
