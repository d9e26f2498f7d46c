"""One score from several vectors that speak for a product, each on the scale that search uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.ranking.calibration import Calibration, Scale
from ml.types import Embedding

Rows = NDArray[np.int64]
SATURATION = 8.0  # standard deviations at which a vector has gained most of what it can (decision 0018)


class InnerProducts(Protocol):
    """The part of a vector index that scores given rows."""

    def inner_products(self, query: Embedding, rows: Rows) -> NDArray[np.float32]:
        """Return exact inner products."""


@dataclass(frozen=True, slots=True)
class VectorPart:
    """One vector with its scale in the catalogue.

    Attributes:
        vector: float32, shape (d,), L2 norm 1.
        scale: of its similarity to the catalogue's products.
    """

    vector: Embedding
    scale: Scale

    @classmethod
    def of(cls, vector: Embedding, calibration: Calibration) -> VectorPart:
        """Measure a vector."""
        return cls(vector, calibration.scale(vector))

    def scores(self, index: InnerProducts, rows: Rows) -> NDArray[np.float64]:
        """Return how near products are, from -1 to 1 and 0 for an average product: float64, shape (n,)."""
        deviations = self.scale.deviations(index.inner_products(self.vector, rows))
        scores: NDArray[np.float64] = np.tanh(deviations / SATURATION)
        return scores


def shared_out(weights: Mapping[str, float], available: Sequence[str]) -> dict[str, float]:
    """Return the weights in effect: what missing parts would have counted goes to the others in proportion.

    Args:
        weights: by part, 0 or more.
        available: parts that exist.

    Returns:
        Weights above 0 that add up to 1, in the order of `weights`; nothing when no part with a weight exists.
    """
    held = {name: weight for name, weight in weights.items() if weight > 0 and name in available}
    total = sum(held.values())
    return {name: weight / total for name, weight in held.items()}


def direction(parts: Mapping[str, VectorPart], weights: Mapping[str, float]) -> Embedding | None:
    """Return the vector whose nearest products lead the blend as long as no part saturates.

    One search by it finds candidates for all parts at once.

    Returns:
        float32, shape (d,), L2 norm 1; None when the parts cancel each other out.
    """
    total = sum(
        (weights[name] / part.scale.deviation) * part.vector.astype(np.float64) for name, part in parts.items()
    )
    norm = float(np.linalg.norm(total))
    return (np.asarray(total) / norm).astype(np.float32) if norm > 1e-9 else None
