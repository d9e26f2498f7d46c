from __future__ import annotations

import csv
import io
import json

import pytest

from ml.evaluate.comparison import compare
from ml.evaluate.search import evaluate

JUDGMENTS = {"lamp": {"a": 3.0, "b": 0.0}, "shoes": {"a": 0.0, "d": 2.0}, "nothing good": {"a": 0.0}}
GOOD = {"lamp": ["a", "b"], "shoes": ["d", "a"], "nothing good": ["a"]}
BAD = {"lamp": ["b", "a"], "shoes": ["a", "d"], "nothing good": ["a"]}


def test_ours_is_compared_with_each_other_system() -> None:
    comparison = compare({"ours": evaluate(JUDGMENTS, GOOD), "bad": evaluate(JUDGMENTS, BAD)})
    assert list(comparison.differences) == ["bad"]
    difference = comparison.differences["bad"]["mrr"]
    assert (difference.mean, difference.low, difference.high, difference.wins, difference.queries) == (
        0.5, 0.5, 0.5, 1, 2
    )  # fmt: skip
    assert comparison.differences["bad"]["judged@10"].queries == 3
    data = json.loads(json.dumps(comparison.to_dict()))
    assert data["systems"]["ours"]["aggregates"]["mrr"]["mean"] == 1
    assert data["ours_minus"]["bad"]["mrr"]["mean"] == 0.5


def test_without_ours_nothing_is_compared() -> None:
    comparison = compare({"bad": evaluate(JUDGMENTS, BAD)})
    assert comparison.differences == {}
    assert "ours" not in comparison.render()


def test_the_tables_name_every_system_and_metric() -> None:
    text = compare({"ours": evaluate(JUDGMENTS, GOOD), "bad": evaluate(JUDGMENTS, BAD)}).render()
    lines = text.splitlines()
    assert lines[2].split()[-2:] == ["ours", "bad"]
    assert [line.split()[0] for line in lines[3:8]] == [
        "ndcg@10",
        "condensed_ndcg@10",
        "judged@10",
        "recall@100",
        "mrr",
    ]
    start = next(number for number, line in enumerate(lines) if line.startswith("ours - bad"))
    assert lines[start + 5].split() == ["mrr", "+0.5000", "+0.5000", "to", "+0.5000", "100.0%", "2"]
    assert len({len(line) for line in lines[start : start + 6]}) == 1
    assert lines[-1].startswith("nothing good")


def test_queries_as_csv() -> None:
    file = io.StringIO()
    compare({"ours": evaluate(JUDGMENTS, GOOD), "bad": evaluate(JUDGMENTS, BAD)}).write_queries(file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert [(row["query"], row["system"]) for row in rows[:3]] == [
        ("lamp", "ours"),
        ("lamp", "bad"),
        ("shoes", "ours"),
    ]
    assert len(rows) == 6
    assert (rows[0]["mrr"], rows[1]["mrr"], rows[4]["mrr"]) == ("1.0", "0.5", "")


def test_reports_of_other_queries_are_refused() -> None:
    other = evaluate({"lamp": {"a": 1.0}}, {"lamp": ["a"]})
    with pytest.raises(ValueError, match="same queries"):
        compare({"ours": evaluate(JUDGMENTS, GOOD), "bad": other})
