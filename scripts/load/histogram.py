"""Latencies counted in bins of equal ratio: any number of them in a few hundred numbers, and ready to be added up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST_MS = 0.001
RATIO = 1.01  # of a bin's upper to its lower edge: a percentile is off by a hundredth at most


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bin `i` counts from LOWEST_MS * RATIO^i to the next; what is less is counted in the first."""

    counts: NDArray[np.int64]

    @classmethod
    def of(cls, latency_ms: NDArray[np.float64]) -> Histogram:
        """Count latencies, shape (n,)."""
        places = np.log(np.maximum(latency_ms, LOWEST_MS) / LOWEST_MS) / np.log(RATIO)
        return cls(np.bincount(places.astype(np.int64)))

    def __add__(self, other: Histogram) -> Histogram:
        counts = np.zeros(max(len(self.counts), len(other.counts)), np.int64)
        counts[: len(self.counts)] += self.counts
        counts[: len(other.counts)] += other.counts
        return Histogram(counts)

    def percentile(self, percent: float) -> float:
        """Return the latency that so many percent don't pass, in ms; 0 where nothing was counted."""
        upto = np.cumsum(self.counts)
        if not len(upto) or not upto[-1]:
            return 0.0
        rank = max(1, int(np.ceil(percent / 100 * upto[-1])))
        place = int(np.searchsorted(upto, rank))
        return float(LOWEST_MS * RATIO ** (place + 0.5))

    def bins(self) -> dict[str, int]:
        """Return the counts by the lower edge in ms, without empty bins."""
        return {f"{LOWEST_MS * RATIO**place:.4g}": int(self.counts[place]) for place in np.flatnonzero(self.counts)}
