"""Every counter beside those of requests. Of these `/metrics` shows the ones in `COUNTERS`."""

from __future__ import annotations

from typing import Final, NamedTuple

SEARCHES = "vitrine_searches"
SHADOW_SEARCHES = "vitrine_shadow_searches"
SHADOW_RECALL = "vitrine_shadow_recall"  # a histogram: counters by label and place among the bounds
SHADOW_RECALL_SUM = "vitrine_shadow_recall_sum"
INDEX_FAILURES = "vitrine_index_failures"
BUDGET_REQUESTS = "vitrine_budget_requests"
BUDGET_BAD = "vitrine_budget_bad_requests"
CPU_SECONDS = "vitrine_cpu_seconds"
# Of kept answers, for `/cache/stats`; metrics have hits and misses by route.
CACHE_ANSWERS = "vitrine_cache_answers"  # by kind and source
CACHE_CALLS = "vitrine_cache_calls"  # by store and call
CACHE_SECONDS = "vitrine_cache_call_seconds"
CACHE_FAILURES = "vitrine_cache_redis_failures"  # by reason
REFUSED = "vitrine_refused_requests"
RECALL_BOUNDS = (0.5, 0.8, 0.9, 0.9499, 0.9999, 1.0)  # of 20 results; all of them have a bucket to themselves


class Counter(NamedTuple):
    """What a counter counts, and the names of its labels."""

    help: str
    labels: tuple[str, ...] = ()


COUNTERS: Final[dict[str, Counter]] = {
    SEARCHES: Counter("Searches, by how products were found.", ("mode",)),
    SHADOW_SEARCHES: Counter("Approximate searches drawn to be compared.", ("outcome",)),
    INDEX_FAILURES: Counter(
        "Times that codes and clusters of the index couldn't be made or measured; searches stay exact without."
    ),
    BUDGET_REQUESTS: Counter("Requests that count for the error budget."),
    BUDGET_BAD: Counter("Those of them that failed or took longer than the target."),
    REFUSED: Counter("Requests that were told to come back later.", ("operation", "status")),
    CPU_SECONDS: Counter("Processor time of all workers."),
}
