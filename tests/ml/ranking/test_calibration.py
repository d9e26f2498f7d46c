from __future__ import annotations

import numpy as np
import pytest

from ml.ranking.calibration import LEAST_DEVIATION, Calibration, spread


def test_the_scale_is_that_of_all_similarities() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(0.3, 1, size=(500, 24)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for query in vectors[:5]:
        similarities = vectors @ query
        scale = Calibration.measure(vectors).scale(query)
        assert scale.mean == pytest.approx(similarities.mean(), abs=1e-4)
        assert scale.deviation == pytest.approx(similarities.std(), abs=1e-4)
        deviations = scale.deviations(similarities)
        assert deviations.mean() == pytest.approx(0, abs=1e-2)
        assert deviations.std() == pytest.approx(1, abs=1e-2)


def test_the_order_of_the_products_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(400, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    one, other = Calibration.measure(vectors), Calibration.measure(vectors[rng.permutation(400)])
    assert [one.scale(query) for query in vectors[:20]] == [other.scale(query) for query in vectors[:20]]


@pytest.mark.parametrize("count", [0, 1])
def test_a_catalogue_without_spread_has_the_least_deviation(count: int) -> None:
    vectors = np.eye(count, 8, dtype=np.float32)
    scale = Calibration.measure(vectors).scale(np.eye(1, 8, dtype=np.float32)[0])
    assert scale.mean == count
    assert scale.deviation == LEAST_DEVIATION


def test_the_spread_is_that_of_a_typical_product() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(0.2, 1, size=(300, 12)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    variances = (vectors @ vectors.T).var(axis=0)  # of each product's similarity to all
    assert spread(Calibration.measure(vectors)) == pytest.approx(variances.mean() ** 0.5, rel=1e-3)


def test_an_empty_catalogue_has_the_least_spread() -> None:
    assert spread(Calibration.measure(np.zeros((0, 8), np.float32))) == LEAST_DEVIATION
