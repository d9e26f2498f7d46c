"""A stored result that later ones must not fall behind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ml.errors import MLError
from ml.evaluate.judgments import Judgments
from ml.evaluate.paired import Difference, paired_difference
from ml.evaluate.report import SearchReport

FORMAT = 1
TOLERANCE = 0.02


class BadBaseline(MLError):
    """A baseline can't be read or isn't of these judgments; the message says which."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The metrics of each query, and what they were measured by."""

    judgments: str
    """Digest of the judgments."""
    depths: tuple[int, int, float]
    """k, depth of recall, and lowest rating that is relevant."""
    queries: Mapping[str, Mapping[str, float | None]]
    """By query, then by metric."""


@dataclass(frozen=True, slots=True)
class Regression:
    """One metric that fell behind the baseline."""

    metric: str
    baseline: float
    now: float
    difference: Difference
    """Now minus baseline."""
    significant: bool
    """The whole interval of the difference is below 0."""
    beyond_tolerance: bool
    """The mean fell by more than the tolerance."""

    def render(self, tolerance: float) -> str:
        """Return one line that says what fell, how far and why that counts."""
        change = self.difference
        reasons = [
            *(["significant"] if self.significant else []),
            *([f"more than {tolerance:g}"] if self.beyond_tolerance else []),
        ]
        return (
            f"{self.metric} fell from {self.baseline:.4f} to {self.now:.4f} ({change.mean:+.4f}, 95% interval "
            f"{change.low:+.4f} to {change.high:+.4f}): {', '.join(reasons)}"
        )


def judgments_digest(judgments: Judgments) -> str:
    """Return 32 hex digits of the queries, products and ratings, whatever their order."""
    content = {query: {id_: float(rating) for id_, rating in ratings.items()} for query, ratings in judgments.items()}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def baseline_of(judgments: Judgments, report: SearchReport) -> Baseline:
    """Return what to keep of a report."""
    metrics = [name for name in report.aggregates if name != report.judged_metric]
    return Baseline(
        judgments=judgments_digest(judgments),
        depths=(report.k, report.recall_depth, report.relevant_from),
        queries={result.query: {name: result.metrics[name] for name in metrics} for result in report.queries},
    )


def save_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline as JSON; a reader never sees half of one.

    Raises:
        OSError: the file can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps({"format": FORMAT, **asdict(baseline)}, ensure_ascii=False, indent=1), "utf-8")
    fresh.replace(path)


def load_baseline(path: Path) -> Baseline:
    """Read what `save_baseline` wrote.

    Raises:
        BadBaseline: it is another file, damaged, or of another version.
        OSError: the file can't be read.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["format"] != FORMAT:
            raise BadBaseline(f"{path} has format {data['format']}, and this version reads {FORMAT}: save it anew")
        return _parsed(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBaseline(f"{path} is not a baseline that --save-baseline wrote ({error!r})") from error


def regressions(
    baseline: Baseline, judgments: Judgments, report: SearchReport, *, tolerance: float = TOLERANCE, seed: int = 0
) -> list[Regression]:
    """Return the metrics that fell significantly, or by more than a tolerance.

    Args:
        baseline: the former result.
        judgments: what the new one was measured by.
        report: the new one.
        tolerance: how far a mean may fall without counting, as long as that isn't significant.
        seed: of the bootstrap.

    Raises:
        BadBaseline: the baseline is of other judgments, depths or metrics, so there's nothing to compare.
    """
    now = baseline_of(judgments, report)
    if baseline.judgments != now.judgments:
        raise BadBaseline("the baseline was measured on other judgments: save a new one with --save-baseline")
    if baseline.depths != now.depths or not _same_shape(baseline, now):
        raise BadBaseline("the baseline has other depths or metrics: save a new one with --save-baseline")
    found = []
    for metric in next(iter(now.queries.values())):
        new, old = ([values.queries[query][metric] for query in now.queries] for values in (now, baseline))
        difference = paired_difference(new, old, seed=seed)
        if difference is None:
            continue
        significant, beyond = difference.high < 0, difference.mean < -tolerance
        if significant or beyond:
            after = float(report.aggregates[metric].mean or 0.0)
            found.append(Regression(metric, after - difference.mean, after, difference, significant, beyond))
    return found


def _same_shape(one: Baseline, other: Baseline) -> bool:
    return {query: set(metrics) for query, metrics in one.queries.items()} == {
        query: set(metrics) for query, metrics in other.queries.items()
    }


def _parsed(data: Mapping[str, Any]) -> Baseline:
    k, depth, relevant_from = data["depths"]
    queries = {
        query: {metric: None if value is None else float(value) for metric, value in metrics.items()}
        for query, metrics in data["queries"].items()
    }
    return Baseline(str(data["judgments"]), (int(k), int(depth), float(relevant_from)), queries)
