from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.evaluate.metrics import bootstrap_interval, condensed_ndcg, dcg, judged_share, ndcg, recall, reciprocal_rank

RATINGS = {"a": 3.0, "b": 2.0, "c": 1.0, "d": 0.0}


def test_dcg_by_hand() -> None:
    # 7/log2(2) + 0/log2(3) + 3/log2(4) + 1/log2(5)
    assert dcg([3, 0, 2, 1], 10) == pytest.approx(7 + 1.5 + 1 / math.log2(5))
    assert dcg([3, 0, 2, 1], 3) == pytest.approx(8.5)
    assert dcg([], 10) == 0


def test_ndcg_by_hand() -> None:
    ideal = 7 + 3 / math.log2(3) + 1 / 2
    # Unjudged x and y take places 1 and 3 and give nothing.
    found = 3 / math.log2(3) + 7 / math.log2(5)
    assert ndcg(["x", "b", "y", "a"], RATINGS, 10) == pytest.approx(found / ideal)
    assert ndcg(["x", "b", "y", "a"], RATINGS, 3) == pytest.approx(3 / math.log2(3) / ideal)
    assert ndcg(["a", "b", "c"], RATINGS, 10) == 1
    assert ndcg([], RATINGS, 10) == 0


def test_condensed_ndcg_by_hand() -> None:
    # Without x and y the order is b, a, d, c.
    ideal = 7 + 3 / math.log2(3) + 1 / 2
    found = 3 + 7 / math.log2(3) + 1 / math.log2(5)
    assert condensed_ndcg(["x", "b", "y", "a", "d", "c"], RATINGS, 4) == pytest.approx(found / ideal)


def test_the_other_metrics_by_hand() -> None:
    ranking = ["x", "d", "b", "y", "a"]
    assert judged_share(ranking, RATINGS, 4) == 0.5
    assert judged_share(ranking, RATINGS, 10) == 0.6
    assert recall(ranking, RATINGS, 100, 1) == pytest.approx(2 / 3)
    assert recall(ranking, RATINGS, 3, 1) == pytest.approx(1 / 3)
    assert recall(ranking, RATINGS, 100, 3) == 1
    assert reciprocal_rank(ranking, RATINGS, 1) == pytest.approx(1 / 3)
    assert reciprocal_rank(ranking, RATINGS, 3) == 0.2
    assert reciprocal_rank(["x", "d"], RATINGS, 1) == 0


def test_what_means_nothing_is_none() -> None:
    assert ndcg(["a"], {"a": 0.0}, 10) is None
    assert condensed_ndcg(["a"], {"a": 0.0}, 10) is None
    assert judged_share([], RATINGS, 10) is None
    assert recall(["a"], {"a": 0.5}, 10, 1) is None
    assert reciprocal_rank(["a"], {"a": 0.5}, 1) is None


PRODUCTS = list("abcdefgh")
JUDGED = st.dictionaries(st.sampled_from(PRODUCTS), st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0]), max_size=5)
RANKINGS = st.lists(st.sampled_from(PRODUCTS), unique=True)


def brute_dcg(ratings: list[float], k: int) -> float:
    total = 0.0
    for place, rating in enumerate(ratings, start=1):
        if place <= k:
            total += (2**rating - 1) / math.log2(place + 1)
    return total


@given(RANKINGS, JUDGED, st.integers(1, 6))
def test_ndcg_is_the_dcg_over_the_best_of_all_orders(ranking: list[str], ratings: dict[str, float], k: int) -> None:
    best = max(brute_dcg(list(order), k) for order in permutations(ratings.values()))
    value = ndcg(ranking, ratings, k)
    if best == 0:
        assert value is None
    else:
        assert value == pytest.approx(brute_dcg([ratings.get(product, 0.0) for product in ranking], k) / best)
        assert 0 <= value <= 1


@given(RANKINGS, JUDGED, st.integers(1, 6), st.sampled_from([0.5, 1.0, 3.0]))
def test_every_metric_is_a_share_or_none(
    ranking: list[str], ratings: dict[str, float], k: int, relevant_from: float
) -> None:
    for value in (
        condensed_ndcg(ranking, ratings, k),
        judged_share(ranking, ratings, k),
        recall(ranking, ratings, k, relevant_from),
        reciprocal_rank(ranking, ratings, relevant_from),
    ):
        assert value is None or 0 <= value <= 1
    relevant = [product for product, rating in ratings.items() if rating >= relevant_from]
    if relevant:
        assert recall(ranking, ratings, k, relevant_from) == sum(p in ranking[:k] for p in relevant) / len(relevant)
        places = [1 / (ranking.index(product) + 1) for product in relevant if product in ranking]
        assert reciprocal_rank(ranking, ratings, relevant_from) == max(places, default=0)


@given(st.permutations(PRODUCTS), JUDGED, st.integers(1, 6), st.randoms())
def test_where_the_unjudged_are_does_not_change_condensed_ndcg(
    ranking: list[str], ratings: dict[str, float], k: int, random: object
) -> None:
    judged = [product for product in ranking if product in ratings]
    mixed = list(judged)
    for product in ranking:
        if product not in ratings:
            mixed.insert(random.randint(0, len(mixed)), product)
    assert condensed_ndcg(mixed, ratings, k) == condensed_ndcg(ranking, ratings, k) == ndcg(judged, ratings, k)


@given(JUDGED, st.integers(1, 6))
def test_the_ideal_order_has_ndcg_one(ratings: dict[str, float], k: int) -> None:
    if any(ratings.values()):
        assert ndcg(sorted(ratings, key=lambda product: -ratings[product]), ratings, k) == 1


def test_the_interval_is_that_of_the_normal_law_for_many_queries() -> None:
    values = np.random.default_rng(0).random(400).tolist()
    low, high = bootstrap_interval(values)
    half = 1.96 * np.std(values) / math.sqrt(400)
    assert low == pytest.approx(np.mean(values) - half, abs=0.003)
    assert high == pytest.approx(np.mean(values) + half, abs=0.003)


def test_the_interval_holds_the_mean_and_repeats_with_its_seed() -> None:
    values = [0.0, 0.2, 0.9, 1.0]
    low, high = bootstrap_interval(values, seed=1)
    assert low < np.mean(values) < high
    assert bootstrap_interval(values, seed=1) == (low, high)
    assert bootstrap_interval([0.5] * 7) == (0.5, 0.5)
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_interval([])


def test_the_interval_does_not_need_memory_for_every_resample() -> None:
    values = np.random.default_rng(0).random(150_000).tolist()
    low, high = bootstrap_interval(values, resamples=20)
    assert low < np.mean(values) < high
