"""Whether one system is better than another: the paired bootstrap over queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.evaluate.metrics import bootstrap_means

RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one system is than another by one metric, over the queries for which it means something."""

    mean: float
    """Above 0 where the first system is better."""
    low: float
    """Lower end of the 95% bootstrap interval of the mean."""
    high: float
    """Upper end of it."""
    wins: float
    """Share of resamples in which the first system is better; one in which both are equal counts half."""
    queries: int
    """How many queries the mean is over."""


def paired_difference(
    first: Sequence[float | None], second: Sequence[float | None], *, resamples: int = RESAMPLES, seed: int = 0
) -> Difference | None:
    """Compare two systems by one metric of the same queries.

    Args:
        first: the metric of each query; None where it means nothing, and then the query doesn't count.
        second: the same of the other system.
        resamples: how many times as many queries are drawn with replacement.
        seed: the same seed gives the same result.

    Returns:
        The difference, or None when the metric means something for no query.

    Raises:
        ValueError: not the same number of queries.

    References:
        Sakai 2006, Evaluating evaluation metrics based on the bootstrap.
    """
    pairs = zip(first, second, strict=True)
    differences = [one - other for one, other in pairs if one is not None and other is not None]
    if not differences:
        return None
    means = bootstrap_means(differences, resamples=resamples, seed=seed)
    low, high = np.percentile(means, [2.5, 97.5])
    wins = float((means > 0).mean() + (means == 0).mean() / 2)
    return Difference(float(np.mean(differences)), float(low), float(high), wins, len(differences))
