from __future__ import annotations

import numpy as np
import pytest

from ml.ranking.blend import VectorPart, direction, shared_out
from ml.ranking.calibration import Calibration
from ml.ranking.diversify import Pool, Variety, choose


def pool(scores: list[float], *, groups: list[int] | None = None, brands: list[int] | None = None) -> Pool:
    """Return products of which the even ones are alike, and so are the odd ones."""
    vectors = np.array([[1, 0.01 * n] if n % 2 == 0 else [0.01 * n, 1] for n in range(len(scores))], np.float32)
    vectors = vectors.reshape(len(scores), 2)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    nothing = [0] * len(scores)
    return Pool(
        np.array(scores), vectors, np.array(groups or nothing, np.int32), np.array(brands or nothing, np.int32)
    )


def chosen(of: Pool, k: int, variety: Variety) -> list[int]:
    calibration = Calibration.measure(of.vectors)
    return choose(of, k, variety, lambda place: calibration.scale(of.vectors[place])).tolist()


def test_without_diversity_the_order_is_that_of_the_scores() -> None:
    assert chosen(pool([0.9, 0.8, 0.7, 0.7]), 3, Variety(0.0)) == [0, 1, 2]


def test_diversity_takes_unlike_products_forward() -> None:
    assert chosen(pool([0.9, 0.2, 0.88, 0.1]), 2, Variety(0.0)) == [0, 2]
    assert chosen(pool([0.9, 0.2, 0.88, 0.1]), 2, Variety(0.9)) == [0, 1]


def test_one_of_each_group_and_few_of_each_brand() -> None:
    scores = [0.9, 0.8, 0.7, 0.6, 0.5]
    assert chosen(pool(scores, groups=[7, 7, 0, 0, 3]), 5, Variety(0.0)) == [0, 2, 3, 4]
    assert chosen(pool(scores, brands=[1, 1, 1, 2, 0]), 4, Variety(0.0, per_brand=1)) == [0, 3, 4, 1]


def test_nothing_to_choose_from() -> None:
    assert chosen(pool([]), 5, Variety()) == []


def test_a_missing_part_is_shared_out() -> None:
    weights = {"query": 0.5, "long_term": 0.3, "session": 0.2}
    assert shared_out(weights, ["long_term", "session"]) == pytest.approx({"long_term": 0.6, "session": 0.4})
    assert shared_out(weights, []) == {}
    assert shared_out({"long_term": 0.0}, ["long_term"]) == {}


def test_the_direction_leads_to_the_linear_blend() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(500, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    calibration = Calibration.measure(rows)
    weights = {"a": 0.7, "b": 0.3}
    parts = {name: VectorPart.of(rows[at], calibration) for at, name in enumerate(weights)}
    towards = direction(parts, weights)
    assert towards is not None
    blend = sum(weights[name] * part.scale.deviations(rows @ part.vector) for name, part in parts.items())
    assert np.corrcoef(rows @ towards, np.asarray(blend))[0, 1] == pytest.approx(1, abs=1e-6)
    assert direction({"a": parts["a"], "b": VectorPart.of(-rows[0], calibration)}, {"a": 0.5, "b": 0.5}) is None
