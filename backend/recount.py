"""Statistics of the catalogue that are counted in the background, again when it has changed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from backend.memory import give_back

logger = logging.getLogger(__name__)
REST = 20  # times as long as counting took, until it is done again
TURN, PAUSE_S = 16, 0.0001  # of what is counted, half a millisecond's work, and the rest after it

T = TypeVar("T")


def in_turns(items: Iterable[T]) -> Iterator[T]:
    """Yield items, with short rests: else whoever waits for Python's lock gets it each 5 ms only."""
    for number, item in enumerate(items):
        if number % TURN == TURN - 1:
            time.sleep(PAUSE_S)
        yield item


class Recount:
    """Decides when something is counted; one thread at a time does it."""

    def __init__(self, name: str, count: Callable[[], int]) -> None:
        """Prepare.

        Args:
            name: of the thread.
            count: does it, and returns the catalogue version that it counted.
        """
        self._name = name
        self._count = count
        self._counted = -1
        self._not_before = 0.0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def counted(self) -> int:
        """The catalogue version that was counted; -1 before the first count."""
        return self._counted

    def follow(self, version: int) -> None:
        """Count in the background if the catalogue has changed and the last count is some time ago."""
        if version == self._counted or time.monotonic() < self._not_before:
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def now(self) -> None:
        """Count now, in this thread."""
        start = time.monotonic()
        try:
            self._counted = self._count()
        finally:
            give_back()  # counting takes several times the memory of what it finds
            self._not_before = time.monotonic() + REST * (time.monotonic() - start)

    def _run(self) -> None:
        try:
            self.now()
        except SQLAlchemyError:  # the next search tries again
            logger.exception("can't count: %s", self._name)
