from __future__ import annotations

import random
from collections import Counter
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.evaluate.systems import Answer, Question, System, measured
from ml.evaluate.typos import TooShort, edit_distance, mistype, mistyped_queries, typo_losses


@given(st.text(max_size=30), st.integers(1, 3), st.integers(0, 100))
def test_a_mistyped_query_has_exactly_so_many_errors_and_something_to_search(
    query: str, edits: int, seed: int
) -> None:
    try:
        result = mistype(query, edits, random.Random(seed))
    except TooShort:
        assert sum(char.isalnum() for char in query) < 4
        return
    if not any(char.isalnum() for char in query):
        assert result == query
        return
    assert edit_distance(query, result, edits) == edits
    assert any(char.isalnum() for char in result)
    assert [char for char in result if char.isspace()] == [char for char in query if char.isspace()]
    if any(char.isalpha() for char in query):
        assert [c for c in result if not c.isalpha()] == [c for c in query if not c.isalpha()]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("lamp", "lamp", 0), ("lamp", "lmap", 1), ("lamp", "lap", 1), ("lamp", "lampe", 1), ("lamp", "limp", 1),
     ("lamp", "malp", 2), ("ca", "abc", 3), ("", "abc", 3), ("lamp", "shoes", 4)],
)  # fmt: skip
def test_edit_distance(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other, 3) == edit_distance(other, one, 3) == distance
    assert edit_distance(one, other, 0) == min(distance, 1)


@given(st.text("ab", max_size=6), st.text("ab", max_size=6), st.integers(0, 7))
def test_the_limit_only_cuts_the_distance_off(one: str, other: str, limit: int) -> None:
    assert edit_distance(one, other, limit) == min(edit_distance(one, other, 12), limit + 1)


def test_long_queries_take_no_long_time() -> None:
    query = "lamp " * 400
    assert edit_distance(query, mistype(query, 3, random.Random(0)), 3) == 3


def test_all_four_errors_occur() -> None:
    found: Counter[str] = Counter()
    for seed in range(200):
        result = mistype("abcdefgh", 1, random.Random(seed))
        found[{7: "delete", 9: "insert"}.get(len(result), "same length")] += 1
        found["transpose"] += sorted(result) == sorted("abcdefgh")
    assert all(found[kind] > 20 for kind in ("delete", "insert", "transpose"))
    assert found["same length"] > found["transpose"] + 20


def test_digits_stay_unless_there_is_nothing_else() -> None:
    for seed in range(50):
        assert "".join(c for c in mistype("iphone 12", 2, random.Random(seed)) if c.isdigit()) == "12"
        assert mistype("4010", 1, random.Random(seed)) != "4010"
        assert not any(c.isalpha() for c in mistype("4010", 1, random.Random(seed)))


@pytest.mark.parametrize("query", ["", "  ", "?!", "\x00"])
def test_what_has_no_letters_is_left_alone(query: str) -> None:
    assert mistype(query, 2, random.Random(0)) == query


def test_impossible_errors_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        mistype("lamp", 0, random.Random(0))
    with pytest.raises(TooShort, match="'1' is too short for 5"):
        list(map(partial(mistype, "1", 5), map(random.Random, range(100))))


def test_a_query_is_mistyped_the_same_beside_any_others() -> None:
    both = mistyped_queries({"lamp": {}, "shoes": {}}, 2, 7)
    assert mistyped_queries({"shoes": {}}, 2, 7)["shoes"] == both["shoes"]
    assert both == mistyped_queries({"shoes": {}, "lamp": {}}, 2, 7)
    assert both != mistyped_queries({"lamp": {}, "shoes": {}}, 2, 8)


JUDGMENTS = {"lamp": {"a": 3.0, "b": 0.0}, "shoes": {"b": 2.0, "a": 0.0}, "nothing": {"a": 0.0}}


def exact(questions: list[Question]) -> list[Answer]:
    """Find what is right for the exact words, and nothing for any others."""
    answers = []
    for question in questions:
        ratings = JUDGMENTS.get(question.text)
        ranking = [] if ratings is None else sorted(ratings, key=lambda id_: -ratings[id_])
        answers.append(Answer(ranking, ranking or sorted(question.judged)))
    return answers


def test_a_system_that_knows_exact_words_only_loses_everything() -> None:
    system = System("s", exact)
    losses = typo_losses(system, JUDGMENTS, measured(system, JUDGMENTS), edits=1, seeds=range(3))
    assert losses.keys() == {"ndcg@10", "condensed_ndcg@10", "recall@100", "mrr"}
    assert (losses["mrr"].clean, losses["mrr"].mistyped, losses["mrr"].loss) == (1, 0, 1)
    assert losses["mrr"].difference.queries == 2


def test_a_system_that_reads_over_errors_loses_nothing() -> None:
    def patient(questions: list[Question]) -> list[Answer]:
        right = [query for query in JUDGMENTS for question in questions if JUDGMENTS[query] == question.judged]
        return exact([Question(query, JUDGMENTS[query]) for query in right])

    system = System("s", patient)
    losses = typo_losses(system, JUDGMENTS, measured(system, JUDGMENTS), edits=2, seeds=[0])
    assert {loss.loss for loss in losses.values()} == {0}
