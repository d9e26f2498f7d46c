"""Lets in as many requests as can be answered in time, and tells the others at once to come back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.errors import Overloaded

LOOK_S = 1.0  # between two looks at how many are refused; as long as those are asked to stay away
PRESSED_SHARE, LEAST_PRESSED = 8, 4


class Admission:
    """Counts the requests of one kind that are at work or wait; for one event loop.

    By Little's law the last one in waits as long as the others take: a short queue is what keeps answers quick. A
    long one serves those who come all at once. When it has run full and more are refused than let in, its length only
    makes everybody wait: then an eighth of it is enough to keep encoder and event loop at work.
    """

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Let in so many.

        Args:
            most: requests, for as long as that isn't far too few.
            clock: seconds.
        """
        self._most = most
        self._pressed_most = min(most, max(LEAST_PRESSED, most // PRESSED_SHARE))
        self._clock = clock
        self._inside = 0
        self._pressed_since: float | None = None  # or since the last look
        self._admitted = self._refused = 0  # since then

    @property
    def most(self) -> int:
        """How many there may be."""
        return self._most

    @property
    def inside(self) -> int:
        """How many there are."""
        return self._inside

    @property
    def is_pressed(self) -> bool:
        """Whether fewer are let in, as most would be refused in any case."""
        return self._pressed_since is not None

    def refuses(self) -> bool:
        """Whether the next one is refused; to ask is to be refused if so."""
        if self._pressed_since is not None:
            self._look(self._pressed_since)
        if self._inside < (self._most if self._pressed_since is None else self._pressed_most):
            return False
        if self._pressed_since is None:
            self._begin(self._clock())
        self._refused += 1
        return True

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Count a request while it is worked on.

        Raises:
            Overloaded: there are as many as may be.
        """
        if self.refuses():
            raise too_many()
        self._inside += 1
        self._admitted += 1
        try:
            yield
        finally:
            self._inside -= 1

    def _look(self, since: float) -> None:
        """Let all in again once no more are refused than answered, or nobody has asked for a while."""
        now = self._clock()
        if now < since + LOOK_S:
            return
        if self._refused <= self._admitted or now >= since + 2 * LOOK_S:
            self._pressed_since = None
        else:
            self._begin(now)

    def _begin(self, now: float) -> None:
        self._pressed_since, self._admitted, self._refused = now, 0, 0


def too_many() -> Overloaded:
    """Return what a request is refused with."""
    return Overloaded("too many requests at once; try again shortly", retry_after_s=int(LOOK_S))
