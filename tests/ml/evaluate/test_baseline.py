from __future__ import annotations

import json
from pathlib import Path

import pytest

from ml.evaluate.baseline import (
    BadBaseline,
    baseline_of,
    judgments_digest,
    load_baseline,
    regressions,
    save_baseline,
)
from ml.evaluate.report import SearchReport
from ml.evaluate.search import evaluate

QUERIES = [f"query {n}" for n in range(40)]
JUDGMENTS = {query: {"a": 3.0, "b": 0.0} for query in QUERIES}


def report(wrong: int, judgments: dict = JUDGMENTS) -> SearchReport:
    """Put the right product second for the first `wrong` queries."""
    return evaluate(judgments, {query: ["b", "a"] if n < wrong else ["a", "b"] for n, query in enumerate(QUERIES)})


def test_the_same_result_passes_and_a_better_one_too() -> None:
    baseline = baseline_of(JUDGMENTS, report(5))
    assert regressions(baseline, JUDGMENTS, report(5), tolerance=0) == []
    assert regressions(baseline, JUDGMENTS, report(0), tolerance=0) == []


def test_a_significant_fall_within_the_tolerance_is_found() -> None:
    found = regressions(baseline_of(JUDGMENTS, report(0)), JUDGMENTS, report(10), tolerance=0.5)
    assert [regression.metric for regression in found] == ["ndcg@10", "condensed_ndcg@10", "mrr"]
    mrr = found[-1]
    assert (mrr.baseline, mrr.now, mrr.significant, mrr.beyond_tolerance) == (1, 0.875, True, False)
    assert "mrr fell from 1.0000 to 0.8750 (-0.1250" in mrr.render(0.5)
    assert mrr.render(0.5).endswith(": significant")


def test_a_fall_beyond_the_tolerance_is_found_though_it_may_be_chance() -> None:
    found = regressions(baseline_of(JUDGMENTS, report(0)), JUDGMENTS, report(1), tolerance=0.01)
    assert [(r.metric, r.significant, r.beyond_tolerance) for r in found] == [("mrr", False, True)]
    assert found[0].render(0.01).endswith(": more than 0.01")
    assert regressions(baseline_of(JUDGMENTS, report(0)), JUDGMENTS, report(1), tolerance=0.02) == []


def test_a_baseline_survives_the_file(tmp_path: Path) -> None:
    baseline = baseline_of(JUDGMENTS | {"nothing good": {"a": 0.0}}, report(3))
    path = tmp_path / "new" / "baseline.json"
    save_baseline(path, baseline)
    assert load_baseline(path) == baseline
    assert [file.name for file in path.parent.iterdir()] == ["baseline.json"]


def test_a_baseline_of_other_judgments_is_refused() -> None:
    baseline = baseline_of(JUDGMENTS, report(0))
    for changed in (
        JUDGMENTS | {QUERIES[0]: {"a": 2.0, "b": 0.0}},
        {**JUDGMENTS, QUERIES[0]: {"a": 3.0, "c": 0.0}},
        {query: JUDGMENTS[query] for query in QUERIES[1:]},
    ):
        rankings = {query: list(ratings) for query, ratings in changed.items()}
        with pytest.raises(BadBaseline, match="other judgments"):
            regressions(baseline, changed, evaluate(changed, rankings))


def test_a_baseline_of_other_depths_is_refused() -> None:
    rankings = {query: ["a", "b"] for query in QUERIES}
    with pytest.raises(BadBaseline, match="other depths"):
        regressions(baseline_of(JUDGMENTS, report(0)), JUDGMENTS, evaluate(JUDGMENTS, rankings, k=5))


def test_the_digest_is_of_the_content_and_not_of_its_order() -> None:
    turned = {query: dict(reversed(JUDGMENTS[query].items())) for query in reversed(QUERIES)}
    assert judgments_digest(turned) == judgments_digest(JUDGMENTS)
    assert (
        judgments_digest({"q": {"a": 1}}) == judgments_digest({"q": {"a": 1.0}}) != judgments_digest({"q": {"a": 2}})
    )


@pytest.mark.parametrize(
    "content", ["", "[]", "{", "{}", '{"format": 1}', '{"format": 1, "queries": 3}', "null", "\x00"]
)
def test_files_that_are_no_baseline_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "file"
    path.write_text(content)
    with pytest.raises(BadBaseline, match="not a baseline"):
        load_baseline(path)


def test_other_formats_and_missing_metrics_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    save_baseline(path, baseline_of(JUDGMENTS, report(0)))
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "format": 2}))
    with pytest.raises(BadBaseline, match="format 2"):
        load_baseline(path)
    del data["queries"][QUERIES[0]]["mrr"]
    path.write_text(json.dumps(data))
    with pytest.raises(BadBaseline, match="other depths or metrics"):
        regressions(load_baseline(path), JUDGMENTS, report(0))
