"""The result of an evaluation, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One metric over all queries for which it means something."""

    mean: float | None
    """None when it means something for no query."""
    low: float | None
    """Lower end of the 95% bootstrap interval of the mean."""
    high: float | None
    """Upper end of it."""
    queries: int
    """How many queries the mean is over; the others have nothing relevant to find."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The metrics of one query."""

    query: str
    judged: int
    """Products that were judged for it."""
    positive: int
    """Those with a rating above 0."""
    returned: int
    """Length of the ranking."""
    metrics: Mapping[str, float | None]
    """By metric name, as in the aggregates; None where a metric means nothing."""


@dataclass(frozen=True, slots=True)
class SearchReport:
    """How well rankings agree with judgments; every metric is from 0 to 1 and higher is better."""

    k: int
    """Depth of nDCG and judged."""
    recall_depth: int
    """Depth of recall."""
    relevant_from: float
    """Lowest rating that counts as relevant for recall and MRR."""
    judged_queries: int
    """Queries in the judgments."""
    positive_queries: int
    """Those with a rating above 0; nDCG is the mean over these."""
    aggregates: Mapping[str, Aggregate]
    """By metric name, such as ``ndcg@10``."""
    queries: tuple[QueryResult, ...]
    """In the order of the judgments."""

    def to_json(self) -> str:
        """Return the whole report as one JSON object; None becomes null."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

    @property
    def judged_metric(self) -> str:
        """Name of the metric that says how far the judgments reach, not how good the ranking is."""
        return f"judged@{self.k}"

    def values(self, metric: str) -> list[float | None]:
        """Return one metric of every query, in the order of the judgments."""
        return [result.metrics[metric] for result in self.queries]

    def render(self) -> str:
        """Return the report as plain text tables, aggregates first, the worst queries at the top of the second."""
        lines = [self.heading(), "", f"{'metric':<20}{'mean':>8}{'95% interval':>18}{'queries':>9}"]
        for name, aggregate in self.aggregates.items():
            interval = f"{number(aggregate.low)} - {number(aggregate.high)}"
            lines.append(f"{name:<20}{number(aggregate.mean):>8}{interval:>18}{aggregate.queries:>9}")
        return "\n".join([*lines, "", self.render_queries()])

    def heading(self) -> str:
        """Return what the figures are over, as one line."""
        return (
            f"{self.judged_queries} judged queries, {self.positive_queries} with a rating above 0; "
            f"relevant from rating {self.relevant_from:g}"
        )

    def render_queries(self) -> str:
        """Return a plain text table of the queries, the worst by the first metric at the top."""
        names = list(self.aggregates)
        lines = [f"{'query':<40}{'judged':>7}" + "".join(f"{name:>20}" for name in names)]
        for result in sorted(self.queries, key=lambda result: _sort_key(result.metrics[names[0]])):
            values = "".join(f"{number(result.metrics[name]):>20}" for name in names)
            lines.append(f"{_shortened(result.query, 38):<40}{result.judged:>7}{values}")
        return "\n".join(lines) + "\n"


def number(value: float | None) -> str:
    """Return a metric with four digits, or a dash where it means nothing."""
    return "-" if value is None else f"{value:.4f}"


def _sort_key(value: float | None) -> float:
    return 2.0 if value is None else value  # past 1, the best possible


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
