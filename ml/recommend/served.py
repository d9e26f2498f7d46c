"""How a list that is served weighs what somebody likes against what others chose: both from -1 to 1."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.ranking.blend import SATURATION
from ml.recommend.signals import TASTE
from ml.recommend.table import Scores

HALF_TRUSTED: Final = 1.0
"""Shoppers who chose a product, at which its collaborative score counts half its share."""

Floats = NDArray[np.float64]


def deviations(scores: NDArray[np.floating]) -> Floats:
    """Return by how many standard deviations each product is above the mean one: float64, shape (n,)."""
    values = scores.astype(np.float64)
    deviation = float(values.std())
    return (values - values.mean()) / deviation if deviation > 0 else np.zeros(len(values))


def saturated(values: Floats) -> Floats:
    """Return deviations as scores from -1 to 1, as those of vectors."""
    scores: Floats = np.tanh(values / SATURATION)
    return scores


def trust(popularity: Scores) -> Floats:
    """Return how much collaborative scores can be trusted, 0 to 1, by how many shoppers chose each product."""
    shoppers = popularity.astype(np.float64)
    return shoppers / (shoppers + HALF_TRUSTED)


def served(signals: NDArray[np.float32], popularity: Scores, weights: NDArray[np.float32], share: float) -> Floats:
    """Score all products of a model as a list for a shopper does whose one vector is their taste.

    Args:
        signals: float32, shape (n, signals).
        popularity: float32, shape (n,): shoppers who chose each product.
        weights: float32, shape (signals,); that of taste isn't used, as the vector speaks for itself.
        share: of the collaborative part for a product that very many have chosen, 0 to 1.

    Returns:
        float64, shape (n,).
    """
    others = signals @ np.where(np.arange(len(weights)) == TASTE, np.float32(0), weights)
    shares = share * trust(popularity)
    blended: Floats = (1 - shares) * saturated(deviations(signals[:, TASTE])) + shares * saturated(deviations(others))
    return blended
