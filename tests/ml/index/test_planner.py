from __future__ import annotations

import pytest

from ml.index.planner import CostModel, Plan, PlannerSettings, Probing, Shape, Tuning, choose

COSTS = CostModel(direct_ns=100, scan_ns=25)
PROBING = (
    Probing(share=1.0, depth=10, probes=16, recall=0.999, cost_ms=0.8),
    Probing(share=1.0, depth=100, probes=64, recall=0.995, cost_ms=1.2),
    Probing(share=0.1, depth=10, probes=128, recall=0.98, cost_ms=3.0),
    Probing(share=0.1, depth=100, probes=256, recall=0.999, cost_ms=4.0),
)
TUNING = Tuning(costs=COSTS, probing=PROBING, rerank=50)
MILLION = Shape(compact=1_000_000, lists=4000, added=1000, live=1_000_000)


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
    assert choose(allowed, count, MILLION, TUNING, PlannerSettings()) == expected


def test_exact_mode_never_approximates() -> None:
    assert choose(1_000_000, 10, MILLION, TUNING, PlannerSettings(mode="exact")).mode == "exact"


def test_what_is_fast_enough_is_exact() -> None:
    assert choose(1_000_000, 10, MILLION, TUNING, PlannerSettings(exact_budget_ms=30)).mode == "exact"
    small = Shape(compact=50_000, lists=1, added=0, live=50_000)
    assert choose(50_000, 10, small, Tuning(costs=COSTS), PlannerSettings()) == Plan("exact", 50_000, 50_000)


def test_probing_that_costs_more_than_an_exact_search_is_not_chosen() -> None:
    slow = Tuning(costs=COSTS, probing=(PROBING[0].model_copy(update={"cost_ms": 26.0}),))
    assert choose(1_000_000, 10, MILLION, slow, PlannerSettings()).mode == "exact"


def test_a_lower_recall_can_be_allowed() -> None:
    assert choose(999_999, 10, MILLION, TUNING, PlannerSettings(minimum_recall=0.97)).mode == "approximate"


def test_without_codes_every_allowed_row_is_scored() -> None:
    assert choose(70, 10, Shape(0, 1, 100, 90), None, PlannerSettings()) == Plan("exact", 70, 70)
