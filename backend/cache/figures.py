"""What the cache of one worker tells the others, in the monitor's shared figures."""

from __future__ import annotations

from typing import Final

from backend.breaker import State
from backend.cache.runtime import Cache
from backend.cache.stats import CacheStats, KindStats
from backend.monitor.counters import CACHE_ANSWERS, CACHE_CALLS, CACHE_FAILURES, CACHE_SECONDS
from backend.monitor.recorder import Recorder

STATES: Final[tuple[State, ...]] = ("closed", "half_open", "open")
CALLS: Final = (("memory", "get"), ("memory", "set"), ("redis", "get"), ("redis", "set"))


def tell(stats: CacheStats, recorder: Recorder) -> None:
    """Write down the counts since the start; on the event loop."""
    for kind, counts in list(stats.by_kind.items()):
        for source in KindStats.__slots__:
            recorder.set_count(CACHE_ANSWERS, getattr(counts, source), (kind, source))
    for store, call in CALLS:
        timing = getattr(stats, f"{store}_{call}s")
        recorder.set_count(CACHE_CALLS, timing.count, (store, call))
        recorder.set_count(CACHE_SECONDS, timing.total_s, (store, call))
    for reason, number in (("failed", stats.failures), ("late", stats.late), ("corrupted", stats.corrupted)):
        recorder.set_count(CACHE_FAILURES, number, (reason,))


def cache_gauges(cache: Cache) -> dict[str, float]:
    """Return what is kept just now, and the longest calls so far, as `Gauges` calls them."""
    answers = cache.answers
    if answers is None:
        return {}
    shared = answers.shared
    return {
        "cache_entries": len(answers.memory),
        "cache_bytes": answers.memory.nbytes,
        "cache_redis": -1 if shared is None else STATES.index(shared.state),
        **{f"{store}_{call}_most_s": getattr(cache.stats, f"{store}_{call}s").most_s for store, call in CALLS},
    }
