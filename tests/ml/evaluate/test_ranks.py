from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from ml.evaluate.ranks import RankMetrics, compare_with_target, user_intervals, user_means


def test_ties_count_as_the_mean_over_all_orders() -> None:
    scores, target = [3, 1, 2, 1, 1, 0, 1], 3
    places = []
    for order in itertools.permutations(range(7)):
        if [scores[at] for at in order] == sorted(scores, reverse=True):
            places.append(order.index(target) + 1)
    above, equal = compare_with_target(np.array([scores], np.float32).T, target)
    assert (int(above.sum()), int(equal.sum())) == (2, 3)
    found = RankMetrics.up_to(7).of(above.sum(axis=0), equal.sum(axis=0))[:, 0]
    expected = [
        np.mean([place <= 10 for place in places]),
        np.mean([1 / math.log2(place + 1) for place in places]),
        np.mean([1 / place for place in places]),
    ]
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("above", "equal", "hit", "gain", "reciprocal"),
    [
        (0, 0, 1.0, 1.0, 1.0),
        (9, 0, 1.0, 1 / math.log2(11), 0.1),
        (10, 0, 0.0, 0.0, 1 / 11),
        (9, 1, 0.5, 0.5 / math.log2(11), (1 / 10 + 1 / 11) / 2),
        (0, 99, 0.1, sum(1 / math.log2(p + 1) for p in range(1, 11)) / 100, sum(1 / p for p in range(1, 101)) / 100),
    ],
)
def test_metrics_at_the_edge(above: int, equal: int, hit: float, gain: float, reciprocal: float) -> None:
    found = RankMetrics.up_to(100).of(np.array([above]), np.array([equal]))[:, 0]
    assert found == pytest.approx([hit, gain, reciprocal])


def test_a_system_that_says_nothing_gains_what_chance_would() -> None:
    above, equal = compare_with_target(np.zeros((50, 1), np.float32), 7)
    assert RankMetrics.up_to(50).of(above.sum(axis=0), equal.sum(axis=0))[0, 0] == pytest.approx(10 / 50)


def test_rounding_decides_nothing() -> None:
    scores = np.array([[1.0], [1.0 + 1e-6], [1.0 - 1e-6], [1.001]], np.float32)
    above, equal = compare_with_target(scores, 0)
    assert above[:, 0].tolist() == [False, False, False, True]
    assert equal[:, 0].tolist() == [False, True, True, False]


def test_cases_of_one_user_are_drawn_together() -> None:
    """Copies of a user's cases don't make an interval narrower."""
    values = np.random.default_rng(0).random((40, 2))
    users = np.arange(40)
    low, high = user_intervals(values, users)
    copied = user_intervals(np.repeat(values, 9, axis=0), np.repeat(users, 9))
    assert np.concatenate(copied) == pytest.approx(np.concatenate([low, high]))
    assert (low < values.mean(axis=0)).all()
    assert (values.mean(axis=0) < high).all()
    means = user_means(values, users, resamples=4000, seed=1)
    assert means.std(axis=0) == pytest.approx(values.std(axis=0) / math.sqrt(40), rel=0.1)
