"""Metrics of one ranking of one query, and the interval of their mean over queries.

A ranking is a sequence of distinct product ids, best first. A metric that means nothing for a query, as nothing
relevant was judged for it, is None rather than a misleading 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.evaluate.judgments import Ratings
from ml.types import ProductId

_BOOTSTRAP_BLOCK = 1 << 20  # sampled values at a time: 16 MB of indices and values


def dcg(ratings: Iterable[float], k: int) -> float:
    """Sum the gains 2^rating - 1 of the first k places, each divided by log2(place + 1).

    References:
        Burges et al. 2005, Learning to rank using gradient descent (the gain); Järvelin and Kekäläinen 2002 (DCG).
    """
    first = np.fromiter(ratings, np.float64)[:k]
    return float(((np.exp2(first) - 1.0) / np.log2(np.arange(2, len(first) + 2))).sum())


def ndcg(ranking: Sequence[ProductId], ratings: Ratings, k: int) -> float | None:
    """Compare the DCG of the first k with that of the best order of all judged products; unjudged ones count as 0.

    Returns:
        From 0 to 1, or None when no judged product has a rating above 0.
    """
    ideal = dcg(sorted(ratings.values(), reverse=True), k)
    if ideal == 0:
        return None
    found = dcg((ratings.get(product_id, 0.0) for product_id in ranking[:k]), k)
    return min(1.0, found / ideal)  # rounding


def condensed_ndcg(ranking: Sequence[ProductId], ratings: Ratings, k: int) -> float | None:
    """Drop unjudged products from the ranking, then compute `ndcg`.

    The result is right only if the ranking orders every judged product, as one that was cut off would count as 0.

    References:
        Sakai 2007, Alternatives to Bpref (condensed lists).
    """
    return ndcg([product_id for product_id in ranking if product_id in ratings], ratings, k)


def judged_share(ranking: Sequence[ProductId], ratings: Ratings, k: int) -> float | None:
    """Return which part of the products shown in the first k places was judged, or None when nothing was shown."""
    shown = ranking[:k]
    return sum(product_id in ratings for product_id in shown) / len(shown) if shown else None


def recall(ranking: Sequence[ProductId], ratings: Ratings, k: int, relevant_from: float) -> float | None:
    """Return which part of the relevant products is among the first k; relevant means rating >= `relevant_from`.

    Returns:
        From 0 to 1, or None when no judged product is relevant.
    """
    relevant = {product_id for product_id, rating in ratings.items() if rating >= relevant_from}
    return len(relevant.intersection(ranking[:k])) / len(relevant) if relevant else None


def reciprocal_rank(ranking: Sequence[ProductId], ratings: Ratings, relevant_from: float) -> float | None:
    """Return 1 / the place of the first relevant product, 0 if there's none, None if no judged one is relevant."""
    if all(rating < relevant_from for rating in ratings.values()):
        return None
    places = (place for place, product_id in enumerate(ranking, 1) if ratings.get(product_id, -1.0) >= relevant_from)
    place = next(places, None)
    return 0.0 if place is None else 1.0 / place


def bootstrap_interval(values: Sequence[float], *, resamples: int = 10_000, seed: int = 0) -> tuple[float, float]:
    """Estimate the 95% interval of the mean by resampling queries, with the percentile method.

    Args:
        values: one value a query, at least one.
        resamples: how many times as many queries are drawn with replacement.
        seed: the same seed gives the same interval.

    Returns:
        Lower and upper end.

    Raises:
        ValueError: `values` is empty.

    References:
        Efron and Tibshirani 1993, An introduction to the bootstrap, chapter 13.
    """
    low, high = np.percentile(bootstrap_means(values, resamples=resamples, seed=seed), [2.5, 97.5])
    return float(low), float(high)


def bootstrap_means(values: Sequence[float], *, resamples: int, seed: int) -> NDArray[np.float64]:
    """Draw as many values as there are, with replacement, again and again.

    Returns:
        float64, shape (resamples,): the mean of each draw.

    Raises:
        ValueError: `values` is empty.
    """
    if not len(values):
        raise ValueError("an interval needs at least one value")
    sample = np.asarray(values, np.float64)
    rng = np.random.default_rng(seed)
    at_once = max(1, _BOOTSTRAP_BLOCK // len(sample))
    return np.concatenate(
        [
            sample[rng.integers(0, len(sample), (min(at_once, resamples - done), len(sample)))].mean(axis=1)
            for done in range(0, resamples, at_once)
        ]
    )
