"""The live state of users and sessions: read your writes, on any worker.

The log is the truth, and a read asks it for what is newer than what this process has folded: one statement on an
index. So nothing has to be told between processes, and no cache can be stale.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from sqlalchemy.orm import Session

from backend.database.engine import Database
from backend.database.grouped import Grouped, together_or_alone
from backend.interaction.actor_state import PURCHASED, RECENT, ActorState, Past, StateCache
from backend.interaction.events import LoggedEvent
from backend.interaction.folding import fold
from backend.interaction.log import STREAMED, EventLog
from backend.interaction.profiles import ProfileRepository, profile_space
from backend.interaction.vectors import EventVectors, StateSpace
from ml.profile.rules import ProfileRules
from ml.profile.sums import DecayedSums
from ml.types import Embedding

READERS = 2  # groups at once: a shopper with a long log, read for the first time, holds up one of them
READ_TOGETHER = 32


@dataclass(frozen=True, slots=True)
class UserState:
    """What is known of a shopper at one moment.

    Attributes:
        version: number of the newest event that it holds; 0 without any. Of one shopper it never falls, on any
            worker, but when somebody is erased who is the user or took part in the session.
        erasures: how many users had been erased.
        long_term: float32, shape (d,), L2 norm 1, in the space of the engine that was asked for; None when there is
            nothing to go by.
        session: the same for the session, as of now.
        user_events: how many events of the user are in `long_term`.
        session_events: how many of the session are in `session`.
        past: the last events.
    """

    version: int
    erasures: int
    long_term: Embedding | None
    session: Embedding | None
    user_events: int
    session_events: int
    past: Past

    @property
    def name(self) -> str:
        """Names this state in the keys of caches."""
        newest = self.past.newest
        said = "" if newest is None else f" {newest.occurred_at_us} {newest.type} {newest.product_id}"
        return f"{self.version} {self.erasures}{said}"

    @property
    def recent(self) -> tuple[LoggedEvent, ...]:
        """The last events of user and session, each once, the latest act first."""
        return self.past.recent

    @property
    def purchased(self) -> frozenset[str]:
        """Ids of products that the user, or in the session somebody, has bought."""
        return self.past.purchased

    def recent_products(self, *types: str) -> list[str]:
        """Return the products of recent events, each once, the latest act first; of all types when none is named."""
        return list(dict.fromkeys(event.product_id for event in self.recent if not types or event.type in types))


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

    @property
    def is_busy(self) -> bool:
        """Whether states are being read."""
        return self._reads.is_busy

    async def read(self, user_id: str | None, session_id: str | None, space: StateSpace) -> UserState:
        """Return the state of a user, a session, or a user in a session.

        It holds every event that was acknowledged before this is called, by any process.

        Args:
            user_id: None for a stranger.
            session_id: None outside of a session.
            space: of the request's engine: ``StateSpace.of(engine.live.space)``.
        """
        return await self._reads.do(_Asked(user_id, session_id, space))

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
            user, session = self._grown(db, user, session, block, space)
        keys = self._user_key(user_id, space), _session_key(session_id, user_id, space)
        self._cache.put(erasures, keys[0], user)
        self._cache.put(erasures, keys[1], session)
        past = self._cache.past(erasures, keys, user, session)
        now_s = time.time()
        return UserState(
            version=max(user.seq, session.seq),
            erasures=erasures,
            long_term=user.sums.vector(now_s),
            session=session.sums.vector(now_s),
            user_events=user.events,
            session_events=session.events,
            past=past,
        )

    def _known(
        self, db: Session, user_id: str | None, session_id: str | None, space: StateSpace
    ) -> tuple[int, ActorState, ActorState]:
        """Return what this process or the profiles hold, and the number of erasures that it is of."""
        erasures, user, session = self._cache.get(
            self._user_key(user_id, space), _session_key(session_id, user_id, space)
        )
        dimension = space.vectors.dimension
        if session is None:
            session = ActorState(0, DecayedSums.empty(self.rules.session_decays_s, dimension))
        if user is None:
            user = ActorState(0, DecayedSums.empty((self.rules.long_term_decay_s,), dimension))
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
        db: Session,
        user: ActorState,
        session: ActorState,
        block: Sequence[tuple[bool, LoggedEvent]],
        space: StateSpace,
    ) -> tuple[ActorState, ActorState]:
        events = [event for _, event in block]
        vectors = self._vectors.of_events(db, space, events, self._pinning)
        places = {
            kind: [n for n, (for_session, _) in enumerate(block) if for_session is kind] for kind in (False, True)
        }
        states = []
        for kind, state in ((False, user), (True, session)):
            mine = [events[n] for n in places[kind]]
            sums = fold(state.sums, self.rules, mine, [vectors[n] for n in places[kind]], session=kind)
            states.append(state.grown(sums, mine))
        return states[0], states[1]

    @contextmanager
    def _pinning(self) -> Iterator[Session]:
        # One thread at a time: it holds a connection already, and if all of them waited for a second one, none came.
        with self._pin_lock, self._database.writing() as db:
            yield db

    def _user_key(self, user_id: str | None, space: StateSpace) -> tuple[str, ...] | None:
        return None if user_id is None else ("user", profile_space(space, self.rules), user_id)


def _session_key(session_id: str | None, user_id: str | None, space: StateSpace) -> tuple[str, ...] | None:
    if session_id is None:
        return None
    return ("session", space.key, session_id) if user_id is None else ("session of", space.key, session_id, user_id)
