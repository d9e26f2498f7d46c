from __future__ import annotations

from dataclasses import replace

import pytest

from ml.index.planner import (
    CostModel,
    Plan,
    PlannerSettings,
    Probing,
    Reach,
    Shape,
    Tuning,
    choose,
    choose_likely,
    choose_reaching,
)

COSTS = CostModel(direct_ns=100, scan_ns=25)
PROBING = (
    Probing(share=1.0, depth=10, probes=16, recall=0.999, cost_ms=0.8),
    Probing(share=1.0, depth=100, probes=64, recall=0.995, cost_ms=1.2),
    Probing(share=0.1, depth=10, probes=128, recall=0.98, cost_ms=3.0),
    Probing(share=0.1, depth=100, probes=256, recall=0.999, cost_ms=4.0),
)
TUNING = Tuning(costs=COSTS, probing=PROBING, rerank=50)
MILLION = Shape(compact=1_000_000, lists=4000, added=1000, live=1_000_000)


REACH = (
    Reach(share=1.0, probes=128, recall=0.995, cost_ms=2.0),
    Reach(share=0.45, probes=256, recall=0.992, cost_ms=4.0),
    Reach(share=0.09, probes=512, recall=0.991, cost_ms=7.0),
    Reach(share=0.018, probes=1024, recall=0.98, cost_ms=11.0),
)


def bare(plan: Plan) -> Plan:
    return replace(plan, expected_ms=0, recall=1)


@pytest.mark.parametrize(
    ("allowed", "count", "expected"),
    [
        (1_000_000, 10, Plan("approximate", 1_000_000, 5000, 16, 50)),
        (1_000_000, 11, Plan("approximate", 1_000_000, 17_000, 64, 50)),
        (1_000_000, 101, Plan("exact", 1_000_000, 1_001_000)),  # nothing was measured so deep
        (999_999, 10, Plan("exact", 999_999, 1_001_000)),  # recall 0.98 is too low
        (500_000, 20, Plan("approximate", 500_000, 65_000, 256, 50)),
        (100_000, 20, Plan("approximate", 100_000, 65_000, 256, 50)),
        (99_999, 20, Plan("exact", 99_999, 99_999)),  # a smaller share than any measured
        (50_000, 20, Plan("exact", 50_000, 50_000)),  # within the budget
        (0, 20, Plan("exact", 0, 0)),
    ],
)
def test_the_plan_follows_what_was_measured(allowed: int, count: int, expected: Plan) -> None:
    assert bare(choose(allowed, count, MILLION, TUNING, PlannerSettings())) == expected


def test_exact_mode_never_approximates() -> None:
    assert choose(1_000_000, 10, MILLION, TUNING, PlannerSettings(mode="exact")).mode == "exact"


def test_what_is_fast_enough_is_exact() -> None:
    assert choose(1_000_000, 10, MILLION, TUNING, PlannerSettings(exact_budget_ms=30)).mode == "exact"
    small = Shape(compact=50_000, lists=1, added=0, live=50_000)
    plan = choose(50_000, 10, small, Tuning(costs=COSTS), PlannerSettings())
    assert bare(plan) == Plan("exact", 50_000, 50_000)
    assert plan.expected_ms == pytest.approx(1.25)


def test_probing_that_costs_more_than_an_exact_search_is_not_chosen() -> None:
    slow = Tuning(costs=COSTS, probing=(PROBING[0].model_copy(update={"cost_ms": 26.0}),))
    assert choose(1_000_000, 10, MILLION, slow, PlannerSettings()).mode == "exact"


def test_a_lower_recall_can_be_allowed() -> None:
    assert choose(999_999, 10, MILLION, TUNING, PlannerSettings(minimum_recall=0.97)).mode == "approximate"


def test_without_codes_every_allowed_row_is_scored() -> None:
    assert choose(70, 10, Shape(0, 1, 100, 90), None, PlannerSettings()) == Plan("exact", 70, 70)


@pytest.mark.parametrize(
    ("allowed", "count", "expected"),
    [
        (1_000_000, 10, Plan("approximate", 1_000_000, 5000, 16, 50)),
        (1_000_000, 101, Plan("approximate", 1_000_000, 1_001_000, 4000, 50)),  # every cluster, but by codes alone
        (50_000, 20, Plan("exact", 50_000, 50_000)),  # so few are scored exactly at once
    ],
)
def test_candidates_are_found_by_codes(allowed: int, count: int, expected: Plan) -> None:
    assert bare(choose_likely(allowed, count, MILLION, TUNING, PlannerSettings())) == expected
    exact = choose_likely(allowed, count, MILLION, TUNING, PlannerSettings(mode="exact"))
    assert (exact.mode, exact.probes) == ("exact", 0)


def test_one_number_of_clusters_serves_every_filter() -> None:
    tuning = Tuning(costs=COSTS, reach=REACH)
    plans = [choose_reaching(n, MILLION, tuning, PlannerSettings()) for n in range(0, 1_000_001, 5000)]
    assert {plan.probes for plan in plans} == {0, 512}  # 128: 450,000 would cost 25 ms; 1024: recall is too low
    assert plans[-1] == Plan("approximate", 1_000_000, 129_000, 512, 0, 7.0, 0.991)
    modes = [plan.mode for plan in plans]
    assert modes == sorted(modes, reverse=True)  # once approximate, it stays so with every wider filter
    assert modes.index("approximate") * 5000 == 90_000


@pytest.mark.parametrize(
    ("settings", "beside"),
    [
        (PlannerSettings(mode="exact"), 0),
        (PlannerSettings(exact_budget_ms=30), 0),
        (PlannerSettings(minimum_recall=0.999), 0),
        (PlannerSettings(), 200_000),  # scoring those costs 20 ms more, and an exact search 25
    ],
)
def test_reaching_is_exact_where_that_is_asked_for_or_cheaper(settings: PlannerSettings, beside: int) -> None:
    tuning = Tuning(costs=COSTS, reach=REACH)
    assert choose_reaching(1_000_000, MILLION, tuning, settings, beside=beside).mode == "exact"
    assert choose_reaching(1_000_000, MILLION, tuning, PlannerSettings(), beside=beside // 2).mode == "approximate"
