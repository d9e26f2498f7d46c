"""How many events one actor may send."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from backend.errors import RateLimited

KNOWN_ACTORS = 100_000  # of one process; the one that was silent longest is forgotten first


class ActorLimiter:
    """A bucket of tokens for each actor: a minute's worth at once, refilled evenly.

    Each process counts for itself.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = monotonic) -> None:
        self._most = float(per_minute)
        self._per_second = per_minute / 60
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when there were as many

    def take(self, actor: str) -> None:
        """Count one event.

        Raises:
            RateLimited: the actor has sent too many; `details` say when the next one is taken.
        """
        now = self._now()
        tokens, since = self._buckets.pop(actor, (self._most, now))
        tokens = min(self._most, tokens + (now - since) * self._per_second)
        allowed = tokens >= 1
        self._buckets[actor] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > KNOWN_ACTORS:
            self._buckets.popitem(last=False)
        if not allowed:
            wait_s = math.ceil((1 - tokens) / self._per_second)
            raise RateLimited(
                f"this user or session sends more than {self._most:g} events a minute", retry_after_s=wait_s
            )
