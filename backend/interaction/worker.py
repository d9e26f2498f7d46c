"""Advances what is derived from the log: long-term profiles and popularity.

Each of them has its watermark. Events above it, what they change and the new watermark go through one transaction, so
a worker that is killed has done a step wholly or not at all. A row lock keeps a second one out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial

import numpy as np
from sqlalchemy.orm import Session

from backend.database.engine import Database
from backend.interaction.checkpoint import finish_erasures
from backend.interaction.events import LoggedEvent
from backend.interaction.folding import fold_users
from backend.interaction.log import EventLog
from backend.interaction.popularity import Popularity
from backend.interaction.profiles import (
    Profile,
    ProfileRepository,
    lock_progress,
    profile_space,
    read_progress,
    set_progress,
)
from backend.interaction.vectors import EventVectors, StateSpace
from ml.profile.rules import ProfileRules
from ml.profile.sums import DecayedSums

logger = logging.getLogger(__name__)

BLOCK = 1000  # events in one transaction; on SQLite, feedback waits some 50 ms while it lasts
POPULARITY = "popularity 1"  # another number counts the whole log anew

Logged = Sequence[tuple[str | None, str | None, LoggedEvent]]


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the profiles are behind the log.

    Attributes:
        events: that are not in them yet.
        seconds: since the oldest of those was received; 0 without any.
    """

    events: int
    seconds: float


def progress_name(space: StateSpace, rules: ProfileRules) -> str:
    """Name the watermark of the profiles of one space and set of rules."""
    return f"profiles {profile_space(space, rules)}"


class LogWorker:
    """Does one step after another; any number of them may run, and one at a time works."""

    def __init__(self, database: Database, rules: ProfileRules, vectors: EventVectors) -> None:
        self._database = database
        self._rules = rules
        self._vectors = vectors

    def step(self, space: StateSpace) -> int:
        """Apply up to `BLOCK` events to everything that lacks them; return the most that one of them took.

        What readers have kept an erasure from is tried again.
        """
        profiles = self._advance(progress_name(space, self._rules), partial(self._profile, space=space))
        done = max(profiles, self._advance(POPULARITY, lambda db, events: Popularity(db).count(events)))
        finish_erasures(self._database)
        return done

    def lag(self, space: StateSpace) -> Lag:
        """Return how far the profiles are behind."""
        with self._database.reading() as db:
            log, done = EventLog(db), read_progress(db, progress_name(space, self._rules))
            events = log.last_seq() - done
            oldest_us = log.oldest_after(done) if events else None
        return Lag(events, 0.0 if oldest_us is None else max(0.0, time.time() - oldest_us / 1e6))

    def _advance(self, name: str, apply: Callable[[Session, Logged], None]) -> int:
        with self._database.reading() as db:
            if EventLog(db).last_seq() == read_progress(db, name):
                return 0  # without the lock that every writer of a SQLite database needs
        with self._database.writing() as db:
            done = lock_progress(db, name)
            if done is None:
                return 0
            log = EventLog(db)
            last = log.last_seq()
            events = log.after(done, BLOCK)
            if events:
                apply(db, events)
            # Behind the last event that there is, numbers of erased ones may follow.
            set_progress(db, name, events[-1][2].seq if len(events) == BLOCK else max(last, done))
        return len(events)

    def _profile(self, db: Session, events: Logged, *, space: StateSpace) -> None:
        of_users = [(user_id, event) for user_id, _, event in events if user_id is not None]
        profiles = ProfileRepository(db, space, self._rules)
        stored = profiles.get(sorted({user_id for user_id, _ in of_users}))
        dimension = space.vectors.dimension
        nothing = Profile(DecayedSums.empty((self._rules.long_term_decay_s,), dimension), 0, 0)
        # A replay may have written a profile that is ahead.
        news = [(user, event) for user, event in of_users if event.seq > stored.get(user, nothing).seq]
        numbers = {user_id: number for number, user_id in enumerate(dict.fromkeys(user for user, _ in news))}
        logged = [event for _, event in news]
        vectors = self._vectors.of_events(db, space, logged, lambda: nullcontext(db))
        users = np.array([numbers[user] for user, _ in news], np.int64)
        counts = np.bincount(users, minlength=len(numbers)).tolist()
        newest = {user: event.seq for user, event in news}  # the last one counts
        sums = fold_users(self._rules, logged, vectors, users=users, user_count=len(numbers), dimension=dimension)
        grown = {}
        for user_id, number in numbers.items():
            profile = stored.get(user_id, nothing)
            merged = profile.sums.merged(sums[number])
            grown[user_id] = Profile(merged, profile.events + counts[number], newest[user_id])
        profiles.put(grown)


class BackgroundWorker:
    """Lets a worker run beside a server, in a thread of its own, and watches how far it is behind."""

    def __init__(self, worker: LogWorker, space: Callable[[], StateSpace], interval_s: float, *, works: bool) -> None:
        """Start.

        Args:
            worker: does the steps.
            space: of the engine that serves.
            interval_s: between looks at a log without news.
            works: False only watches: another process does the work.
        """
        self.lag = Lag(0, 0.0)
        self._worker = worker
        self._space = space
        self._interval_s = interval_s
        self._works = works
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log-worker")
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop after the step that is being done."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self._thread.shutdown)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        failing = False
        while True:
            try:
                done = await loop.run_in_executor(self._thread, self._step)
                failing = False
            except Exception:  # whatever it is, the worker must not end; the lag tells
                done = 0
                if not failing:  # once an outage
                    logger.exception("can't apply the log of interactions, trying again")
                failing = True
            # A step costs many times what an event does: what comes in between is done together. Reads don't wait.
            if done < BLOCK:
                await asyncio.sleep(self._interval_s)

    def _step(self) -> int:
        space = self._space()
        done = self._worker.step(space) if self._works else 0
        self.lag = self._worker.lag(space)
        return done
