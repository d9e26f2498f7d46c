"""What is said of figures, on figures made for it."""

from __future__ import annotations

from typing import Any

import pytest

from backend.monitor.advice import advise
from backend.monitor.burn import alert_of
from backend.monitor.figures import band_of
from backend.monitor.operations import INTERACTIVE, METHODS, operation_of, route_of
from backend.monitor.schemas import Burn, BurnWindow, Latency, Operation, Stage

QUIET = Burn(
    objective=0.95,
    short=BurnWindow(window_s=300, requests=100, bad=0, burn_rate=0),
    long=BurnWindow(window_s=3600, requests=100, bad=0, burn_rate=0),
    alert="none",
)


def latency(p95: float) -> Latency:
    return Latency(p50=p95 / 2, p95=p95, p99=p95 * 2, mean=p95 / 2, min=0.1, max=p95 * 3)


def operation(name: str = "search", p95: float = 400, **changes: Any) -> Operation:
    shares = changes.pop("shares", {})
    stages = [
        Stage(stage=stage, count=100, latency_ms=latency(p95), share_of_slowest=share)
        for stage, share in shares.items()
    ]
    outside = 1 - sum(share for stage, share in shares.items() if stage != "total")
    values: dict[str, Any] = {
        "count": 100, "errors": 0, "client_errors": 0, "refused": 0, "error_rate": 0.0, "cache_hits": 0,
        "cache_misses": 0, "cache_hit_rate": None, "health": "critical",
    }  # fmt: skip
    return Operation(
        operation=name, stages=stages, share_outside_stages=outside, latency_ms=latency(p95), **{**values, **changes}
    )


def said(*operations: Operation, burn: Burn = QUIET) -> list[str]:
    return advise(operations, 150, burn, INTERACTIVE)


def test_the_stage_with_the_largest_share_is_to_blame() -> None:
    (line,) = said(operation(shares={"encode": 0.2, "retrieve": 0.6, "total": 0.9}))
    assert line.startswith(
        "search: p95 is 400 ms, the target 150 ms; `retrieve` takes 60% of the time of its slowest"
    )
    assert "SEARCH_MODE" in line


def test_a_stage_without_a_remedy_is_named_all_the_same() -> None:
    (line,) = said(operation(shares={"ponder": 0.6}))
    assert line.endswith("`ponder` takes 60% of the time of its slowest requests")


def test_time_outside_of_stages_is_told_as_such() -> None:
    (line,) = said(operation("recommend", shares={"encode": 0.2, "retrieve": 0.2, "total": 0.45}))
    assert "% of the time of its slowest requests is outside of timed stages" in line


@pytest.mark.parametrize("name", ["feedback", "products.read"])
def test_what_has_no_stages_is_not_blamed_on_what_is_outside_of_them(name: str) -> None:
    (line,) = said(operation(name, shares={}))
    assert "outside" not in line
    assert "database" in line


def test_what_costs_most_comes_first() -> None:
    few, many = operation("feedback", count=30, p95=900), operation("search", count=3000, p95=300)
    assert [line.partition(":")[0] for line in said(few, many)] == ["search", "feedback"]


@pytest.mark.parametrize(
    "quiet",
    [
        operation(p95=150, shares={"encode": 0.9}),
        operation(count=19),
        operation("products.bulk"),
        operation(p95=1, error_rate=0.01),
        operation(p95=1, cache_hit_rate=0.3, cache_hits=30, cache_misses=70),
        operation(p95=1, cache_hit_rate=0.0, cache_hits=0, cache_misses=99),
    ],
)
def test_nothing_is_said_without_reason(quiet: Operation) -> None:
    assert said(quiet) == []


def test_errors_and_an_idle_cache_are_told() -> None:
    failing = operation(p95=1, error_rate=0.02, errors=2)
    cold = operation("recommend", p95=1, cache_hit_rate=0.1, cache_hits=10, cache_misses=90)
    assert [line[:32] for line in said(failing, cold)] == [
        "search: 2.0% of 100 requests fai",
        "recommend: the cache answered 10",
    ]


def test_a_burning_budget_comes_before_everything() -> None:
    short = BurnWindow(window_s=300, requests=100, bad=60, burn_rate=12)
    burn = Burn(objective=0.95, short=short, long=short.model_copy(update={"window_s": 3600}), alert="fast_burn")
    assert said(operation(), burn=burn)[0].startswith("fast_burn: in the last 300 s bad requests were 12.0 times")


@pytest.mark.parametrize(
    ("short", "long", "alert"),
    [
        (20, 20, "fast_burn"),
        (20, 9.9, "slow_burn"),
        (1, 20, "none"),
        (20, 1.9, "none"),
        (2, 2, "slow_burn"),
        (0, 0, "none"),
    ],
)
def test_both_windows_must_agree(short: float, long: float, alert: str) -> None:
    assert alert_of(short, long) == alert


@pytest.mark.parametrize(
    ("p95", "band"),
    [(0, "excellent"), (49.9, "excellent"), (50, "good"), (99, "good"), (100, "acceptable"), (149.9, "acceptable"),
     (150, "slow"), (299, "slow"), (300, "critical"), (9999, "critical")],
)  # fmt: skip
def test_bands_begin_at_their_limits(p95: float, band: str) -> None:
    assert band_of(p95, (50, 100, 150, 300)) == band


@pytest.mark.parametrize(
    ("method", "template", "operation"),
    [
        ("POST", "/api/v1/search", "search"),
        ("PATCH", "/api/v1/products/{product_id}", "products.write"),
        ("OTHER", "assistant", "assistant"),
        ("OTHER", "(none)", "other"),
        ("GET", "/api/v1/unheard-of", "other"),
        ("GET", "/metrics", "monitoring"),
    ],
)
def test_routes_belong_to_operations(method: str, template: str, operation: str) -> None:
    assert operation_of(method, template) == operation
    if method in METHODS and operation == "search":
        assert route_of(operation) == (method, template)
