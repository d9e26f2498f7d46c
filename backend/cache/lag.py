"""How late the event loop comes to its timers, while somebody wants to know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

BEAT_S = 0.005


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
