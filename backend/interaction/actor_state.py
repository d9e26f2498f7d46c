"""What one user or session has done, and the recent ones of them in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from backend.interaction.events import LoggedEvent
from ml.profile.sums import DecayedSums
from ml.types import Embedding

RECENT = 200  # events of an actor that are remembered one by one
PURCHASED = 1000  # purchases of a user that are remembered

Key = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ActorState:
    """What one actor, a user or a session, has done up to event number `seq`. Immutable.

    Attributes:
        seq: number of the newest event in it; 0 without any.
        sums: over all of them.
        events: how many.
        recent: the last `RECENT`, newest number first.
        purchases: the last `PURCHASED` purchases, newest number first.
    """

    seq: int
    sums: DecayedSums
    events: int = 0
    recent: tuple[LoggedEvent, ...] = ()
    purchases: tuple[LoggedEvent, ...] = ()

    def grown(self, sums: DecayedSums, events: Sequence[LoggedEvent]) -> ActorState:
        """Return the state with more events, which are in `sums` already."""
        if not events:
            return self
        purchases = [event for event in events if event.type == "PURCHASE"]
        return ActorState(
            seq=max(self.seq, *(event.seq for event in events)),
            sums=sums,
            events=self.events + len(events),
            recent=_newest([*self.recent, *events], RECENT),
            purchases=_newest([*self.purchases, *purchases], PURCHASED),
        )


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Past:
    """What a shopper did last. As long as nothing new comes, reads return one object: what follows can be kept by it.

    Attributes:
        recent: the last events of user and session, each once, the latest act first.
        purchased: ids of products that the user, or in the session somebody, has bought.
        newest: of the last event in the log: another one may have its number where a log goes on from a backup.
        long_term: float32, shape (d,), L2 norm 1: where the sums of the user point, at any time: they have one decay,
            so fading changes no direction. None when there is nothing to go by.
    """

    recent: tuple[LoggedEvent, ...] = ()
    purchased: frozenset[str] = frozenset()
    newest: LoggedEvent | None = None
    long_term: Embedding | None = None

    @classmethod
    def of(cls, user: ActorState, session: ActorState) -> Past:
        """Bring together what two actors did."""
        once = {event.seq: event for event in (*user.recent, *session.recent)}
        return cls(
            tuple(sorted(once.values(), key=lambda event: (-event.occurred_at_us, -event.seq))),
            frozenset(event.product_id for event in (*user.purchases, *session.purchases)),
            max(once.values(), key=lambda event: event.seq, default=None),
            user.sums.vector(float(user.sums.reference_s.max())),
        )


class StateCache:
    """Recent states of one process; all of them are of one number of erasures."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._erasures = 0
        self._states: OrderedDict[tuple[str, ...], ActorState] = OrderedDict()
        self._pasts: OrderedDict[tuple[Key, Key], tuple[int, int, Past]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, *keys: Key) -> tuple[int, ActorState | None, ActorState | None]:
        """Return two states, and the number of erasures that they are of."""
        with self._lock:
            one, other = (self._get(key) for key in keys)
            return self._erasures, one, other

    def put(self, erasures: int, key: Key, state: ActorState) -> None:
        """Keep a state, unless a newer one is there or users have been erased since."""
        if key is None:
            return
        with self._lock:
            known = self._states.get(key)
            if erasures != self._erasures or (known is not None and known.seq >= state.seq):
                return
            self._states[key] = state
            self._states.move_to_end(key)
            while len(self._states) > self._size:
                self._states.popitem(last=False)

    def past(self, erasures: int, keys: tuple[Key, Key], user: ActorState, session: ActorState) -> Past:
        """Return what a user and a session did last, in the states given."""
        moment = user.seq, session.seq
        with self._lock:
            known = self._pasts.get(keys)
            if known is not None and erasures == self._erasures and known[:2] == moment:
                self._pasts.move_to_end(keys)
                return known[2]
        past = Past.of(user, session)
        with self._lock:
            if erasures == self._erasures:
                self._pasts[keys] = *moment, past
                while len(self._pasts) > self._size:
                    self._pasts.popitem(last=False)
        return past

    def forget(self, erasures: int) -> None:
        """Drop everything that is of an earlier number of erasures."""
        with self._lock:
            if erasures > self._erasures:
                self._erasures = erasures
                self._states.clear()
                self._pasts.clear()

    def _get(self, key: Key) -> ActorState | None:
        if key is None or (state := self._states.get(key)) is None:
            return None
        self._states.move_to_end(key)
        return state


def _newest(events: Sequence[LoggedEvent], most: int) -> tuple[LoggedEvent, ...]:
    return tuple(sorted(events, key=lambda event: -event.seq)[:most])
