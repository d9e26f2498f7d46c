"""Lets in as many requests as can be answered in time, and tells the others at once to come back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from backend.errors import Overloaded

LOOK_S = 1.0  # between two looks at how many are refused; as long as those are asked to stay away
SETTLE_S = 0.03  # after the first refusal, in which those who came during a standstill are through
SAMPLE = 24  # who ask from then on, by whom it is known whether more are refused than let in
FEW, PRESSED_SHARE = 2, 20  # one at work and one that waits for it; of who may be at work or wait otherwise


class Admission:
    """Counts the requests of one kind that are at work or wait; for one event loop.

    By Little's law the last one in waits as long as the others take: a short queue is what keeps answers quick. A
    long one serves those who come all at once. A burst and a queue that stands look the same until it is full; then
    a burst is over, and of a standing queue more are refused than let in. From that moment on its length only makes
    everybody wait: those inside, who have waited for too long already, are told to come back, but for the newest few:
    as many as are worked on at once, and one that waits.
    """

    def __init__(
        self, most: int, *, few: Callable[[], int] = lambda: FEW, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Let in so many.

        Args:
            most: requests, for as long as that isn't far too few.
            few: while it is: one more than are worked on at once; with less, what could be answered would be refused
                for ever.
            clock: seconds.
        """
        self._most = most
        self._few = few
        self._clock = clock
        self._inside: dict[asyncio.Timeout, None] = {}  # the oldest first
        self._pressed = False
        self._count_from: float | None = None  # None while nobody is refused
        self._admitted = self._refused = 0  # since then

    @property
    def limit(self) -> int:
        """How many there may be just now."""
        return self._pressed_limit() if self._pressed else self._most

    @property
    def inside(self) -> int:
        """How many there are."""
        return len(self._inside)

    @property
    def is_pressed(self) -> bool:
        """Whether fewer are let in, as most would be refused in any case."""
        return self._pressed

    def refuses(self) -> bool:
        """Whether the next one is refused; to ask is to be refused if so."""
        now = self._clock()
        if self._count_from is not None:
            self._look(now, self._count_from)
        if self.inside < self.limit:
            return False
        if self._count_from is None:
            self._count(now + SETTLE_S)
        elif now >= self._count_from:
            self._refused += 1
        return True

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """Count a request while it is worked on.

        Raises:
            Overloaded: there are as many as may be, or this one has waited while the queue was found to stand.
        """
        if self.refuses():
            raise too_many()
        if self._count_from is not None and self._clock() >= self._count_from:
            self._admitted += 1
        place = asyncio.timeout(None)
        try:
            async with place:
                self._inside[place] = None
                yield
        except TimeoutError:
            if place.expired():
                raise too_many() from None
            raise
        finally:
            self._inside.pop(place, None)

    def _look(self, now: float, since: float) -> None:
        """Let in few while more are refused than let in; all again when not, or when nobody has asked for a while."""
        is_over = now >= since + LOOK_S
        if not is_over and (self._pressed or self._refused + self._admitted < SAMPLE):
            return
        stands = self._refused > self._admitted and now < since + 2 * LOOK_S
        if stands and not self._pressed:
            self._send_away()
        self._pressed = stands
        if stands:
            self._count(now)
        else:
            self._count_from = None

    def _send_away(self) -> None:
        """End what waits but for the newest."""
        now = asyncio.get_running_loop().time()
        for place in list(self._inside)[: -self._pressed_limit()]:
            if not place.expired():
                place.reschedule(now)

    def _pressed_limit(self) -> int:
        return min(self._most, max(self._few(), self._most // PRESSED_SHARE))

    def _count(self, since: float) -> None:
        self._count_from, self._admitted, self._refused = since, 0, 0


def too_many() -> Overloaded:
    """Return what a request is refused with."""
    return Overloaded("too many requests at once; try again shortly", retry_after_s=int(LOOK_S))
