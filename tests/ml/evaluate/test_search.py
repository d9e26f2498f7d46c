from __future__ import annotations

import json
import math

import pytest

from ml.evaluate.search import evaluate

JUDGMENTS = {
    "lamp": {"a": 3.0, "b": 0.0, "c": 1.0},
    "shoes": {"a": 0.0, "d": 2.0},
    "nothing good": {"a": 0.0},
}
RANKINGS = {"lamp": ["x", "a", "y"], "shoes": ["d", "a"], "nothing good": ["x"], "never judged": ["z"]}
JUDGED_RANKINGS = {"lamp": ["a", "b", "c"], "shoes": ["d", "a"], "nothing good": ["a"]}


def test_the_report_by_hand() -> None:
    report = evaluate(JUDGMENTS, RANKINGS, JUDGED_RANKINGS)
    ideal = 7 + 1 / math.log2(3)
    lamp = 7 / math.log2(3) / ideal
    assert (report.judged_queries, report.positive_queries) == (3, 2)
    assert list(report.aggregates) == ["ndcg@10", "condensed_ndcg@10", "judged@10", "recall@100", "mrr"]
    means = {name: aggregate.mean for name, aggregate in report.aggregates.items()}
    assert means["ndcg@10"] == pytest.approx((lamp + 1) / 2)
    assert means["condensed_ndcg@10"] == pytest.approx(((7 + 0.5) / ideal + 1) / 2)
    assert means["judged@10"] == pytest.approx((1 / 3 + 1 + 0) / 3)
    assert means["recall@100"] == pytest.approx((1 / 2 + 1) / 2)
    assert means["mrr"] == pytest.approx((1 / 2 + 1) / 2)
    assert [aggregate.queries for aggregate in report.aggregates.values()] == [2, 2, 3, 2, 2]
    for aggregate in report.aggregates.values():
        assert aggregate.low <= aggregate.mean <= aggregate.high
    assert [(row.query, row.judged, row.positive, row.returned) for row in report.queries] == [
        ("lamp", 3, 2, 3),
        ("shoes", 2, 1, 2),
        ("nothing good", 1, 0, 1),
    ]


def test_full_rankings_need_no_separate_order_of_the_judged() -> None:
    full = {"lamp": ["x", "a", "b", "c"], "shoes": ["d", "x", "a"], "nothing good": ["x", "a"]}
    one, two = evaluate(JUDGMENTS, full), evaluate(JUDGMENTS, full, JUDGED_RANKINGS)
    assert one == two


def test_depths_and_threshold_are_parameters() -> None:
    report = evaluate(JUDGMENTS, RANKINGS, JUDGED_RANKINGS, k=1, recall_depth=2, relevant_from=3)
    assert list(report.aggregates) == ["ndcg@1", "condensed_ndcg@1", "judged@1", "recall@2", "mrr"]
    assert report.aggregates["ndcg@1"].mean == 0.5
    assert (report.aggregates["mrr"].mean, report.aggregates["mrr"].queries) == (0.5, 1)


@pytest.mark.parametrize(
    ("rankings", "judged_rankings", "message"),
    [
        ({"lamp": ["a"]}, JUDGED_RANKINGS, "no ranking for the judged query 'shoes'"),
        (RANKINGS | {"shoes": ["d", "d"]}, JUDGED_RANKINGS, "'d' more than once"),
        (RANKINGS, None, "its 3 judged products"),
        (RANKINGS, JUDGED_RANKINGS | {"shoes": ["d"]}, "its 2 judged products"),
        (RANKINGS, JUDGED_RANKINGS | {"shoes": ["d", "a", "x"]}, "its 2 judged products"),
        (RANKINGS, JUDGED_RANKINGS | {"shoes": ["d", "a", "a"]}, "'a' more than once"),
        (RANKINGS, {"lamp": ["a", "b", "c"]}, "no ranking"),
    ],
)
def test_rankings_that_would_give_wrong_numbers_are_refused(
    rankings: dict, judged_rankings: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(JUDGMENTS, rankings, judged_rankings)


def test_no_judgments_are_refused() -> None:
    with pytest.raises(ValueError, match="no judgments"):
        evaluate({}, {})


def test_queries_without_anything_good_leave_no_mean() -> None:
    report = evaluate({"q": {"a": 0.0}}, {"q": ["a"]})
    assert report.aggregates["ndcg@10"].mean is None
    assert json.loads(report.to_json())["aggregates"]["ndcg@10"] == {
        "mean": None,
        "low": None,
        "high": None,
        "queries": 0,
    }
    assert "-" in report.render()


def test_the_report_is_one_json_object_and_a_table() -> None:
    report = evaluate(JUDGMENTS, RANKINGS, JUDGED_RANKINGS)
    data = json.loads(report.to_json())
    assert data["aggregates"]["mrr"]["mean"] == report.aggregates["mrr"].mean
    assert [row["query"] for row in data["queries"]] == list(JUDGMENTS)
    assert data["queries"][2]["metrics"]["ndcg@10"] is None
    lines = report.render().splitlines()
    assert lines[0] == "3 judged queries, 2 with a rating above 0; relevant from rating 1"
    assert [line.split()[0] for line in lines[3:8]] == list(report.aggregates)
    assert [line[:14].strip() for line in lines[-3:]] == ["lamp", "shoes", "nothing good"]
    assert len({len(line) for line in lines[-4:]}) == 1


def test_long_queries_are_shortened_in_the_table_only() -> None:
    query = "a very long query " * 5
    report = evaluate({query: {"a": 1.0}}, {query: ["a"]})
    assert query not in report.render()
    assert json.loads(report.to_json())["queries"][0]["query"] == query
