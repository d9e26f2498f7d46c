"""What an overload and a soak are to reach, on made-up reports."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.bench.report import goals_text
from scripts.bench.verdicts import of_overload, of_soak

OVERLOAD: dict[str, Any] = {
    "unloaded_p95_ms": 10.0,
    "admitted_p95_ms": 20.0,
    "shed_p95_ms": 50.0,
    "memory_mb": {"before": 400, "most": 420, "after": 410},
    "recovered_after_s": 5,
    "statuses": {"200": 10, "503": 20},
}
SOAK: dict[str, Any] = {
    "latency_ms": {"all": {"p95": 50.0}},
    "errors": 0,
    "wrong": [],
    "cache_hit_rate": {"search": 0.7},
    "memory_slope": {"mb_per_hour": 0.5, "low": 0.2, "high": 0.9},
    "server_to_client": {"search": {"p95": 0.95}},
}


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({}, []),
        ({"shed_p95_ms": 51.0}, ["refused"]),
        ({"admitted_p95_ms": 21.0}, ["admitted"]),
        ({"memory_mb": {"before": 400, "most": 430, "after": 400}}, ["most memory"]),
        ({"recovered_after_s": None}, ["as quick"]),
        ({"statuses": {"200": 1, "500": 1}}, ["neither"]),
    ],
)
def test_an_overload(changes: dict[str, Any], missed: list[str]) -> None:
    assert names(of_overload(OVERLOAD | changes), missed)


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({}, []),
        ({"latency_ms": {"all": {"p95": 51.0}}}, ["all"]),
        ({"wrong": ["another product"]}, ["failed"]),
        ({"cache_hit_rate": {"search": 0.69}}, ["searches"]),
        ({"memory_slope": {"mb_per_hour": 2.0, "low": 1.1, "high": 2.9}}, ["memory"]),
        ({"server_to_client": {"search": {"p95": 0.8}}}, ["p95 of"]),
    ],
)
def test_a_soak(changes: dict[str, Any], missed: list[str]) -> None:
    assert names(of_soak(SOAK | changes), missed)


def test_what_a_short_soak_cannot_tell_is_not_met_and_not_missed() -> None:
    goals = of_soak(SOAK | {"memory_slope": None, "cache_hit_rate": {}, "server_to_client": {}})
    assert [goal["met"] for goal in goals].count(None) == 3
    assert goals_text(goals).count("not measured") == 3
    assert "MISSED" in goals_text(of_overload(OVERLOAD | {"recovered_after_s": None}))


@pytest.mark.parametrize("slope", [0.5, 40.0])
def test_a_slope_that_could_be_either_is_neither(slope: float) -> None:
    goals = of_soak(SOAK | {"memory_slope": {"mb_per_hour": slope, "low": -20.0, "high": 80.0}})
    (memory,) = (goal for goal in goals if goal["goal"].startswith("memory"))
    assert (memory["met"], memory["figure"]) == (None, slope)
    assert "between -20 and 80" in memory["goal"]


def names(goals: list[dict[str, Any]], missed: list[str]) -> bool:
    found = [goal["goal"] for goal in goals if not goal["met"]]
    return len(found) == len(missed) and all(map(str.startswith, found, missed))
