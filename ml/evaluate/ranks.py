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
_DRAWN_AT_ONCE = 4_000_000  # users, 32 MB

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


def user_intervals(values: Floats, users: NDArray[np.int64], seed: int = 0) -> tuple[Floats, Floats]:
    """Estimate the 95% intervals of means over cases by resampling users, whose cases go together.

    Args:
        values: float64, shape (c, k): k metrics of the same c cases, at least one.
        users: int64, shape (c,): number of each case's user.
        seed: of the bootstrap.

    Returns:
        Lower and upper ends: float64, shape (k,) each.
    """
    low, high = np.percentile(user_means(values, users, seed=seed), [2.5, 97.5], axis=0)
    return low, high


def user_means(values: Floats, users: NDArray[np.int64], *, resamples: int = 2000, seed: int = 0) -> Floats:
    """Draw as many users as there are, with replacement, and take the means over their cases.

    Returns:
        float64, shape (resamples, k).
    """
    distinct, number = np.unique(users, return_inverse=True)
    count = len(distinct)
    sums = np.zeros((count, values.shape[1] + 1))
    np.add.at(sums, number, np.column_stack([values, np.ones(len(values))]))
    rng = np.random.default_rng(seed)
    at_once = max(1, _DRAWN_AT_ONCE // count)
    found = []
    for done in range(0, resamples, at_once):
        drawn = rng.multinomial(count, np.full(count, 1 / count), min(at_once, resamples - done))
        totals = drawn @ sums
        found.append(totals[:, :-1] / totals[:, -1:])
    return np.concatenate(found)
