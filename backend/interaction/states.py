"""The live state of users and sessions: read your writes, on any worker.

The log is the truth, and a read asks it for what is newer than what this process has folded: one statement on an
index. So nothing has to be told between processes, and no cache can be stale.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.database.direct import DirectConnection
from backend.database.engine import Database
from backend.database.grouped import Grouped, GroupedHere, together_or_alone
from backend.interaction.actor_state import PURCHASED, RECENT, ActorState, Key, StateCache
from backend.interaction.direct_news import Known, News, read_news
from backend.interaction.direct_profiles import read_profiles
from backend.interaction.events import LoggedEvent
from backend.interaction.folding import fold
from backend.interaction.log import STREAMED, EventLog
from backend.interaction.profiles import ProfileRepository, profile_space
from backend.interaction.user_state import UserState
from backend.interaction.vectors import EventVectors, StateSpace
from ml.profile.rules import ProfileRules
from ml.profile.sums import DecayedSums
from ml.types import Embedding

logger = logging.getLogger(__name__)

READERS = 2  # groups at once: a shopper with a long log, read for the first time, holds up one of them
READ_TOGETHER = 32
_EVERYTHING = 2**62  # as a number of an event: nothing is newer


class _Asked(NamedTuple):
    """Whose state somebody waits for."""

    user_id: str | None
    session_id: str | None
    space: StateSpace


class UserStates:
    """Reads states; one instance serves every thread of a process."""

    def __init__(self, database: Database, rules: ProfileRules, vectors: EventVectors, cache_size: int) -> None:
        self.rules = rules
        self._database = database
        self._vectors = vectors
        self._cache = StateCache(cache_size)
        self._pin_lock = threading.Lock()
        self._reads = Grouped(database, self._read_group, at_once=READERS, most=READ_TOGETHER)
        self._direct = database.direct()
        self._news = GroupedHere(database, self._read_news, most=READ_TOGETHER)

    @property
    def is_busy(self) -> bool:
        """Whether states are being read."""
        return self._reads.is_busy or self._news.is_busy

    def close(self) -> None:
        """Free what it holds, once nobody reads."""
        if self._direct is not None:
            self._direct.close()

    async def read(self, user_id: str | None, session_id: str | None, space: StateSpace) -> UserState:
        """Return the state of a user, a session, or a user in a session.

        It holds every event that was acknowledged before this is called, by any process.

        Args:
            user_id: None for a stranger.
            session_id: None outside of a session.
            space: of the request's engine: ``StateSpace.of(engine.live.space)``.
        """
        asked = _Asked(user_id, session_id, space)
        if self._direct is not None:
            # Most often nothing is new of somebody who is known: that needs no thread.
            found = await self._news.do(asked)
            if found is not None:
                return found
        return await self._reads.do(asked)

    async def _read_news(self, group: Sequence[_Asked]) -> Sequence[UserState | Exception | None]:
        """Return states that are in memory with what the log has since; None where that takes more than this."""
        assert self._direct is not None  # noqa: S101  nobody asks otherwise
        try:
            return await self._read_direct(self._direct, group)
        except Exception as error:  # the other way finds out whose fault it is, or whether the database is down
            if not isinstance(error, DBAPIError):
                logger.warning("%d states are read by threads instead: %r", len(group), error)
            return [None] * len(group)

    async def _read_direct(self, connection: DirectConnection, group: Sequence[_Asked]) -> list[UserState | None]:
        await self._fetch(connection, group)
        held = [self._held(asked) for asked in group]
        shoppers = [
            Known(asked.user_id, user.seq, asked.session_id, session.seq)
            for asked, (_, user, session) in zip(group, held, strict=True)
        ]
        found = await read_news(connection, shoppers, STREAMED)
        if found is None:
            return [None] * len(group)
        erasures, news = found
        return [
            None if known[0] != erasures else self._with_news(asked, known, one)
            for asked, known, one in zip(group, held, news, strict=True)
        ]

    async def _fetch(self, connection: DirectConnection, group: Sequence[_Asked]) -> None:
        """Bring the users of a group into memory who aren't there."""
        absent: dict[StateSpace, list[_Asked]] = {}
        for asked in group:
            if asked.user_id is not None and self._cache.get(*self._keys(asked))[1] is None:
                absent.setdefault(asked.space, []).append(asked)
        for space, several in absent.items():
            users = list(dict.fromkeys(asked.user_id for asked in several if asked.user_id is not None))
            erasures, states = await read_profiles(connection, space, self.rules, users)
            self._cache.forget(erasures)
            for user_id, state in zip(users, states, strict=True):
                self._cache.put(erasures, self._keys(_Asked(user_id, None, space))[0], state)

    def _held(self, asked: _Asked) -> tuple[int, ActorState, ActorState]:
        """Return the number of erasures and the states in memory; of what isn't, the log has all."""
        erasures, user, session = self._cache.get(*self._keys(asked))
        return erasures, user or self._nobody(asked.space), session or self._no_session(asked.space)

    def _with_news(self, asked: _Asked, known: tuple[int, ActorState, ActorState], news: News) -> UserState | None:
        erasures, user, session = known
        block = [(False, event) for event in news.of_user] + [(True, event) for event in news.of_session]
        if block:
            vectors = self._vectors.in_memory(asked.space, [event for _, event in block])
            if vectors is None:
                return None
            user, session = self._grown(user, session, block, vectors)
        return self._put(erasures, asked, user, session)

    def _read_group(self, group: Sequence[_Asked]) -> list[UserState | Exception]:
        return together_or_alone(self._read_together, group)

    def _read_together(self, group: Sequence[_Asked]) -> list[UserState]:
        """Read the states that are asked for together in one transaction, which begins after all were asked for."""
        with self._database.reading() as db:
            return [self.read_in(db, asked.user_id, asked.session_id, asked.space) for asked in group]

    def read_in(self, db: Session, user_id: str | None, session_id: str | None, space: StateSpace) -> UserState:
        """Do the same on this thread, in a reading transaction."""
        while True:
            known_erasures, user, session = self._known(db, user_id, session_id, space)
            erasures, news = EventLog(db).news(user_id, user.seq, session_id, session.seq)
            if erasures == known_erasures:
                break
            self._cache.forget(erasures)  # somebody was erased, perhaps this one: begin again from the log
            db.rollback()  # and look at it as it is now: what this transaction sees may be older than the cache
        while block := list(islice(news, STREAMED)):
            vectors = self._vectors.of_events(db, space, [event for _, event in block], self._pinning)
            user, session = self._grown(user, session, block, vectors)
        return self._put(erasures, _Asked(user_id, session_id, space), user, session)

    def _put(self, erasures: int, asked: _Asked, user: ActorState, session: ActorState) -> UserState:
        """Keep what was read, and return it as of now."""
        keys = self._keys(asked)
        self._cache.put(erasures, keys[0], user)
        self._cache.put(erasures, keys[1], session)
        past = self._cache.past(erasures, keys, user, session)
        return UserState(
            version=max(user.seq, session.seq),
            erasures=erasures,
            long_term=past.long_term,
            session=session.sums.vector(time.time()),
            user_events=user.events,
            session_events=session.events,
            past=past,
        )

    def _known(
        self, db: Session, user_id: str | None, session_id: str | None, space: StateSpace
    ) -> tuple[int, ActorState, ActorState]:
        """Return what this process or the profiles hold, and the number of erasures that it is of."""
        erasures, user, session = self._cache.get(*self._keys(_Asked(user_id, session_id, space)))
        if session is None:
            session = self._no_session(space)
        if user is None:
            user = self._nobody(space)
            # Erasures are counted before the profile is read, so that one in between is noticed afterwards.
            if user_id is not None and EventLog(db).erasures() == erasures:
                user = self._from_profile(db, user_id, user, space)
        return erasures, user, session

    def _from_profile(self, db: Session, user_id: str, empty: ActorState, space: StateSpace) -> ActorState:
        """Return what the worker has folded of a user; nothing when it hasn't come to them under these rules."""
        profile = ProfileRepository(db, space, self.rules).get([user_id]).get(user_id)
        if profile is None:
            return empty
        log = EventLog(db)
        return ActorState(
            seq=profile.seq,
            sums=profile.sums,
            events=profile.events,
            recent=tuple(log.recent(user_id, profile.seq, RECENT)),
            purchases=tuple(log.purchases(user_id, profile.seq, PURCHASED)),
        )

    def _grown(
        self,
        user: ActorState,
        session: ActorState,
        block: Sequence[tuple[bool, LoggedEvent]],
        vectors: Sequence[Embedding | None],
    ) -> tuple[ActorState, ActorState]:
        events = [event for _, event in block]
        places = {
            kind: [n for n, (for_session, _) in enumerate(block) if for_session is kind] for kind in (False, True)
        }
        states = []
        for kind, state in ((False, user), (True, session)):
            mine = [events[n] for n in places[kind]]
            sums = fold(state.sums, self.rules, mine, [vectors[n] for n in places[kind]], session=kind)
            states.append(state.grown(sums, mine))
        return states[0], states[1]

    def _nobody(self, space: StateSpace) -> ActorState:
        return _empty((self.rules.long_term_decay_s,), space.vectors.dimension)

    def _no_session(self, space: StateSpace) -> ActorState:
        return _empty(self.rules.session_decays_s, space.vectors.dimension)

    @contextmanager
    def _pinning(self) -> Iterator[Session]:
        # One thread at a time: it holds a connection already, and if all of them waited for a second one, none came.
        with self._pin_lock, self._database.writing() as db:
            yield db

    def _keys(self, asked: _Asked) -> tuple[Key, Key]:
        user_id, session_id, space = asked
        user = None if user_id is None else ("user", profile_space(space, self.rules), user_id)
        if session_id is None:
            return user, None
        session = ("session", space.key, session_id)
        return user, session if user_id is None else ("session of", space.key, session_id, user_id)


@lru_cache
def _empty(decays_s: tuple[float, ...], dimension: int) -> ActorState:
    """Return the state of somebody who has done nothing; immutable, so one serves all."""
    return ActorState(0, DecayedSums.empty(decays_s, dimension))
