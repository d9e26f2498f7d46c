"""What a similarity means: how far above that of a product taken at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.types import Embedding, Embeddings

LEAST_DEVIATION = 0.02  # of a catalogue so small or so uniform that its own spread says nothing
SMALL = 50  # products; in a catalogue of so many the deviation is trusted by half
DIGITS = 5  # of mean and deviation: sums in another order must not move the cutoff


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of one query's similarity to all products.

    Attributes:
        trust: what a catalogue of this size has to say of the deviation, 0 to 1. Of four products none can stand out
            by more than 1.7 deviations, however well it fits.
    """

    mean: float
    deviation: float
    trust: float = 1.0

    def deviations(self, similarities: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return how many standard deviations above the mean similarities are."""
        return (similarities.astype(np.float64) - self.mean) / self.deviation


@dataclass(frozen=True, slots=True)
class Calibration:
    """First and second moments of a catalogue's vectors; they give the scale of any query without a scan.

    Cosines of different encoders, and of different queries with one encoder, are not comparable: the best match of
    one query has 0.4, a random product of another 0.3. Deviations from a query's own mean are, and don't depend on
    filters.

    Attributes:
        mean: float64, shape (d,).
        covariance: float64, shape (d, d).
        count: vectors that were measured.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    count: int

    @classmethod
    def measure(cls, embeddings: Embeddings) -> Calibration:
        """Measure vectors, or a sample of them.

        Args:
            embeddings: float32, shape (n, d); with n = 0 any query has mean 0 and the least deviation.
        """
        n, d = embeddings.shape
        if n == 0:
            return cls(np.zeros(d), np.zeros((d, d)), 0)
        mean = embeddings.mean(axis=0, dtype=np.float64)
        centred = embeddings - mean.astype(np.float32)
        return cls(mean, (centred.T @ centred).astype(np.float64) / n, n)

    def scale(self, query: Embedding) -> Scale:
        """Return the scale of a query: float32, shape (d,)."""
        direction = query.astype(np.float64)
        variance = float(direction @ self.covariance @ direction)
        deviation = max(variance, 0.0) ** 0.5
        mean, deviation = round(float(direction @ self.mean), DIGITS), round(deviation, DIGITS)
        return Scale(mean, max(deviation, LEAST_DEVIATION), self.count / (self.count + SMALL))


def spread(calibration: Calibration) -> float:
    """Return the deviation that `Calibration.scale` finds for a typical product, taken as a query.

    Unlike a query's own deviation it compares different queries: how much nearer one comes to the catalogue.
    """
    mean, covariance = calibration.mean, calibration.covariance
    # Of a product v the variance is v' C v, and the mean of v v' is C + m m'.
    variance = float(np.vdot(covariance, covariance) + mean @ covariance @ mean)
    return float(max(variance**0.5, LEAST_DEVIATION))
