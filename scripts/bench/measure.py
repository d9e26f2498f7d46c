"""Measures scenarios on servers that take turns, and keeps the figures of each load as a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from scripts.bench.asking import check
from scripts.bench.scenarios import Scenario
from scripts.bench.servers import Contender
from scripts.load.generator import closed_loop, open_loop
from scripts.load.histogram import Histogram
from scripts.load.loop import Check
from scripts.load.recording import OK, Recording, joined

WARM_S = 2.0  # in which the reference answers some twenty searches
Put = Callable[[Contender, float, Check | None], Recording]
"""Puts a server under load for so many seconds."""


@dataclass(slots=True)
class Line:
    """One scenario under one load, on one server."""

    scenario: str
    load: str
    server: str
    runs: list[Recording] = field(default_factory=list)
    processor_s: float = 0.0

    def figures(self) -> dict[str, Any]:
        """Return what the report says of it; times in ms."""
        whole = joined(self.runs)
        good = whole.latency_ms[whole.status == OK]
        p50, p95, p99 = np.percentile(good, [50, 95, 99]) if len(good) else (0.0, 0.0, 0.0)
        return {
            "scenario": self.scenario,
            "load": self.load,
            "server": self.server,
            "requests": len(whole),
            "per_second": round(len(good) / sum(run.elapsed_s for run in self.runs), 1),
            "p50_ms": round(float(p50), 3),
            "p95_ms": round(float(p95), 3),
            "p99_ms": round(float(p99), 3),
            "errors": whole.errors,
            "statuses": {str(status): number for status, number in whole.statuses.items()},
            "wrong": whole.complaints[:5],
            "processor_ms": round(1000 * self.processor_s / max(1, len(whole)), 3),
            "rounds_p50_ms": [round(float(np.median(run.latency_ms)), 3) for run in self.runs],
            "histogram_ms": Histogram.of(good).bins(),
        }


def measure(
    scenario: Scenario,
    contenders: Sequence[Contender],
    *,
    rounds: int,
    seconds: float,
    done: Callable[[dict[str, Any]], None],
) -> None:
    """Measure one scenario under each of its loads; servers take turns, each idle while another is asked.

    Args:
        scenario: what is asked.
        contenders: ours first; others only if the scenario compares.
        rounds: turns of each.
        seconds: of each turn.
        done: gets the figures of each line, ours first.
    """
    loads: list[tuple[str, Put, Sequence[Contender]]] = []
    compared = contenders if scenario.compared else contenders[:1]
    for connections in scenario.connections:
        loads.append((f"{connections} at once", partial(_closed, scenario, connections), compared))
    for rate in scenario.rates:
        loads.append((f"{rate:g}/s", partial(_open, scenario, rate), contenders[:1]))
    for contender in compared:
        _closed(scenario, 2, contender, min(WARM_S, 4 * seconds), None)
    for load, put, asked in loads:
        lines = [Line(scenario.name, load, contender.name) for contender in asked]
        for _ in range(rounds):
            for line, contender in zip(lines, asked, strict=True):
                before = contender.server.processor_s()
                line.runs.append(put(contender, seconds, check))
                line.processor_s += contender.server.processor_s() - before
        for line in lines:
            done(line.figures())


def _closed(
    scenario: Scenario, connections: int, contender: Contender, seconds: float, checked: Check | None
) -> Recording:
    return closed_loop(contender.address, scenario.ask, connections=connections, seconds=seconds, check=checked)


def _open(scenario: Scenario, rate: float, contender: Contender, seconds: float, checked: Check | None) -> Recording:
    return open_loop(contender.address, scenario.ask, phases=[(rate, seconds)], check=checked)
