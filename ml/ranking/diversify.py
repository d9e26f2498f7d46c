"""A list that isn't the same thing ten times: one of each group, few of each brand, unlike neighbours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.ranking.blend import SATURATION
from ml.ranking.calibration import Calibration
from ml.types import Embeddings


@dataclass(frozen=True, slots=True)
class Variety:
    """How a list is kept varied.

    Attributes:
        diversity: what likeness to a product that is listed already takes off, 0 to 1: maximal marginal relevance.
        per_brand: products of one brand; more come in only when nothing else is left.
    """

    diversity: float = 0.1
    per_brand: int = 3


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Products to choose from, best first, ties in their final order.

    Attributes:
        scores: float64, shape (n,).
        vectors: float32, shape (n, d), L2 norm 1.
        groups: int32, shape (n,): item group, 0 for none; only the first of each is listed.
        brands: int32, shape (n,): 0 for none, which has no cap.
    """

    scores: NDArray[np.float64]
    vectors: Embeddings
    groups: NDArray[np.int32]
    brands: NDArray[np.int32]


def choose(pool: Pool, k: int, variety: Variety, calibration: Calibration) -> NDArray[np.int64]:
    """Choose places of a ranked pool one by one: the best by ``(1 - d) * score - d * likeness``.

    Likeness is that to the most alike product chosen before, measured as scores are: tanh of its deviations, 0 for an
    average pair. Of equally good ones the earlier place wins, so the same pool gives the same list.

    Args:
        pool: to choose from.
        k: how many.
        variety: how.
        calibration: of the catalogue.

    Returns:
        int64, shape (m,), m <= k: places in the pool, in the order of the list.

    References:
        Carbonell and Goldstein 1998, The use of MMR.
    """
    scores, vectors, groups, brands = pool.scores, pool.vectors, pool.groups, pool.brands
    open_, capped = np.ones(len(scores), np.bool_), np.zeros(len(scores), np.bool_)
    likeness = np.zeros(len(scores))
    per_brand: Counter[int] = Counter()
    chosen: list[int] = []
    while len(chosen) < k:
        places = np.flatnonzero(open_ & ~capped)
        if not len(places):
            places = np.flatnonzero(open_)  # rather one brand once more than a short list
            if not len(places):
                break
        gains = (1 - variety.diversity) * scores[places] - variety.diversity * likeness[places]
        place = int(places[np.argmax(gains)])
        chosen.append(place)
        open_[place] = False
        if groups[place]:
            open_ &= groups != groups[place]
        if brands[place]:
            per_brand[int(brands[place])] += 1
            if per_brand[int(brands[place])] >= variety.per_brand:
                capped |= brands == brands[place]
        if variety.diversity > 0:
            deviations = calibration.scale(vectors[place]).deviations(vectors @ vectors[place])
            np.maximum(likeness, np.tanh(deviations / SATURATION), out=likeness)
    return np.array(chosen, np.int64)
