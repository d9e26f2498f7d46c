"""One query of a picture and words."""

from __future__ import annotations

import numpy as np

from ml.errors import MLError
from ml.ranking.calibration import Calibration
from ml.types import Embedding

NOWHERE = 1e-6  # a weighted mean this short has no direction


class Opposed(MLError):
    """Picture and words point in opposite directions, so that their sum points nowhere."""


def composed(image: Embedding, words: Embedding, weights: tuple[float, float], calibration: Calibration) -> Embedding:
    """Return the query that ranks products by the weighted sum of how unusually near they are to picture and words.

    A product's nearness to each part counts in standard deviations over the catalogue: similarities to a picture
    spread wider than those to words, and would decide alone. As the deviation of a query is one number, that sum is
    the similarity to one vector, but for a constant; docs/evaluation.md has what it does.

    Args:
        image: float32, shape (d,), L2 norm 1.
        words: the same.
        weights: of picture and words; not both 0.
        calibration: of the catalogue.

    Returns:
        float32, shape (d,), L2 norm 1.

    Raises:
        Opposed: the two cancel each other out.
    """
    shares = [
        weight / calibration.scale(part).deviation for weight, part in zip(weights, (image, words), strict=True)
    ]
    both = (shares[0] * image.astype(np.float64) + shares[1] * words) / sum(shares)
    norm = float(np.linalg.norm(both))
    if norm < NOWHERE:
        raise Opposed
    unit: Embedding = (both / norm).astype(np.float32)
    return unit
