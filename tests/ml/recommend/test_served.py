from __future__ import annotations

import numpy as np
import pytest

from ml.recommend.served import HALF_TRUSTED, deviations, saturated, served, trust
from ml.recommend.signals import SIGNALS, TASTE

WEIGHTS = np.ones(len(SIGNALS), np.float32)


def signals(count: int = 50) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.random.default_rng(0).standard_normal((count, len(SIGNALS))).astype(np.float32)


def test_without_a_share_or_shoppers_the_vector_decides() -> None:
    values = signals()
    alone = saturated(deviations(values[:, TASTE]))
    nobody, many = np.zeros(50, np.float32), np.full(50, 100, np.float32)
    np.testing.assert_array_equal(served(values, many, WEIGHTS, 0.0), alone)
    np.testing.assert_array_equal(served(values, nobody, WEIGHTS, 1.0), alone)


def test_with_the_whole_share_of_a_trusted_product_others_decide() -> None:
    values = signals()
    sure = np.full(50, 1e9, np.float32)
    others = np.delete(values, TASTE, axis=1).sum(axis=1)
    np.testing.assert_allclose(served(values, sure, WEIGHTS, 1.0), saturated(deviations(others)), atol=1e-6)


def test_trust_grows_with_shoppers() -> None:
    found = trust(np.array([0, HALF_TRUSTED, 1e9], np.float32))
    assert found.tolist() == pytest.approx([0.0, 0.5, 1.0])


def test_scores_are_bounded_and_equal_ones_say_nothing() -> None:
    values = 1000 * signals()
    assert np.abs(served(values, np.full(50, 5, np.float32), WEIGHTS, 0.5)).max() <= 1
    np.testing.assert_array_equal(deviations(np.full(7, 3.0)), np.zeros(7))
