"""Lets in as many requests as can be answered in time, and tells the others at once to come back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.errors import Overloaded

LOOK_S = 1.0  # between two looks at how many are refused; as long as those are asked to stay away
WATCH_S = 0.25  # from the first refusal until it is known whether more are refused than answered
PRESSED_SHARE, LEAST_PRESSED = 8, 4


class Admission:
    """Counts the requests of one kind that are at work or wait; for one event loop.

    By Little's law the last one in waits as long as the others take: a short queue is what keeps answers quick. A
    long one serves those who come all at once. When it has run full and more are refused than let in, its length only
    makes everybody wait: then an eighth of it is enough to keep encoder and event loop at work. A few refusals after
    a moment's standstill change nothing.
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
        self._pressed = False
        self._look_at: float | None = None  # None while nobody is refused
        self._admitted = self._refused = 0  # since the last look

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
        return self._pressed

    def refuses(self) -> bool:
        """Whether the next one is refused; to ask is to be refused if so."""
        if self._look_at is not None:
            self._look(self._look_at)
        if self._inside < (self._pressed_most if self._pressed else self._most):
            return False
        if self._look_at is None:
            self._begin(self._clock() + WATCH_S)
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

    def _look(self, due: float) -> None:
        """Let in few while more are refused than let in; all again when not, or when nobody has asked for a while."""
        now = self._clock()
        if now < due:
            return
        self._pressed = self._refused > self._admitted and now < due + LOOK_S
        if self._pressed:
            self._begin(now + LOOK_S)
        else:
            self._look_at = None

    def _begin(self, look_at: float) -> None:
        self._look_at, self._admitted, self._refused = look_at, 0, 0


def too_many() -> Overloaded:
    """Return what a request is refused with."""
    return Overloaded("too many requests at once; try again shortly", retry_after_s=int(LOOK_S))
