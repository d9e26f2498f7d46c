"""Systems side by side on the same judgments."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TextIO

from ml.evaluate.paired import Difference, paired_difference
from ml.evaluate.report import Aggregate, SearchReport, number

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The reports of several systems, and how much better ours is than each other one."""

    reports: Mapping[str, SearchReport]
    """By name of the system, all of the same judgments, depths and threshold."""
    differences: Mapping[str, Mapping[str, Difference]]
    """By name of the other system, then by metric; empty without a system of the name `OURS`."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "systems": {name: asdict(report) for name, report in self.reports.items()},
            "ours_minus": {
                name: {metric: asdict(difference) for metric, difference in differences.items()}
                for name, differences in self.differences.items()
            },
        }

    def render(self) -> str:
        """Return plain text tables: means, differences, and the queries of ours, the worst at the top."""
        reports = list(self.reports.values())
        lines = [reports[0].heading(), "", f"{'mean (95% interval)':<22}" + "".join(f"{n:>26}" for n in self.reports)]
        for metric in reports[0].aggregates:
            cells = "".join(f"{_cell(report.aggregates[metric]):>26}" for report in reports)
            lines.append(f"{metric:<22}{cells}")
        for name, differences in self.differences.items():
            lines += ["", f"{f'ours - {name}':<22}{'mean':>9}{'95% interval':>20}{'ours wins':>11}{'queries':>9}"]
            for metric, difference in differences.items():
                interval = f"{difference.low:+.4f} to {difference.high:+.4f}"
                lines.append(
                    f"{metric:<22}{difference.mean:>+9.4f}{interval:>20}{difference.wins:>10.1%}{difference.queries:>10}"
                )
        shown = self.reports.get(OURS, reports[0])
        return "\n".join([*lines, "", shown.render_queries()])

    def write_queries(self, file: TextIO) -> None:
        """Write the metrics of each query under each system as CSV; an empty cell means nothing."""
        metrics = list(next(iter(self.reports.values())).aggregates)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["query", "system", "judged", "positive", "returned", *metrics])
        writer.writerows(self._rows(metrics))

    def _rows(self, metrics: list[str]) -> Iterator[list[object]]:
        for results in zip(*(report.queries for report in self.reports.values()), strict=True):
            for name, result in zip(self.reports, results, strict=True):
                values = [result.metrics[metric] for metric in metrics]
                yield [result.query, name, result.judged, result.positive, result.returned, *values]


def compare(reports: Mapping[str, SearchReport], *, seed: int = 0) -> Comparison:
    """Compare ours, if it is among the systems, with each other one.

    Args:
        reports: by name of the system, at least one, all of the same judgments.
        seed: of the bootstrap.

    Raises:
        ValueError: the reports aren't of the same queries.
    """
    if len({tuple(result.query for result in report.queries) for report in reports.values()}) != 1:
        raise ValueError("the reports to compare are of the same queries")
    ours = reports.get(OURS)
    others = {} if ours is None else {name: report for name, report in reports.items() if name != OURS}
    differences = {name: _differences(ours, report, seed) for name, report in others.items() if ours is not None}
    return Comparison(reports, differences)


def _differences(ours: SearchReport, other: SearchReport, seed: int) -> dict[str, Difference]:
    found = {
        metric: paired_difference(ours.values(metric), other.values(metric), seed=seed) for metric in ours.aggregates
    }
    return {metric: difference for metric, difference in found.items() if difference is not None}


def _cell(aggregate: Aggregate) -> str:
    return f"{number(aggregate.mean)} ({_short(aggregate.low)} to {_short(aggregate.high)})"


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
