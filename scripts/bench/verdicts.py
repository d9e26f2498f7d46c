"""Whether an overload and a soak reached their goals."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from scripts.bench.goals import verdict

MEMORY, MOST_MB_PER_HOUR = "memory once caches are full: MB an hour", 1
Report = Mapping[str, Any]
Verdicts = list[dict[str, Any]]


def of_overload(report: Report) -> Verdicts:
    """Return each goal of an overload with its figure."""
    memory, unloaded, recovered = report["memory_mb"], report["unloaded_p95_ms"], report["recovered_after_s"]
    others = sum(number for status, number in report["statuses"].items() if status not in {"200", "503"})
    return [
        verdict("refused: p95 ms", report["shed_p95_ms"], 50, most=True),
        verdict("admitted: p95, times the unloaded", _times(report["admitted_p95_ms"], unloaded), 2, most=True),
        verdict("most memory, times that before", _times(memory["most"], memory["before"]), 1.05, most=True),
        verdict("as quick as before again: seconds", inf if recovered is None else recovered, 5, most=True),
        verdict("neither answered nor refused", others, 0, most=True),
    ]


def of_soak(report: Report) -> Verdicts:
    """Return each goal of a soak with its figure; null where a short one can't tell."""
    off = [abs(kind["p95"] - 1) for kind in report["server_to_client"].values()]
    return [
        verdict("all: p95 ms", report["latency_ms"]["all"]["p95"], 50, most=True),
        verdict("failed or wrong", report["errors"] + len(report["wrong"]), 0, most=True),
        verdict("searches that the cache answered", report["cache_hit_rate"].get("search"), 0.7, most=False),
        _of_slope(report["memory_slope"]),
        verdict("p95 of /performance, off the client's", max(off, default=None), 0.1, most=True),
    ]


def _of_slope(slope: Mapping[str, float] | None) -> dict[str, Any]:
    """Judge a slope by the interval that it lies in: one on both sides of the limit says neither."""
    if slope is None:
        return verdict(MEMORY, None, MOST_MB_PER_HOUR, most=True)
    judged = verdict(MEMORY, slope["mb_per_hour"], MOST_MB_PER_HOUR, most=True)
    unsure = slope["low"] <= MOST_MB_PER_HOUR < slope["high"]
    shown = f"{judged['goal']} (between {slope['low']:,.0f} and {slope['high']:,.0f})"
    return {**judged, "goal": shown, "met": None if unsure else judged["met"]}


def _times(figure: float, other: float) -> float | None:
    return figure / other if other else None
