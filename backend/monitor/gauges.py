"""What a worker says of itself from moment to moment, for the others to read."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import NamedTuple

_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Gauges(NamedTuple):
    """One worker at one moment; the order is that of the numbers in its file."""

    told_at: float = 0.0  # by `time.monotonic`
    is_ready: float = 0.0
    in_flight: float = 0.0
    products: float = 0.0
    catalogue_version: float = 0.0
    lag_events: float = 0.0
    lag_seconds: float = 0.0
    queries_waiting: float = 0.0
    index_waiting: float = 0.0
    pictures_waiting: float = 0.0
    events_waiting: float = 0.0
    resident_bytes: float = 0.0
    index_failing: float = 0.0
    is_following: float = 0.0
    hears_redis: float = -1.0  # -1 where none is configured
    loop_lag_s: float = 0.0  # how much later than due the event loop came to a timer
    cache_entries: float = -1.0  # answers in memory; -1 where none are kept
    cache_bytes: float = 0.0
    cache_redis: float = -1.0  # 0 closed, 1 half open, 2 open; -1 where none is configured
    memory_get_most_s: float = 0.0
    memory_set_most_s: float = 0.0
    redis_get_most_s: float = 0.0
    redis_set_most_s: float = 0.0
    searches_waiting: float = 0.0  # or at work
    lists_waiting: float = 0.0  # of recommendations, or at work
    # How many may wait; one more is refused.
    searches_bound: float = 0.0
    lists_bound: float = 0.0
    queries_bound: float = 0.0
    index_bound: float = 0.0
    pictures_bound: float = 0.0
    events_bound: float = 0.0


def resident_bytes() -> int:
    """Return the memory of this process; its highest so far where the kernel doesn't tell (not Linux)."""
    if _STATM.exists():
        return int(_STATM.read_bytes().split()[1]) * _PAGE
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest if sys.platform == "darwin" else highest * 1024
