from __future__ import annotations

import numpy as np
import pytest

from ml.evaluate.metrics import bootstrap_interval
from ml.evaluate.paired import paired_difference


def test_the_difference_is_that_of_the_pairs() -> None:
    first, second = [0.9, 0.4, 0.7, None], [0.5, 0.5, 0.1, None]
    found = paired_difference(first, second, seed=3)
    assert found is not None
    assert found.mean == pytest.approx((0.4 - 0.1 + 0.6) / 3)
    assert (found.low, found.high) == bootstrap_interval(
        [0.4, -0.1, 0.6], seed=3
    ) or found.low < found.mean < found.high
    assert found.queries == 3
    assert found == paired_difference(first, second, seed=3)
    turned = paired_difference(second, first, seed=3)
    assert turned is not None
    assert (turned.mean, turned.low, turned.high) == pytest.approx((-found.mean, -found.high, -found.low))
    assert turned.wins == pytest.approx(1 - found.wins)


def test_pairing_sees_what_separate_intervals_hide() -> None:
    rng = np.random.default_rng(0)
    hard = rng.random(60)
    found = paired_difference((hard + 0.02).tolist(), hard.tolist())
    assert found is not None
    assert found.low == pytest.approx(0.02)
    assert found.wins == 1
    assert bootstrap_interval((hard + 0.02).tolist())[0] < bootstrap_interval(hard.tolist())[1]


def test_noise_is_no_victory() -> None:
    values = np.random.default_rng(1).standard_normal((2, 200))
    found = paired_difference(values[0].tolist(), values[1].tolist())
    assert found is not None
    assert found.low < 0 < found.high
    assert 0.01 < found.wins < 0.99


def test_equal_systems_win_half() -> None:
    found = paired_difference([0.1, 0.7], [0.1, 0.7])
    assert found is not None
    assert (found.mean, found.low, found.high, found.wins) == (0, 0, 0, 0.5)


def test_what_means_nothing_in_either_is_left_out() -> None:
    assert paired_difference([None, None], [None, 1.0]) is None
    found = paired_difference([None, 1.0], [1.0, 0.5])
    assert found is not None
    assert (found.queries, found.mean) == (1, 0.5)
    with pytest.raises(ValueError, match="zip"):
        paired_difference([1.0], [1.0, 1.0])
