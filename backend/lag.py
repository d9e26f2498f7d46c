"""How late the event loop comes to its timers, and which time-outs of a service say nothing about the service."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

BEAT_S = 0.005
OWN_SHARE = 0.25  # of a time limit that our event loop was late, from which a time-out says nothing about the service
DOUBT_S = 1.0  # without any answer, from which it does


class LoopLag:
    """Adds up the delays of one event loop; it costs nothing while nobody watches.

    Attributes:
        late_s: seconds of delay since the start, while somebody watched.
    """

    def __init__(self) -> None:
        self.late_s = 0.0
        self._watching = 0
        self._beat: asyncio.TimerHandle | None = None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch the loop while the block runs."""
        self._watching += 1
        if self._beat is None:
            self._next()
        try:
            yield
        finally:
            self._watching -= 1

    def close(self) -> None:
        """Watch no longer."""
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    def _next(self) -> None:
        loop = asyncio.get_running_loop()
        self._beat = loop.call_later(BEAT_S, self._beaten, loop.time() + BEAT_S)

    def _beaten(self, due: float) -> None:
        self._beat = None
        self.late_s += max(0.0, asyncio.get_running_loop().time() - due)
        if self._watching:
            self._next()


class Doubt:
    """Tells time-outs that a service is to blame for from those of our own making.

    An event loop that is always late excuses no service that never answers.
    """

    def __init__(self, limit_s: float) -> None:
        """Begin without any doubt.

        Args:
            limit_s: seconds that each call may take.
        """
        self._own_lag_s = OWN_SHARE * limit_s
        self._doubted: tuple[float, float] | None = None  # first and last time-out of our own making in a row

    def answered(self) -> None:
        """Note that the service has said something."""
        self._doubted = None

    def is_ours(self, late_s: float) -> bool:
        """Judge a time-out: whether our own loop is why, and the service has answered something a moment ago.

        Args:
            late_s: seconds that the loop was late meanwhile.
        """
        if late_s < self._own_lag_s:
            return False
        now = monotonic()
        first, last = self._doubted or (now, now)
        first = first if now - last < DOUBT_S else now
        self._doubted = first, now
        return now - first < DOUBT_S
