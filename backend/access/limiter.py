"""How often who may come: counted in this process, and together with the others through Redis."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from time import time

from backend.access.shared_counts import SharedCounts
from backend.access.window import Bucket, Count, Grant, window_of

KNOWN_IDENTITIES = 100_000  # of one bucket in one minute; of more, those that weren't seen for longest are forgotten
UNTOLD_SHARE = 16  # a process lets through a sixteenth of a limit before the others know of it


class _Table:
    """The counts of one bucket. Each has its own, or sessions, which anybody invents, would crowd addresses out."""

    def __init__(self) -> None:
        self._window = 0
        self._counts: OrderedDict[str, Count] = OrderedDict()  # of those who came in this minute
        self._before: OrderedDict[str, Count] = OrderedDict()  # of those who came in the one before, and not since

    def __len__(self) -> int:
        return len(self._counts) + len(self._before)

    def count(self, identity: str, now: float) -> Count:
        window = window_of(now)
        if window != self._window:
            self._before, self._counts, self._window = self._counts, OrderedDict(), window
        count = self._counts.get(identity)
        if count is None:
            count = self._before.pop(identity, None) or Count(window)
            self._counts[identity] = count
            if len(self._counts) > KNOWN_IDENTITIES:
                self._counts.popitem(last=False)
        else:
            self._counts.move_to_end(identity)
        count.roll(window)
        return count


class Limiter:
    """Counts requests by bucket and identity.

    Most are counted here alone and told to Redis moments later. Redis is asked first where that matters: with the
    first request of somebody in a minute, when half of a limit is used, or when much of it came in no time. When it
    fails, each process counts for itself.
    """

    def __init__(self, shared: SharedCounts | None = None, now: Callable[[], float] = time) -> None:
        """Know nobody yet.

        Args:
            shared: the counts in Redis; None counts in this process alone.
            now: seconds since 1970, of a clock that all processes share.
        """
        self._shared = shared
        self._now = now
        self._tables: defaultdict[str, _Table] = defaultdict(_Table)  # by the name of the bucket

    def __len__(self) -> int:
        """How many identities are remembered."""
        return sum(map(len, self._tables.values()))

    def take(self, bucket: Bucket, identity: str, wanted: int = 1) -> Grant | None:
        """Count requests, without waiting.

        Args:
            bucket: which limit.
            identity: whose requests.
            wanted: how many; as many as there is room for are granted.

        Returns:
            What is granted; None when `ask` has to be awaited, and nothing has been counted.
        """
        now = self._now()
        limit = bucket.limit
        if not limit:
            return Grant(wanted, bucket, 0, 0, 0)
        count = self._tables[bucket.name].count(identity, now)
        used = count.used(now)
        if used + 1 > limit:
            return count.grant(bucket, 0, now)  # what is known only grows: asking wouldn't help
        shared = self._shared
        if shared is None or not shared.answers:
            return self._locally(bucket, count, wanted, now)
        untold = count.pending + count.flying
        if not count.heard or used + wanted > limit / 2 or untold + wanted > limit // UNTOLD_SHARE:
            return None
        count.pending += wanted
        shared.tell(bucket, identity, count)
        return count.grant(bucket, wanted, now)

    async def ask(self, bucket: Bucket, identity: str, wanted: int = 1) -> Grant:
        """Count requests together with the other processes; takes as long as Redis does, and never long."""
        now = self._now()
        count = self._tables[bucket.name].count(identity, now)
        granted = None if self._shared is None else await self._shared.ask(bucket, identity, count, wanted)
        now = self._now()
        count.roll(window_of(now))
        if granted is None:
            return self._locally(bucket, count, wanted, now)
        return count.grant(bucket, granted, now)

    def _locally(self, bucket: Bucket, count: Count, wanted: int, now: float) -> Grant:
        granted = count.fits(wanted, bucket.limit, now)
        count.pending += granted
        return count.grant(bucket, granted, now)
