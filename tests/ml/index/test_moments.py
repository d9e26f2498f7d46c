from __future__ import annotations

import numpy as np
import pytest

from ml.index.moments import BLOCK, FOLD, Moments
from tests.contracts.index import unit_vectors


def test_the_same_vectors_have_the_same_moments_whatever_came_and_went() -> None:
    rng = np.random.default_rng(0)
    vectors = unit_vectors(700, 48)
    others = unit_vectors(500, 48, seed=1)
    right = Moments.of([vectors], 48)
    moments = Moments.none(48)
    order = rng.permutation(700)
    while len(order):
        size = int(rng.choice([1, 2, 30, FOLD, 3 * FOLD]))
        strangers = others[rng.choice(500, int(rng.integers(0, 90)), replace=False)]
        moments = moments.changed(strangers, vectors[:0])
        moments = moments.changed(vectors[order[:size]], strangers)
        order = order[size:]
    query = unit_vectors(1, 48, seed=2)[0]
    assert moments.spread(query) == pytest.approx(right.spread(query), abs=1e-12)  # also while some wait
    folded = moments.folded()
    assert folded.count == right.count == 700
    assert folded.total.tobytes() == right.total.tobytes()
    assert folded.products.tobytes() == right.products.tobytes()


def test_they_tell_how_similarities_are_spread() -> None:
    vectors = unit_vectors(BLOCK + 1000, 32)
    moments = Moments.of([vectors[:100], vectors[100:]], 32)
    for query in unit_vectors(5, 32, seed=1):
        similarities = vectors.astype(np.float64) @ query
        mean, variance = moments.spread(query)
        assert mean == pytest.approx(similarities.mean(), abs=1e-6)
        assert variance == pytest.approx(similarities.var(), abs=1e-6)


def test_nothing_is_spread_around_nothing() -> None:
    assert Moments.none(8).spread(unit_vectors(1, 8)[0]) == (0.0, 0.0)
    vector = unit_vectors(1, 8)
    gone = Moments.none(8).changed(vector, vector[:0]).changed(vector[:0], vector)
    assert gone.spread(vector[0]) == (0.0, 0.0)
