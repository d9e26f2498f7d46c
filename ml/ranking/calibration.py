"""What a similarity means: how far above that of a product taken at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.index.moments import Moments
from ml.types import Embedding, Embeddings

LEAST_DEVIATION = 0.02  # of a catalogue so small or so uniform that its own spread says nothing
SMALL = 50  # products; in a catalogue of so many the deviation is trusted by half
DIGITS = 5  # of mean and deviation: the last bits of a product of matrices must not move the cutoff


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

    def cosine(self, deviations: float) -> float:
        """Return the similarity that is as many standard deviations above the mean."""
        return self.mean + deviations * self.deviation


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the moments of a catalogue's vectors say of any query, without a scan.

    Cosines of different encoders, and of different queries with one encoder, are not comparable: the best match of
    one query has 0.4, a random product of another 0.3. Deviations from a query's own mean are, and don't depend on
    filters.

    Attributes:
        moments: of all vectors that can be found.
    """

    moments: Moments

    @classmethod
    def measure(cls, embeddings: Embeddings) -> Calibration:
        """Measure vectors: float32, shape (n, d); with n = 0 any query has mean 0 and the least deviation."""
        return cls(Moments.of([embeddings], embeddings.shape[1]))

    def scale(self, query: Embedding) -> Scale:
        """Return the scale of a query: float32, shape (d,)."""
        mean, variance = self.moments.spread(query)
        mean, deviation, count = round(mean, DIGITS), round(variance**0.5, DIGITS), self.moments.count
        return Scale(mean, max(deviation, LEAST_DEVIATION), count / (count + SMALL))


def spread(calibration: Calibration) -> float:
    """Return the deviation that `Calibration.scale` finds for a typical product, taken as a query.

    Unlike a query's own deviation it compares different queries: how much nearer one comes to the catalogue.
    """
    return float(max(calibration.moments.typical_variance() ** 0.5, LEAST_DEVIATION))
