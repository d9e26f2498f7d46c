"""What a soak says of the server's own figures beside the client's."""

from __future__ import annotations

from typing import Any

from scripts.bench.asking import ANONYMOUS, SHOPPER, VISITOR
from scripts.bench.soak import agreement, by_kind, hit_rates, search_hit_rates
from scripts.load.recording import Recording, joined


def operation(name: str, p50: float, p95: float, rate: float | None = None) -> dict[str, Any]:
    return {"operation": name, "latency_ms": {"p50": p50, "p95": p95}, "cache_hit_rate": rate}


def test_the_servers_percentiles_are_compared_kind_by_kind() -> None:
    performance = {"operations": [operation("search", 4, 9), operation("feedback", 2, 3), operation("state", 1, 1)]}
    seen = {"p50": 5.0, "p95": 10.0, "count": 7}
    client = {"all": seen, "search": seen, "recommend": seen, "feedback": {"p50": 0.0, "p95": 0.0, "count": 0}}
    assert agreement(performance, client) == {"search": {"p50": 0.8, "p95": 0.9}}
    assert agreement(None, client) == {}


def test_hit_rates_are_of_what_asks_the_cache() -> None:
    performance = {"operations": [operation("search", 1, 1, 0.75), operation("feedback", 1, 1)]}
    assert hit_rates(performance | {"overall": {"cache_hit_rate": 0.7}}) == {"search": 0.75, "all": 0.7}
    assert hit_rates(None) == {}


def test_searches_are_told_apart_by_who_asks() -> None:
    seen = Recording(1.0)
    for kind, kept in ((ANONYMOUS, True), (ANONYMOUS, False), (VISITOR, True), (VISITOR, True), ("feedback", False)):
        seen.add(kind, 0.1, 5.0, 200, kept=kept)
    assert search_hit_rates(seen) == {"anonymous": 0.5, "new visitors": 1.0, "known shoppers": None}
    seen.add(SHOPPER, 0.1, 5.0, 200)
    assert search_hit_rates(seen)["known shoppers"] == 0.0
    assert {kind: figures["count"] for kind, figures in by_kind(seen).items()} == {
        "all": 6, "search": 5, "recommend": 0, "feedback": 1,
    }  # fmt: skip


def test_a_request_is_due_before_it_is_sent() -> None:
    seen = Recording(1.0)
    seen.add("feedback", 0.1, 5.0, 200, held_ms=3.0)
    assert (by_kind(seen)["feedback"]["p50"], by_kind(seen, since_sent=True)["feedback"]["p50"]) == (5.0, 2.0)
    assert joined([seen, seen]).answer_ms.tolist() == [2.0, 2.0]
