"""What a cache did since the start."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timing:
    """How long something took, in seconds."""

    count: int = 0
    total_s: float = 0.0
    most_s: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.count += 1
        self.total_s += seconds
        self.most_s = max(self.most_s, seconds)


@dataclass(slots=True)
class KindStats:
    """Of one kind of answers.

    Attributes:
        hits: from this process's memory.
        shared_hits: from Redis.
        joined: that waited for an equal request which was being answered.
        misses: that had to be made.
    """

    hits: int = 0
    shared_hits: int = 0
    joined: int = 0
    misses: int = 0


@dataclass(slots=True)
class CacheStats:
    """Of all kinds together; for one event loop.

    Attributes:
        by_kind: counts.
        memory_gets, memory_sets: of this process's memory.
        redis_gets, redis_sets: of Redis.
        failures: calls of Redis that failed or took too long.
        late: calls that took too long while our own event loop was late.
        corrupted: values of Redis that were refused.
    """

    by_kind: defaultdict[str, KindStats] = field(default_factory=lambda: defaultdict(KindStats))
    memory_gets: Timing = field(default_factory=Timing)
    memory_sets: Timing = field(default_factory=Timing)
    redis_gets: Timing = field(default_factory=Timing)
    redis_sets: Timing = field(default_factory=Timing)
    failures: int = 0
    late: int = 0
    corrupted: int = 0
