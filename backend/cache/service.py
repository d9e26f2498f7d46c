"""Says what the cache does."""

from __future__ import annotations

from time import monotonic

from backend.cache.runtime import Cache
from backend.cache.schemas import CacheStatus, CallTimes, KindOfAnswers, SharedStatus
from backend.cache.shared import SharedCache
from backend.cache.stats import CacheStats, KindStats, Timing


def cache_status(cache: Cache) -> CacheStatus:
    """Return the counts since the start, and what is kept just now."""
    answers = cache.answers
    shared = None if answers is None else answers.shared
    return CacheStatus(
        enabled=answers is not None,
        uptime_s=round(monotonic() - cache.started, 1),
        entries=0 if answers is None else len(answers.memory),
        bytes=0 if answers is None else answers.memory.nbytes,
        types={kind: _kind(counts) for kind, counts in sorted(cache.stats.by_kind.items())},
        redis=None if shared is None else _redis(shared, cache.stats),
    )


def _kind(counts: KindStats) -> KindOfAnswers:
    hits = counts.hits + counts.shared_hits + counts.joined
    asked = hits + counts.misses
    return KindOfAnswers(
        hits=hits,
        from_redis=counts.shared_hits,
        joined=counts.joined,
        misses=counts.misses,
        hit_rate=round(hits / asked, 4) if asked else None,
    )


def _redis(shared: SharedCache, stats: CacheStats) -> SharedStatus:
    return SharedStatus(
        state=shared.state,
        gets=_times(stats.gets),
        sets=_times(stats.sets),
        failures=stats.failures,
        corrupted=stats.corrupted,
    )


def _times(timing: Timing) -> CallTimes:
    if not timing.count:
        return CallTimes(count=0, mean_ms=None, max_ms=None)
    mean_ms = 1000 * timing.total_s / timing.count
    return CallTimes(count=timing.count, mean_ms=round(mean_ms, 3), max_ms=round(1000 * timing.most_s, 3))
