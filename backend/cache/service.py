"""Says what the cache does."""

from __future__ import annotations

import time

from backend.cache.figures import STATES
from backend.cache.schemas import CacheStatus, CallTimes, KindOfAnswers, SharedStatus, StoreTimes
from backend.monitor.counters import CACHE_ANSWERS, CACHE_CALLS, CACHE_FAILURES, CACHE_SECONDS
from backend.monitor.overview import Overview


def cache_status(overview: Overview) -> CacheStatus:
    """Return the counts of all workers since the start, and what they keep just now."""
    gauges = [worker.gauges for worker in overview.workers]
    keeping = [one for one in gauges if one.cache_entries >= 0]
    states = [int(one.cache_redis) for one in keeping if one.cache_redis >= 0]
    started = min((worker.started for worker in overview.workers), default=time.time())
    kinds = sorted({key[1] for key in overview.counters if key[0] == CACHE_ANSWERS})
    return CacheStatus(
        enabled=bool(keeping),
        workers=len(gauges),
        uptime_s=round(max(0.0, time.time() - started), 1),
        entries=int(sum(one.cache_entries for one in keeping)),
        bytes=int(sum(one.cache_bytes for one in keeping)),
        types={kind: _kind(overview, kind) for kind in kinds},
        memory=StoreTimes(gets=_times(overview, "memory", "get"), sets=_times(overview, "memory", "set")),
        redis=SharedStatus(
            state=STATES[max(states)],
            gets=_times(overview, "redis", "get"),
            sets=_times(overview, "redis", "set"),
            failures=int(overview.counters.get((CACHE_FAILURES, "failed"), 0)),
            late=int(overview.counters.get((CACHE_FAILURES, "late"), 0)),
            corrupted=int(overview.counters.get((CACHE_FAILURES, "corrupted"), 0)),
        )
        if states
        else None,
    )


def _kind(overview: Overview, kind: str) -> KindOfAnswers:
    own, shared, joined, misses = (
        int(overview.counters.get((CACHE_ANSWERS, kind, source), 0))
        for source in ("hits", "shared_hits", "joined", "misses")
    )
    hits = own + shared + joined
    asked = hits + misses
    return KindOfAnswers(
        hits=hits,
        from_redis=shared,
        joined=joined,
        misses=misses,
        hit_rate=round(hits / asked, 4) if asked else None,
    )


def _times(overview: Overview, store: str, call: str) -> CallTimes:
    count = int(overview.counters.get((CACHE_CALLS, store, call), 0))
    if not count:
        return CallTimes(count=0, mean_ms=None, max_ms=None)
    total_s = overview.counters.get((CACHE_SECONDS, store, call), 0.0)
    most_s = max((getattr(worker.gauges, f"{store}_{call}_most_s") for worker in overview.workers), default=0.0)
    return CallTimes(count=count, mean_ms=round(1000 * total_s / count, 4), max_ms=round(1000 * most_s, 4))
