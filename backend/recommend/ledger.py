"""Writes down what was recommended, after the answer: in groups, bounded, and never of an erased user."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from backend.database.engine import Database
from backend.database.failures import may_work_later
from backend.interaction.log import EventLog
from backend.recommend.experiments import Exposure
from backend.recommend.repository import RecommendationLog, Served

logger = logging.getLogger(__name__)

GROUP = 500  # lists in one transaction
LINGER_S = 0.05  # for which the first list of a group waits for others: a commit costs more than making a list
RETRY_S = 1.0
KNOWN_EXPOSURES = 100_000  # that needn't be written again
PRUNE_EVERY_S = 600.0
PRUNED = 2000  # old lists deleted in one transaction
DAY_US = 86_400 * 10**6


@dataclass(frozen=True, slots=True)
class Entry:
    """What one answer leaves behind.

    Attributes:
        served: the list; None of an answer without one.
        exposures: to experiments.
        erasures: users erased when the answer's state was read. Of an answer from before an erasure nobody can say
            any more whether it was about that user, so it isn't written.
        named: whether it is about a user or session.
    """

    served: Served | None
    exposures: tuple[Exposure, ...]
    erasures: int
    named: bool


class Ledger:
    """The writer of one process. What it holds when the process is killed is lost: some milliseconds' worth."""

    def __init__(self, database: Database, *, max_waiting: int, keep_days: int) -> None:
        self._database = database
        self._max_waiting = max_waiting
        self._keep_days = keep_days
        self._waiting: deque[Entry] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recommendation-log")
        self._exposed: OrderedDict[tuple[int, str, str, str], None] = OrderedDict()
        self._pruned_at = 0.0
        self._closing = False

    def note(self, entry: Entry) -> bool:
        """Take an answer's record, to be written soon; return False when too many wait already."""
        fresh = tuple(one for one in entry.exposures if self._is_new(entry.erasures, one))
        if entry.served is None and not fresh:
            return True
        if len(self._waiting) >= self._max_waiting:
            return False
        self._waiting.append(Entry(entry.served, fresh, entry.erasures, entry.named))
        for one in fresh:
            self._exposed[entry.erasures, one.experiment, one.kind, one.actor] = None
        while len(self._exposed) > KNOWN_EXPOSURES:
            self._exposed.popitem(last=False)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return True

    async def drained(self) -> None:
        """Wait until everything noted so far is written."""
        while self._worker is not None:
            await asyncio.shield(self._worker)

    async def close(self) -> None:
        """Write what waits, unless the database is down, and stop."""
        self._closing = True
        await self.drained()
        self._thread.shutdown()

    def _is_new(self, erasures: int, one: Exposure) -> bool:
        return (erasures, one.experiment, one.kind, one.actor) not in self._exposed

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                if not self._closing:
                    await asyncio.sleep(LINGER_S)
                group = [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]
                try:
                    await loop.run_in_executor(self._thread, self._write, group)
                except Exception as error:  # whatever it is, the others must be written
                    if not may_work_later(error):
                        logger.exception("%d records of recommendations couldn't be written", len(group))
                        continue
                    if self._closing:
                        logger.exception("%d records of recommendations are lost", len(group) + len(self._waiting))
                        self._waiting.clear()
                        return
                    self._waiting.extendleft(reversed(group))
                    await asyncio.sleep(RETRY_S)
        finally:
            self._worker = None

    def _write(self, group: Sequence[Entry]) -> None:
        with self._database.writing() as db:
            log = RecommendationLog(db)
            log.hold_off_erasure()
            erasures = EventLog(db).erasures()
            kept = [entry for entry in group if entry.erasures == erasures or not entry.named]
            exposures = {
                (one.experiment, one.kind, one.actor): one for entry in reversed(kept) for one in entry.exposures
            }
            log.add([entry.served for entry in kept if entry.served is not None], list(exposures.values()))
        if time.monotonic() - self._pruned_at >= PRUNE_EVERY_S:
            self._prune()

    def _prune(self) -> None:
        before_us = time.time_ns() // 1000 - self._keep_days * DAY_US
        with self._database.writing() as db:
            more = RecommendationLog(db).prune(before_us, PRUNED) == PRUNED
        if not more:
            self._pruned_at = time.monotonic()
