"""Stops asking a service that fails, and tries it again now and then."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Literal

State = Literal["closed", "half_open", "open"]


class Breaker:
    """Counts the failures of one service; after some in a row it lets one call through in each rest, and no other.

    It knows nothing of the service: ask `allows` before a call and say afterwards how it went. For one event loop or
    thread.
    """

    def __init__(self, failures: int = 3, rest_s: float = 1.0, now: Callable[[], float] = monotonic) -> None:
        """Begin closed: everything is allowed.

        Args:
            failures: in a row that open it.
            rest_s: seconds between two attempts while it is open.
            now: seconds of a clock that never goes back.
        """
        self._most = failures
        self._rest_s = rest_s
        self._now = now
        self._failures = 0
        self._tried_at: float | None = None  # the last failure or attempt; None while closed
        self._trying = False

    @property
    def state(self) -> State:
        """`closed` lets calls through, `open` none, `half_open` waits for the outcome of one."""
        if self._tried_at is None:
            return "closed"
        return "half_open" if self._trying else "open"

    def allows(self) -> bool:
        """Whether to call now; while it isn't closed, True means that this call is the attempt."""
        if self._tried_at is None:
            return True
        if self._now() - self._tried_at < self._rest_s:
            return False
        self._tried_at = self._now()  # an attempt of which nobody tells the outcome is followed by another
        self._trying = True
        return True

    def succeeded(self) -> None:
        """Note a call that went well."""
        self._failures = 0
        self._tried_at = None
        self._trying = False

    def failed(self) -> None:
        """Note a call that failed or took too long."""
        self._failures += 1
        self._trying = False
        if self._tried_at is not None or self._failures >= self._most:
            self._tried_at = self._now()
