"""A sliding window of one minute, from two counters: this minute's, and what still counts of the one before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is limited by itself.

    Attributes:
        name: in Redis and in errors.
        limit: requests that each identity may send in any minute; 0 doesn't limit.
    """

    name: str
    limit: int


class Grant(NamedTuple):
    """What became of a request, or of several at once.

    Attributes:
        granted: how many of them are let through.
        bucket: that counted them.
        remaining: how many more would be let through now.
        reset_s: seconds until this minute ends, and its count begins to fade.
        retry_after_s: seconds until it is worth trying again; 0 when any was granted.
    """

    granted: int
    bucket: Bucket
    remaining: int
    reset_s: int
    retry_after_s: int


@dataclass(slots=True)
class Count:
    """What one process knows of the requests of an identity.

    Attributes:
        window: number of the minute since 1970.
        current: counted in it by all processes, as far as this one has been told.
        previous: counted in the minute before.
        pending: let through here, and not told yet.
        flying: on their way to Redis.
        heard: whether Redis has told of the others since this minute began.
    """

    window: int
    current: int = 0
    previous: int = 0
    pending: int = 0
    flying: int = 0
    heard: bool = False

    @property
    def known(self) -> int:
        """Counted in this minute."""
        return self.current + self.pending + self.flying

    def roll(self, window: int) -> None:
        """Go on to another minute; a clock that was put back begins anew."""
        if window != self.window:
            self.previous = self.known if window == self.window + 1 else 0
            self.current = self.pending = self.flying = 0
            self.heard = False
            self.window = window

    def used(self, now: float) -> float:
        """Return how many requests count at a moment, in seconds since 1970."""
        return self.previous * left(now) + self.known

    def fits(self, wanted: int, limit: int, now: float) -> int:
        """Return how many of some requests there is room for at a moment."""
        return max(0, min(wanted, int(limit - self.used(now))))

    def grant(self, bucket: Bucket, granted: int, now: float) -> Grant:
        """Return the answer for requests that are counted already."""
        room = int(bucket.limit - self.used(now))
        wait_s = 0
        if not granted:
            wait_s = 1 if room > 0 else self._wait_s(bucket.limit, now)
        return Grant(granted, bucket, max(room, 0), math.ceil(left(now) * WINDOW_S), wait_s)

    def _wait_s(self, limit: int, now: float) -> int:
        """Return whole seconds until there is room for one more, if nothing else is counted until then."""
        if self.known < limit:  # the minute before has to fade
            wait = (left(now) - (limit - 1 - self.known) / self.previous) * WINDOW_S
        else:
            wait = (left(now) + 1 - (limit - 1) / self.known) * WINDOW_S
        return max(1, math.ceil(wait))


def window_of(now: float) -> int:
    """Return the number of a moment's minute."""
    return int(now // WINDOW_S)


def left(now: float) -> float:
    """Return the share of a moment's minute that is still to come, above 0 and up to 1."""
    return 1 - (now % WINDOW_S) / WINDOW_S
