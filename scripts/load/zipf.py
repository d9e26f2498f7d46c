"""Choosing as shoppers do: few queries are asked often, many seldom."""

from __future__ import annotations

import numpy as np

EXPONENT = 1.0  # of query logs, about 0.8 to 1.1


class Zipf:
    """Draws places of a list; place i has a chance proportional to 1 / (i + 1)^exponent."""

    def __init__(self, size: int, seed: int, exponent: float = EXPONENT) -> None:
        weights = 1.0 / np.arange(1, size + 1) ** exponent
        self._upto = np.cumsum(weights / weights.sum())
        self._last = size - 1
        self._rng = np.random.default_rng(seed)

    def draw(self) -> int:
        """Return a place from 0."""
        # Rounding may leave the sum just below 1.
        return min(int(np.searchsorted(self._upto, self._rng.random(), side="right")), self._last)
