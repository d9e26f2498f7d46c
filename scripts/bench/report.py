"""The report of a run: lines as they come, goals at the end, JSON and a plot in files."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from scripts.bench.goals import Lines, judged
from scripts.bench.plot import plot_svg

HEAD = f"{'':<12}{'load':<14}{'server':<11}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}{'a second':>12}{'CPU ms':>9}"
MARKS = {True: "met", False: "MISSED", None: "not measured"}


def line_text(line: Mapping[str, Any]) -> str:
    """Return a line for reading."""
    text = (
        f"{line['scenario']:<12}{line['load']:<14}{line['server']:<11}{line['p50_ms']:>10.2f}{line['p95_ms']:>10.2f}"
        f"{line['p99_ms']:>10.2f}{line['per_second']:>12,.1f}{line['processor_ms']:>9.2f}"
    )
    if line["errors"]:
        text += f"   {line['errors']} failed: {line['statuses']}"
    return text + "".join(f"\n    wrong: {complaint}" for complaint in line["wrong"])


def ratio_text(lines: Sequence[Mapping[str, Any]], line: Mapping[str, Any]) -> str | None:
    """Return how ours compares with the reference line; None for a line of another server."""
    if line["server"] != "reference":
        return None
    ratios = ratios_of(lines, line["scenario"], line["load"])
    return f"{'':<26}{'-> better':<11}" + "".join(
        f"{'x ' + format(ratio, '.1f'):>{width}}" if ratio else " " * width
        for ratio, width in zip(ratios.values(), (10, 10, 22), strict=True)
    )


def ratios_of(lines: Sequence[Mapping[str, Any]], scenario: str, load: str) -> dict[str, float | None]:
    """Return how many times better ours is than the reference, by figure."""
    known = Lines(lines)
    return {name: known.ratio(scenario, load, name) for name in ("p50_ms", "p95_ms", "per_second")}


def goals_text(goals: Sequence[Mapping[str, Any]]) -> str:
    """Return goals and how they came out, for reading."""
    shown = []
    for goal in goals:
        figure = "" if goal["figure"] is None else f"{goal['figure']:,.2f}"
        shown.append(f"{MARKS[goal['met']]:<14}{figure:>12}   {goal['goal']}")
    return "\n".join(shown)


def machine() -> dict[str, Any]:
    """Return on what it ran."""
    names = [
        line.partition(":")[2].strip()
        for line in (Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else [])
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.system(),
    }


def write_report(folder: Path, head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Path:
    """Write report.json and report.svg into a folder and return the first."""
    folder.mkdir(parents=True, exist_ok=True)
    compared = {(line["scenario"], line["load"]) for line in lines if line["server"] == "reference"}
    report = {
        **head,
        "machine": machine(),
        "lines": lines,
        "ratios": {f"{scenario}, {load}": ratios_of(lines, scenario, load) for scenario, load in sorted(compared)},
        "goals": judged(lines),
    }
    path = folder / "report.json"
    path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
    (folder / "report.svg").write_text(plot_svg(lines), encoding="utf-8")
    return path
