"""Sentences that say what is slow and which stage is to blame, from the figures alone."""

from __future__ import annotations

from collections.abc import Sequence

from backend.monitor.figures import WHOLE
from backend.monitor.schemas import Burn, Operation

FEWEST = 20  # requests that a sentence is based on
ERRORS = 0.01
HITS, ASKED = 0.3, 100  # a share of hits below which a cache is of little use, among as many
REMEDIES = {
    "wait": "waiting for other searches and lists of recommendations; more workers or cores",
    "understand": "reading the words of queries; `interpret: false` leaves it out",
    "encode": "the encoder; more workers or cores, ENCODER_THREADS, ENCODER_PRECISION, or a larger QUERY_CACHE_SIZE",
    "encode_image": "the image tower; more workers or cores",
    "decode": "decoding pictures; ask for smaller uploads",
    "check": "checking uploads; ask for smaller ones",
    "filter": "finding the products that pass the filters; fewer attributes in SEARCH_ATTRIBUTES",
    "retrieve": "comparing vectors and words; SEARCH_MODE, SEARCH_EXACT_BUDGET_MS, or more workers",
    "facets": "counting facets; ask for fewer",
    "rerank": "the second stage; a lower RERANK_DEPTH",
    "enrich": "fetching cards; a larger CARD_CACHE_SIZE, or a quicker database",
    "state": "reading shoppers' states; a larger STATE_CACHE_SIZE, or a quicker database",
}


def advise(operations: Sequence[Operation], target_ms: float, burn: Burn, interactive: frozenset[str]) -> list[str]:
    """Return sentences, what weighs most first; none when there's nothing to say."""
    found: list[str] = []
    if burn.alert != "none":
        found.append(
            f"{burn.alert}: in the last {burn.short.window_s:.0f} s bad requests were {burn.short.burn_rate:.1f} "
            f"times as many as the target allows, in the last {burn.long.window_s:.0f} s {burn.long.burn_rate:.1f}"
        )
    known = [one for one in operations if one.count >= FEWEST and one.operation in interactive]
    late = [one for one in known if one.latency_ms.p95 > target_ms]
    found += [_blame(one, target_ms) for one in sorted(late, key=lambda one: -one.latency_ms.p95 * one.count)]
    found += [
        f"{one.operation}: {one.error_rate:.1%} of {one.count} requests failed; the log has them by request id, "
        "unless they were refused since too many came at once (OVERLOADED)"
        for one in known
        if one.error_rate > ERRORS
    ]
    found += [
        f"{one.operation}: the cache answered {one.cache_hit_rate:.0%} of {one.cache_hits + one.cache_misses} "
        "requests; a longer time to live or more room may help, unless queries seldom repeat"
        for one in known
        if one.cache_hit_rate is not None and one.cache_hit_rate < HITS and one.cache_hits + one.cache_misses >= ASKED
    ]
    return found


def _blame(one: Operation, target_ms: float) -> str:
    said = f"{one.operation}: p95 is {one.latency_ms.p95:.0f} ms, the target {target_ms:.0f} ms"
    stages = [stage for stage in one.stages if stage.stage != WHOLE]
    worst = max(stages, key=lambda stage: stage.share_of_slowest, default=None)
    if worst is None:
        return (
            f"{said}; these requests have no timed stages: they wait for the database, or for the event loop; "
            "/status tells how the database answers, and /performance/slow-queries which requests it were"
        )
    if worst.share_of_slowest < one.share_outside_stages:
        share = f"{one.share_outside_stages:.0%} of the time of its slowest requests"
        return f"{said}; {share} is outside of timed stages: waiting for the event loop, a queue or the database"
    share = f"`{worst.stage}` takes {worst.share_of_slowest:.0%} of the time of its slowest requests"
    remedy = REMEDIES.get(worst.stage)
    return f"{said}; {share}" + (f": {remedy}" if remedy else "")
