"""Metrics of one target among n ranked products; targets that tie with others get the mean over all orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

METRICS: Final = ("hr@10", "ndcg@10", "mrr")
K: Final = 10
TIE: Final = 1e-5
"""Scores that differ by less are equal: rounding must not decide."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RankMetrics:
    """Looks up metrics by how many products are above a target and how many tie with it."""

    _hits: Floats
    _gains: Floats
    _reciprocals: Floats

    @classmethod
    def up_to(cls, n: int) -> RankMetrics:
        """Prepare for n products."""
        place = np.arange(1, n + 1)
        within = place <= K
        sums = [
            np.concatenate([[0.0], np.cumsum(values)]) for values in (within, within / np.log2(place + 1), 1 / place)
        ]
        return cls(*sums)

    def of(self, above: NDArray[np.int64], equal: NDArray[np.int64]) -> Floats:
        """Return the metrics of targets, as the mean over the places that ties leave open.

        Args:
            above: int64, shape (s,): products with a higher score.
            equal: int64, shape (s,): others with the same score.

        Returns:
            float64, shape (metrics, s), in the order of `METRICS`.
        """
        end = above + equal + 1
        return np.stack(
            [(sums[end] - sums[above]) / (equal + 1) for sums in (self._hits, self._gains, self._reciprocals)]
        )


def compare_with_target(scores: NDArray[np.float32], target: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which products score higher than the target and which the same.

    Args:
        scores: float32, shape (n, s): of n products under s systems.
        target: row of the product that was chosen.

    Returns:
        bool, shape (n, s) each; the target itself is in neither.
    """
    reference = scores[target]
    above = scores > reference + TIE
    equal = ~above & (scores >= reference - TIE)
    equal[target] = False
    return above, equal


def user_interval(values: Floats, users: NDArray[np.int64], seed: int = 0) -> tuple[float, float]:
    """Estimate the 95% interval of a mean over cases by resampling users, whose cases go together.

    Args:
        values: float64, shape (c,), at least one.
        users: int64, shape (c,): number of each case's user.
        seed: of the bootstrap.
    """
    means = user_means(values, users, seed=seed)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def user_means(values: Floats, users: NDArray[np.int64], *, resamples: int = 2000, seed: int = 0) -> Floats:
    """Draw as many users as there are, with replacement, and take the mean over their cases: shape (resamples,)."""
    distinct, number = np.unique(users, return_inverse=True)
    sums, counts = np.bincount(number, values), np.bincount(number)
    rng = np.random.default_rng(seed)
    means = np.empty(resamples)
    for at in range(resamples):
        drawn = rng.integers(0, len(distinct), len(distinct))
        means[at] = sums[drawn].sum() / counts[drawn].sum()
    return means
