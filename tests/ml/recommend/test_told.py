"""Scoring only what a history tells of gives what scoring everything gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml.recommend.recommender import Recommender
from ml.recommend.served import deviations
from ml.recommend.signals import History
from ml.recommend.weights import load_weights
from tests.ml.recommend.shop import IDS, campers, model_of

RECOMMENDER = Recommender(model_of(campers()), load_weights())
histories = st.lists(st.integers(0, len(IDS) - 1), max_size=15).map(History.of_rows)


@given(histories, st.lists(st.integers(0, len(IDS) - 1), max_size=20))
def test_deviations_are_those_over_all_products(history: History, asked: list[int]) -> None:
    expected = deviations(RECOMMENDER.score_all(history, None))[asked] if asked else np.zeros(0)
    found = RECOMMENDER.told(history).deviations(np.array(asked, np.int64))
    np.testing.assert_allclose(found, expected, atol=1e-5)


@given(histories, st.integers(1, len(IDS) + 5))
def test_the_first_ones_are_those_of_all(history: History, count: int) -> None:
    scores = RECOMMENDER.score_all(history, None).round(4)
    found = RECOMMENDER.told(history).first(count)
    assert len(set(found.tolist())) == min(count, len(IDS))
    np.testing.assert_array_equal(scores[found], np.sort(scores)[::-1][:count])


@given(histories, st.integers(1, len(IDS) + 5))
def test_equal_ones_are_ordered_by_row(history: History, count: int) -> None:
    told = RECOMMENDER.told(history)
    scores = told.baseline.scores.copy()
    scores[told.rows] = told.scores
    in_order = np.lexsort((np.arange(len(scores)), -scores))
    np.testing.assert_array_equal(told.first(count), in_order[:count])


@given(histories)
def test_only_what_a_history_tells_of_differs_from_nobody(history: History) -> None:
    told = RECOMMENDER.told(history)
    scores = told.baseline.scores.copy()
    scores[told.rows] = told.scores
    np.testing.assert_allclose(scores, RECOMMENDER.score_all(history, None), rtol=1e-6, atol=1e-6)


def test_nobody_tells_of_nothing() -> None:
    told = RECOMMENDER.told(History.of_rows([]))
    assert not len(told.rows)
    np.testing.assert_array_equal(told.scores, np.zeros(0, np.float32))


def test_where_all_are_alike_nothing_is_above_the_mean() -> None:
    untrained = Recommender(model_of([]), load_weights())
    np.testing.assert_array_equal(untrained.told(History.of_rows([])).deviations(np.arange(3)), np.zeros(3))
