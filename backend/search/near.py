"""Products like one, with the shopper's taste in the order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.ranking import Ranking
from ml.index.order import best_first
from ml.index.planner import Plan
from ml.ranking.blend import VectorPart, direction
from ml.types import Embedding, RowMask

LEAST_POOL = 200
POOL_FACTOR = 10


def pool_size(k: int) -> int:
    """Return how many products near to all vectors together are looked at for the k best."""
    return max(LEAST_POOL, POOL_FACTOR * k)


def nearest_blend(
    live: LiveCatalogue,
    vectors: Mapping[str, Embedding],
    weights: Mapping[str, float],
    k: int,
    *,
    allowed: RowMask,
    plan: Plan,
) -> Ranking:
    """Return the k best products by a weighted sum of nearness to several vectors, best first; equal ones by id.

    Args:
        live: the catalogue.
        vectors: float32, shape (d,), by part.
        weights: of the same parts, adding up to 1.
        k: how many.
        allowed: rows that may be returned.
        plan: how `pool_size(k)` of them are found, out of which the best are taken.
    """
    parts = {name: VectorPart.of(vectors[name], live.calibration) for name in weights}
    towards = direction(parts, weights)
    if towards is None:  # opposites: the strongest part alone finds candidates
        towards = vectors[max(weights, key=lambda name: weights[name])]
    rows = np.sort(live.nearest(towards, pool_size(k), allowed, plan).rows)
    scores = np.sum([weights[name] * part.scores(live.index, rows) for name, part in parts.items()], axis=0)
    return live.ranking(*best_first(rows, scores, k, live.index.id_of))
