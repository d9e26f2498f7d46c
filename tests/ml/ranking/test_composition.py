from __future__ import annotations

import numpy as np
import pytest

from ml.ranking.calibration import Calibration
from ml.ranking.composition import Opposed, composed
from ml.types import Embeddings


def units(rng: np.random.Generator, count: int, stretch: float = 1.0) -> Embeddings:
    """Return unit vectors of 16 dimensions that vary mostly along the first."""
    vectors = rng.normal(size=(count, 16)).astype(np.float32)
    vectors[:, 0] *= stretch
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("weight", [0.1, 0.5, 0.8])
def test_the_order_is_that_of_weighed_deviations(weight: float) -> None:
    rng = np.random.default_rng(2)
    catalogue = units(rng, 300, stretch=5)
    image, words = np.eye(16, dtype=np.float32)[0], units(rng, 1)[0]
    near_image, near_words = catalogue @ image, catalogue @ words
    assert near_image.std() > 2 * near_words.std()
    expected = weight * near_image / near_image.std() + (1 - weight) * near_words / near_words.std()
    query = composed(image, words, (weight, 1 - weight), Calibration.measure(catalogue))
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-6)
    scores = catalogue @ query
    assert np.corrcoef(scores, expected)[0, 1] == pytest.approx(1, abs=1e-6)


def test_a_weight_of_all_leaves_one_part() -> None:
    rng = np.random.default_rng(3)
    image, words = units(rng, 2)
    calibration = Calibration.measure(units(rng, 50))
    assert composed(image, words, (1, 0), calibration) == pytest.approx(image, abs=1e-6)
    assert composed(image, words, (0, 1), calibration) == pytest.approx(words, abs=1e-6)


def test_parts_that_cancel_out_have_no_direction() -> None:
    rng = np.random.default_rng(4)
    image = units(rng, 1)[0]
    calibration = Calibration.measure(units(rng, 50))
    with pytest.raises(Opposed):
        composed(image, -image, (0.5, 0.5), calibration)
    assert composed(image, -image, (0.6, 0.4), calibration) == pytest.approx(image, abs=1e-6)


def test_a_catalogue_without_spread_weighs_the_parts_as_they_are() -> None:
    one, other = np.eye(2, 16, dtype=np.float32)
    query = composed(one, other, (0.25, 0.75), Calibration.measure(np.empty((0, 16), np.float32)))
    assert query[:2] == pytest.approx(np.array([1, 3]) / 10**0.5, abs=1e-6)
