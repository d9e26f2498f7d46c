"""Latencies counted in bins of equal ratio: any number of them in a few hundred numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST_MS = 0.001
RATIO = 1.01  # of a bin's upper to its lower edge


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bin `i` counts from LOWEST_MS * RATIO^i to the next; what is less is counted in the first."""

    counts: NDArray[np.int64]

    @classmethod
    def of(cls, latency_ms: NDArray[np.float64]) -> Histogram:
        """Count latencies, shape (n,)."""
        places = np.log(np.maximum(latency_ms, LOWEST_MS) / LOWEST_MS) / np.log(RATIO)
        return cls(np.bincount(places.astype(np.int64)))

    def bins(self) -> dict[str, int]:
        """Return the counts by the lower edge in ms, without empty bins."""
        return {f"{LOWEST_MS * RATIO**place:.4g}": int(self.counts[place]) for place in np.flatnonzero(self.counts)}
