"""Lets in as many requests as can be answered in time, and tells the others at once to come back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from backend.errors import Overloaded


class Admission:
    """Counts the requests of one kind that are at work or wait; for one event loop.

    By Little's law the last one in waits as long as the others take: a short queue is what keeps answers quick.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside = 0

    @property
    def most(self) -> int:
        """How many there may be."""
        return self._most

    @property
    def inside(self) -> int:
        """How many there are."""
        return self._inside

    @property
    def is_full(self) -> bool:
        """Whether the next one would be refused."""
        return self._inside >= self._most

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Count a request while it is worked on.

        Raises:
            Overloaded: there are as many as may be.
        """
        if self._inside >= self._most:
            raise too_many()
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1


def too_many() -> Overloaded:
    """Return what a request is refused with."""
    return Overloaded("too many searches at once; try again shortly", retry_after_s=1)
