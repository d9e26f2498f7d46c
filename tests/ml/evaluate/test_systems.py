from __future__ import annotations

import numpy as np
import pytest

from ml.evaluate.systems import Answer, Question, System, fused_by_rank, measured, scored_system

IDS = ["a", "b", "c", "d"]
SCORES = {"q": [1.0, 3.0, 3.0, -np.inf], "r": [0.0, -1.0, -2.0, 5.0], "nothing": [-np.inf] * 4}


def score(text: str) -> np.ndarray:
    return np.array(SCORES[text])


def test_rankings_are_by_score_then_id_and_leave_out_what_has_none() -> None:
    system = scored_system("s", IDS, score, 10)
    assert system.answer([Question("q", ()), Question("r", ())]) == [
        Answer(["b", "c", "a"], []),
        Answer(["d", "a", "b", "c"], []),
    ]


def test_the_cut_among_equals_is_by_id_whatever_their_rows() -> None:
    turned = scored_system("s", IDS[::-1], lambda text: score(text)[::-1], 1)
    assert turned.answer([Question("q", ())])[0].ranking == ["b"]


def test_every_judged_product_is_ordered_those_without_a_score_last() -> None:
    assert scored_system("s", IDS, score, 1).answer([Question("q", {"d", "c", "b", "a"})])[0].judged == list("bcad")
    assert scored_system("s", IDS, score, 1).answer([Question("nothing", {"d", "a"})])[0] == Answer([], ["a", "d"])


def test_fusion_by_hand() -> None:
    fused = fused_by_rank([lambda _: score("q"), lambda _: score("r")], k=60)("q")
    assert fused == pytest.approx([1 / 63 + 1 / 62, 1 / 61 + 1 / 63, 1 / 62 + 1 / 64, 1 / 61])
    assert (fused_by_rank([score])("nothing") == -np.inf).all()
    with pytest.raises(ValueError, match="nothing to fuse"):
        fused_by_rank([])("q")


def test_a_system_is_asked_each_query_in_the_words_given() -> None:
    asked: list[Question] = []

    def answer(questions: list[Question]) -> list[Answer]:
        asked.extend(questions)
        return [Answer(["x", *question.judged], list(question.judged)) for question in questions]

    judgments = {"lamp": {"a": 3.0}, "shoe": {"b": 1.0}}
    report = measured(System("s", answer), judgments, {"lamp": "lmap", "shoe": "shoe"})
    assert [question.text for question in asked] == ["lmap", "shoe"]
    assert report.values("mrr") == [0.5, 0.5]
    assert report.values("condensed_ndcg@10") == [1.0, 1.0]
    assert [result.query for result in report.queries] == ["lamp", "shoe"]
    with pytest.raises(ValueError, match="zip"):
        measured(System("s", lambda questions: answer(questions)[1:]), judgments)
