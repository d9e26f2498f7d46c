"""What another policy would have earned, from a log whose choices were drawn with known propensities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.errors import EstimateRefused

LEAST_EFFECTIVE: Final = 100.0
"""Below so many effective samples a few lucky choices decide."""
MEAN_WEIGHT_ERRORS: Final = 4.0
"""Standard errors by which the mean weight may miss 1 before propensities can't be right."""
_NORMAL_95: Final = 1.959964

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a policy.

    Attributes:
        value: estimated mean reward of a choice.
        low: lower end of the 95% interval, by the delta method.
        high: upper end.
        effective: effective sample size, (sum of weights)^2 / sum of squared weights.
        samples: choices in the log.
        mean_weight: 1 in expectation when the log could have shown whatever the policy would.
        logged: mean reward of the log itself.
    """

    value: float
    low: float
    high: float
    effective: float
    samples: int
    mean_weight: float
    logged: float


def snips(rewards: Floats, logged: Floats, wanted: Floats, *, least_effective: float = LEAST_EFFECTIVE) -> Estimate:
    """Estimate a policy's value by self-normalised inverse propensity scoring.

    Args:
        rewards: float64, shape (m,): what each logged choice earned.
        logged: float64, shape (m,): the probability with which the log's policy chose it, above 0, up to 1.
        wanted: float64, shape (m,): the probability with which the other policy would have chosen it, 0 to 1.
        least_effective: refuse below this effective sample size.

    Raises:
        ValueError: not one number of each kind for every choice, or out of range.
        EstimateRefused: too few effective samples; or the mean weight is so far from 1 that the log's propensities
            are wrong, or the policy wants what the log never shows.

    References:
        Swaminathan and Joachims 2015, The self-normalized estimator for counterfactual learning; Owen 2013, Monte
        Carlo theory, methods and examples, chapter 9 (effective sample size, delta method).
    """
    _check(rewards, logged, wanted)
    samples = len(rewards)
    weights = wanted / logged
    total = float(weights.sum())
    effective = total**2 / float((weights**2).sum()) if total > 0 else 0.0
    if effective < least_effective:
        raise EstimateRefused(
            f"{samples} logged choices are worth {effective:.1f} of this policy's own, wanted are {least_effective:g}"
        )
    mean_weight = total / samples
    error = float(weights.std(ddof=1)) / math.sqrt(samples) if samples > 1 else math.inf
    if abs(mean_weight - 1) > MEAN_WEIGHT_ERRORS * error + 1e-9:
        raise EstimateRefused(
            f"the weights have the mean {mean_weight:.3f} instead of 1: the logged propensities are wrong, or the "
            "policy wants what the log never shows"
        )
    value = float(weights @ rewards) / total
    spread = _NORMAL_95 * math.sqrt(float((weights**2) @ (rewards - value) ** 2)) / total
    return Estimate(value, value - spread, value + spread, effective, samples, mean_weight, float(np.mean(rewards)))


def _check(rewards: Floats, logged: Floats, wanted: Floats) -> None:
    if not len(rewards) == len(logged) == len(wanted):
        raise ValueError("every choice has a reward, a logged and a wanted probability")
    if not all(np.isfinite(values).all() for values in (rewards, logged, wanted)):
        raise ValueError("rewards and probabilities are finite")
    if ((logged <= 0) | (logged > 1)).any() or ((wanted < 0) | (wanted > 1)).any():
        raise ValueError("probabilities are from 0 to 1, and logged ones above 0")
