"""A list that isn't the same thing ten times: one of each group, few of each brand, unlike neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.ranking.blend import SATURATION
from ml.ranking.calibration import Scale
from ml.types import Embeddings

ScaleOf = Callable[[int], Scale]
"""What similarities to the product at a place of the pool mean."""


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


def choose(pool: Pool, k: int, variety: Variety, scale_of: ScaleOf) -> NDArray[np.int64]:
    """Choose places of a ranked pool one by one: the best by ``(1 - d) * score - d * likeness``.

    Likeness is that to the most alike product chosen before, measured as scores are: tanh of its deviations, 0 for an
    average pair. Of equally good ones the earlier place wins, so the same pool gives the same list.

    Args:
        pool: to choose from.
        k: how many.
        variety: how.
        scale_of: asked for the products that are chosen, but the last one.

    Returns:
        int64, shape (m,), m <= k: places in the pool, in the order of the list.

    References:
        Carbonell and Goldstein 1998, The use of MMR.
    """
    vectors, brands = pool.vectors, pool.brands
    group_of, brand_of = pool.groups.tolist(), brands.tolist()
    members: dict[int, list[int]] = {}
    for place, group in enumerate(group_of):
        if group:
            members.setdefault(group, []).append(place)
    # What each place is worth before likeness; of places that can't be taken any more -inf.
    worth = (1 - variety.diversity) * pool.scores
    open_ = worth.copy()
    taken_off, gains, likeness = np.zeros_like(open_), np.empty_like(open_), np.empty_like(open_)
    per_brand: Counter[int] = Counter()
    gone: list[int] = []
    chosen: list[int] = []
    while len(chosen) < k and len(open_):
        place = int(np.subtract(open_, taken_off, out=gains).argmax())
        if gains[place] == -np.inf:
            # rather one brand once more than a short list; from here on only such are left
            open_ = worth.copy()
            open_[gone] = -np.inf
            place = int(np.subtract(open_, taken_off, out=gains).argmax())
            if gains[place] == -np.inf:
                break
        chosen.append(place)
        if len(chosen) == k:
            break
        for other in members.get(group_of[place], (place,)):
            gone.append(other)
            open_[other] = -np.inf
        if brand := brand_of[place]:
            per_brand[brand] += 1
            if per_brand[brand] == variety.per_brand:
                open_[brands == brand] = -np.inf
        if variety.diversity > 0:
            scale = scale_of(place)
            np.subtract(vectors @ vectors[place], scale.mean, out=likeness, dtype=np.float64)
            np.divide(likeness, SATURATION * scale.deviation, out=likeness)
            np.multiply(np.tanh(likeness, out=likeness), variety.diversity, out=likeness)
            np.maximum(taken_off, likeness, out=taken_off)
    return np.array(chosen, np.int64)
