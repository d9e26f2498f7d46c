from __future__ import annotations

import numpy as np
import pytest

from ml.recommend.recommender import Recommender
from ml.recommend.signals import SIGNALS, History
from ml.recommend.weights import load_weights
from ml.types import ProductId
from tests.ml.recommend.shop import IDS, TITLES, acts_of, campers, model_of, row, vectors


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender(model_of(campers()), load_weights())


def titles(candidates: object) -> list[str]:
    return [TITLES[IDS.index(one.product_id)] for one in candidates]  # type: ignore[attr-defined]


def test_every_score_is_the_sum_of_its_parts(recommender: Recommender) -> None:
    history = History.of_rows([row("blue tent"), row("red lamp")])
    taste = recommender._signals.taste(history, vectors())
    scores = recommender.score_all(history, taste)
    for one in range(len(IDS)):
        reason = recommender.explain(history, one, float(taste[one]))
        assert list(reason.parts) == list(SIGNALS)
        assert sum(reason.parts.values()) == pytest.approx(float(scores[one]), abs=1e-5)
    rows = np.array([5, 2, 11])
    assert recommender.score(history, rows, taste[rows]) == pytest.approx(scores[rows], abs=1e-5)


def test_a_reason_names_the_product_behind_it(recommender: Recommender) -> None:
    history = History.of_rows([row("red lamp"), row("blue tent"), row("green rope")])
    assert recommender.explain(history, row("blue stove"), None).because == IDS[row("blue tent")]
    assert recommender.explain(History.of_rows([]), row("blue stove"), None).because is None
    new = recommender.explain(history, -1, 0.5)
    assert new.because is None
    assert [name for name, part in new.parts.items() if part] == ["taste"]


def test_candidates_are_the_best_that_may_be_shown(recommender: Recommender) -> None:
    history = History.of_rows([row("blue tent")])
    allowed = np.ones(len(IDS), np.bool_)
    allowed[row("blue tent")] = False
    found = recommender.candidates(history, 3, allowed)
    assert titles(found)[0] == "blue stove"
    scores = recommender.score_all(history, None)
    assert [one.score for one in found] == sorted((float(s) for s in scores[allowed]), reverse=True)[:3]
    nobody = recommender.candidates(History.of_rows([]), 1)
    assert titles(nobody) == ["red lamp"], "of a new shopper only popularity is known"
    assert recommender.candidates(history, 5, np.zeros(len(IDS), np.bool_)) == []


def test_equal_scores_are_in_the_order_of_ids() -> None:
    untrained = Recommender(model_of([]), load_weights())
    found = untrained.candidates(History.of_rows([]), 20)
    assert [one.product_id for one in found] == sorted(IDS)


def test_a_cart_brings_what_is_bought_with_it() -> None:
    baskets = [["red tent", "red stove"]] * 5 + [["blue lamp", "red stove", "blue rope"]] * 4 + [["green rope"]] * 60
    model = model_of(acts_of(*baskets))
    recommender = Recommender(model, load_weights())
    found = recommender.bought_with([IDS[row("red tent")], IDS[row("blue lamp")], ProductId("gone")], 5)
    assert set(titles(found)) == {"red stove", "blue rope"}
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    more = titles(recommender.bought_with([IDS[row("red tent")], IDS[row("red stove")]], 5))
    assert more == ["blue lamp", "blue rope"], "equally often bought: the order of ids decides"
    assert recommender.bought_with([IDS[row("green rope")]], 5) == []
