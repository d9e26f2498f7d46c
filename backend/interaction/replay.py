"""Rebuilds long-term vectors from the log alone: at any time, under any weights or model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import cast

import numpy as np
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from backend.database.engine import Database
from backend.errors import VitrineError
from backend.interaction.events import LoggedEvent
from backend.interaction.folding import fold, fold_users
from backend.interaction.log import EventLog
from backend.interaction.profiles import Profile, ProfileRepository, lock_progress, set_progress
from backend.interaction.tables import InteractionRow
from backend.interaction.vectors import EventVectors, StateSpace, Writing
from backend.interaction.worker import progress_name
from ml.profile.rules import ProfileRules
from ml.types import Embedding

BLOCK = 20_000  # events that are folded at once
STREAMED = 5000
_LOG = cast(Table, InteractionRow.__table__)
_COLUMNS = [_LOG.c[name] for name in LoggedEvent._fields]

OnEvents = Callable[[int], None]


class ReplayOutdated(VitrineError):
    """A user was erased while the log was being replayed."""


class _Discard(Exception):
    """Undoes what was only for computing."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A user's long-term sum from the log.

    Attributes:
        events: those that it is made of, in the order of the log.
        vectors: of each, or None.
    """

    user_id: str
    profile: Profile
    events: Sequence[LoggedEvent]
    vectors: Sequence[Embedding | None]


@dataclass(slots=True)
class Comparison:
    """How far replayed and online vectors are apart."""

    users: int = 0
    events: int = 0
    vectors: int = 0  # users who have one
    missing: int = 0  # users who have a vector on one side alone
    miscounted: int = 0  # users whose profile holds another number of events
    orphans: int = 0  # profiles of users of whom the log knows nothing
    max_difference: float = 0.0  # of any component of any vector

    def add(self, rebuilt: Rebuilt, online: Profile, now_s: float) -> None:
        """Compare one user."""
        one, other = rebuilt.profile.sums.vector(now_s), online.sums.vector(now_s)
        self.users += 1
        self.events += rebuilt.profile.events
        self.miscounted += rebuilt.profile.events != online.events
        if one is None or other is None:
            self.missing += one is not other
            return
        self.vectors += 1
        self.max_difference = max(self.max_difference, float(np.abs(one - other).max()))


class Replay:
    """Reads the log as it is at one moment, user by user; memory is bounded by the events of one user."""

    def __init__(self, database: Database, space: StateSpace, rules: ProfileRules, on_events: OnEvents) -> None:
        self._database = database
        self._space = space
        self._rules = rules
        self._on_events = on_events
        # What it pins for a model that doesn't serve is forgotten with it.
        self._vectors = EventVectors(keeps_pins=True)

    def run(self, user_id: str | None = None, at_us: int | None = None) -> Iterator[Rebuilt]:
        """Yield each user, in the order of their ids, with the events that had occurred by a time.

        Args:
            user_id: None for all.
            at_us: microseconds since 1970; None: as of now.
        """
        with self._database.reading() as db:
            yield from self._rebuilt(db, user_id, at_us, self._discarded)

    def compare(self, now_s: float) -> Comparison:
        """Compare each user's rebuilt vector with the online one: the stored profile and what came after it."""
        found = Comparison()
        with self._database.reading() as db:
            _one_snapshot(db, self._database)
            for block in _blocks(self._rebuilt(db, None, None, self._discarded)):
                profiles = ProfileRepository(db, self._space, self._rules).get([one.user_id for one in block])
                for rebuilt in block:
                    profile = profiles.get(rebuilt.user_id)
                    found.add(rebuilt, self._online(rebuilt, profile) if profile else rebuilt.profile, now_s)
            found.orphans = ProfileRepository(db, self._space, self._rules).orphans()
        return found

    def write(self) -> int:
        """Write every user's profile beside running servers, and delete others; return how many users that were.

        Raises:
            ReplayOutdated: a user was erased meanwhile; what was written before is right.
        """
        name, done = progress_name(self._space, self._rules), 0
        with self._database.reading() as db:
            _one_snapshot(db, self._database)
            log = EventLog(db)
            erasures, last = log.erasures(), log.last_seq()
            for block in _blocks(self._rebuilt(db, None, None, self._database.writing)):
                with self._database.writing() as writing:
                    self._lock(writing, name, erasures)
                    profiles = ProfileRepository(writing, self._space, self._rules)
                    stored = profiles.get([one.user_id for one in block])
                    fresh = {one.user_id: one.profile for one in block}
                    # A worker may have come further than this snapshot of the log.
                    profiles.put(
                        {id_: p for id_, p in fresh.items() if id_ not in stored or stored[id_].seq <= p.seq}
                    )
                done += len(block)
        with self._database.writing() as writing:
            set_progress(writing, name, max(self._lock(writing, name, erasures), last))
            ProfileRepository(writing, self._space, self._rules).delete_orphans()
        return done

    @contextmanager
    def _discarded(self) -> Iterator[Session]:
        """A transaction that is rolled back; a reading one of SQLite couldn't begin to write beside other writers."""
        with suppress(_Discard), self._database.writing() as db:
            yield db
            raise _Discard

    def _lock(self, db: Session, name: str, erasures: int) -> int:
        progress = lock_progress(db, name, wait=True)
        assert progress is not None  # noqa: S101  it waited
        if EventLog(db).erasures() != erasures:
            raise ReplayOutdated("a user was erased meanwhile: run it again")
        return progress

    def _rebuilt(self, db: Session, user_id: str | None, at_us: int | None, writing: Writing) -> Iterator[Rebuilt]:
        statement = select(_LOG.c.user_id, *_COLUMNS).where(_LOG.c.user_id.is_not(None))
        if user_id is not None:
            statement = statement.where(_LOG.c.user_id == user_id)
        if at_us is not None:
            statement = statement.where(_LOG.c.occurred_at_us <= at_us)
        statement = statement.order_by(_LOG.c.user_id, _LOG.c.seq)
        rows = db.connection().execute(statement, execution_options={"yield_per": STREAMED})
        names: list[str] = []
        events: list[list[LoggedEvent]] = []
        waiting = 0
        for name, of_user in groupby(rows, key=itemgetter(0)):
            names.append(name)
            events.append([LoggedEvent(*row[1:]) for row in of_user])
            waiting += len(events[-1])
            if waiting >= BLOCK:
                yield from self._folded(db, names, events, writing)
                names, events, waiting = [], [], 0
        if names:
            yield from self._folded(db, names, events, writing)

    def _folded(
        self, db: Session, names: Sequence[str], events: Sequence[Sequence[LoggedEvent]], writing: Writing
    ) -> Iterator[Rebuilt]:
        flat = [event for of_user in events for event in of_user]
        vectors = self._vectors.of_events(db, self._space, flat, writing)
        actors = np.repeat(np.arange(len(names)), [len(of_user) for of_user in events])
        sums = fold_users(
            self._rules,
            flat,
            vectors,
            users=actors,
            user_count=len(names),
            dimension=self._space.vectors.dimension,
        )
        start = 0
        for name, of_user, own in zip(names, events, sums, strict=True):
            end = start + len(of_user)
            yield Rebuilt(name, Profile(own, len(of_user), of_user[-1].seq), of_user, vectors[start:end])
            start = end
        self._on_events(len(flat))

    def _online(self, rebuilt: Rebuilt, profile: Profile) -> Profile:
        """Return what a read would fold: the stored sum and the events after it."""
        news = [n for n, event in enumerate(rebuilt.events) if event.seq > profile.seq]
        events, vectors = [rebuilt.events[n] for n in news], [rebuilt.vectors[n] for n in news]
        sums = fold(profile.sums, self._rules, events, vectors, session=False)
        return Profile(sums, profile.events + len(news), rebuilt.profile.seq)


def _blocks(users: Iterator[Rebuilt]) -> Iterator[list[Rebuilt]]:
    """Collect users into blocks for one transaction."""
    block: list[Rebuilt] = []
    for user in users:
        block.append(user)
        if len(block) == 500:
            yield block
            block = []
    if block:
        yield block


def _one_snapshot(db: Session, database: Database) -> None:
    """Let all statements of a transaction see the same; SQLite does so by itself."""
    if not database.is_sqlite:
        db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
