"""Lines, goals and plots from made-up runs."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import numpy as np
import orjson
import pytest
import typer

from scripts.bench.__main__ import app
from scripts.bench.goals import GOALS, Lines, judged
from scripts.bench.measure import Line
from scripts.bench.plot import plot_svg
from scripts.bench.report import goals_text, line_text, ratio_text, write_report
from scripts.bench.run import _connections
from scripts.bench.scenarios import scenarios
from scripts.bench.soak import by_kind
from scripts.console import UsageError
from scripts.load.recording import Recording


def line(scenario: str, load: str, server: str, latency_ms: float, per_second: float, **more: Any) -> dict[str, Any]:
    times = {f"p{percent}_ms": latency_ms * factor for percent, factor in ((50, 1), (95, 2), (99, 3))}
    whole = {"scenario": scenario, "load": load, "server": server, "per_second": per_second, "errors": 0, "wrong": []}
    return {**whole, **times, "processor_ms": 1.0, "statuses": {}, **more}


LINES = [
    line("search", "1 at once", "ours", 5, 190),
    line("search", "1 at once", "reference", 75, 12),
    line("search", "32 at once", "ours", 100, 240),
    line("search", "32 at once", "reference", 2400, 12),
    line("filter-10", "1 at once", "ours", 8, 120),
]


def test_a_line_is_of_all_rounds() -> None:
    first, second = Recording(1.0), Recording(1.0)
    for latency in range(1, 101):
        first.add("search", 0.0, latency, 200)
    second.add("search", 0.0, 5000, 503)
    figures = Line("search", "1 at once", "ours", [first, second], processor_s=0.505).figures()
    assert figures["requests"] == 101
    assert figures["errors"] == 1
    assert figures["statuses"] == {"200": 100, "503": 1}
    assert figures["p50_ms"] == pytest.approx(50.5)  # refusals aren't in the latencies
    assert figures["per_second"] == pytest.approx(100 / (1 + 5), abs=0.1)
    assert figures["processor_ms"] == pytest.approx(5)
    assert sum(figures["histogram_ms"].values()) == 100


def test_a_line_of_refusals_alone_has_no_latency() -> None:
    refused = Recording(1.0)
    refused.add("search", 0.0, 3, 503)
    figures = Line("search", "1 at once", "ours", [refused]).figures()
    assert (figures["p50_ms"], figures["per_second"], figures["errors"]) == (0, 0, 1)
    assert "1 failed" in line_text(figures)


def test_goals_are_met_missed_or_not_measured() -> None:
    verdicts = {goal["goal"]: goal for goal in judged(LINES)}
    assert len(verdicts) == len(GOALS)
    assert verdicts["search, 1 at once: p50 ms <= 7"] == {
        "goal": "search, 1 at once: p50 ms <= 7",
        "figure": 5,
        "met": True,
    }
    assert verdicts["search, 1 at once: p50, times faster than the reference >= 10"]["figure"] == 15
    assert verdicts["search, 32 at once: a second >= 250"]["met"] is False
    assert verdicts["search, 32 at once: times as many as the reference >= 20"]["met"] is True
    assert verdicts["filter of 10 %, 1 at once: p95 to unfiltered <= 1.3"]["figure"] == pytest.approx(1.6)
    assert verdicts["recommend, 1 at once: p95 ms <= 2"]["met"] is None
    assert goals_text(judged(LINES)).count("not measured") == sum(goal["met"] is None for goal in verdicts.values())


def test_failures_of_ours_miss_a_goal() -> None:
    shed = line("search", "200/s", "ours", 1, 10, errors=500)
    bad = [*LINES, shed, line("cached", "1 at once", "ours", 1, 10, errors=2, wrong=["x"])]
    assert judged(bad)[-1]["figure"] == 3
    assert judged(bad)[-1]["met"] is False
    assert judged(LINES)[-1]["met"] is True
    assert judged([])[-1]["met"] is None


def test_ratios_say_how_many_times_better() -> None:
    known = Lines(LINES)
    assert known.ratio("search", "1 at once", "p95_ms") == 15
    assert known.ratio("search", "32 at once", "per_second") == 20
    assert known.ratio("filter-10", "1 at once", "p50_ms") is None
    assert ratio_text(LINES, LINES[0]) is None
    assert "x 15.0" in (ratio_text(LINES, LINES[1]) or "")


def test_the_report_is_json_and_a_plot(tmp_path: Any) -> None:
    path = write_report(tmp_path / "new", {"products": 7}, LINES)
    report = orjson.loads(path.read_bytes())
    assert report["products"] == 7
    assert report["lines"] == LINES
    assert report["ratios"]["search, 1 at once"] == {
        "p50_ms": 15,
        "p95_ms": 15,
        "per_second": pytest.approx(190 / 12),
    }
    assert report["machine"]["cores"] >= 1
    texts = [node.text for node in ElementTree.parse(tmp_path / "new/report.svg").iter() if node.text]
    assert {f"{one['scenario']}, {one['load']}, {one['server']}" for one in LINES} <= set(texts)


def test_nothing_measured_is_an_empty_plot() -> None:
    assert ElementTree.fromstring(plot_svg([])).tag.endswith("svg")


def test_percentiles_by_kind() -> None:
    seen = Recording(1.0)
    for kind, latency in (("search", 10), ("search", 10), ("feedback", 1)):
        seen.add(kind, 0, latency, 200)
    found = by_kind(seen)
    assert found["search"] == {"p50": 10, "p95": 10, "p99": 10, "count": 2}
    assert found["recommend"]["count"] == 0
    assert found["all"]["count"] == 3


class Asked:
    """Stands for what makes requests: here nothing is asked."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def test_scenarios_are_chosen_by_name() -> None:
    asking: Any = Asked()
    every = [one.name for one in scenarios(asking, "", None)]
    assert every[0] == "search"
    assert len(every) == len(set(every))
    assert [one.name for one in scenarios(asking, "filter, cached", None)] == [
        "filter-50",
        "filter-10",
        "filter-1",
        "cached",
    ]
    (one,) = scenarios(asking, "recommend", [4])
    assert list(one.connections) == [4]
    with pytest.raises(UsageError, match="no scenario is named nonsense"):
        scenarios(asking, "search,nonsense", None)


def test_connections_are_numbers() -> None:
    assert _connections("1, 8,32") == [1, 8, 32]
    assert _connections("") is None
    for bad in ("x", "0", "1,-2"):
        with pytest.raises(UsageError, match="--concurrency"):
            _connections(bad)


def test_every_command_explains_itself() -> None:
    commands = typer.main.get_command(app)
    assert sorted(commands.commands) == ["overload", "run", "soak"]  # type: ignore[attr-defined]
    assert np.all([command.help for command in commands.commands.values()])  # type: ignore[attr-defined]
