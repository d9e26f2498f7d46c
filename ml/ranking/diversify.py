"""A list that isn't the same thing ten times: one of each group, few of each brand, unlike neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.ranking.blend import SATURATION
from ml.ranking.calibration import Scale
from ml.types import Embeddings

WINDOW = 64
"""Places whose likeness is known from the start: a list of 20 is seldom chosen from more."""
ScaleOf = Callable[[int], Scale]
"""What similarities to the product at a place of the pool mean."""
VectorsOf = Callable[[slice], Embeddings]
"""The vectors of some places of the pool, L2 norm 1."""


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
        scores: float64, shape (n,), falling.
        vectors_of: asked only for places that may be chosen.
        groups: int32, shape (n,): item group, 0 for none; only the first of each is listed.
        brands: int32, shape (n,): 0 for none, which has no cap.
    """

    scores: NDArray[np.float64]
    vectors_of: VectorsOf
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
    groups, brands = pool.groups, pool.brands
    # What each place is worth before likeness; of places that can't be taken any more -inf. Copies, as they change.
    open_ = (1 - variety.diversity) * pool.scores
    uncapped = open_.copy()
    best_beyond = np.append(open_, -np.inf)  # what places from one on are worth at most
    alike = _Likenesses(pool, variety.diversity, max(WINDOW, 2 * k))
    per_brand: Counter[int] = Counter()
    chosen: list[int] = []
    while len(chosen) < k and len(open_):
        size = alike.size
        gains = uncapped[:size] - alike.taken_off
        place = int(np.argmax(gains))
        if size < len(open_) and gains[place] < best_beyond[size]:
            alike.widen(chosen, scale_of)
            continue
        if gains[place] == -np.inf:
            gains = open_ - alike.taken_off  # rather one brand once more than a short list
            place = int(np.argmax(gains))
            if gains[place] == -np.inf:
                break
        chosen.append(place)
        if len(chosen) == k:
            break
        gone = np.flatnonzero(groups == groups[place]) if groups[place] else place
        open_[gone] = uncapped[gone] = -np.inf
        if brand := int(brands[place]):
            per_brand[brand] += 1
            if per_brand[brand] == variety.per_brand:
                uncapped[brands == brand] = -np.inf
        alike.add(place, scale_of)
    return np.array(chosen, np.int64)


class _Likenesses:
    """What likeness to the products chosen so far takes off the first places of a pool; never less than nothing."""

    def __init__(self, pool: Pool, diversity: float, size: int) -> None:
        self._pool = pool
        self._diversity = diversity
        self.size = 0
        self.taken_off = np.zeros(0)
        self._vectors: Embeddings | None = None
        self._grow(min(size, len(pool.scores)) if diversity > 0 else len(pool.scores))

    def widen(self, chosen: Sequence[int], scale_of: ScaleOf) -> None:
        """Look at twice as many places, or all."""
        known = self.size
        self._grow(min(2 * known, len(self._pool.scores)))
        for place in chosen:
            self._take_off(place, scale_of, slice(known, self.size))

    def add(self, place: int, scale_of: ScaleOf) -> None:
        """Take off what is like a place that was chosen."""
        if self._diversity > 0:
            self._take_off(place, scale_of, slice(0, self.size))

    def _grow(self, size: int) -> None:
        if self._diversity > 0:
            more = self._pool.vectors_of(slice(self.size, size))
            self._vectors = more if self._vectors is None else np.concatenate([self._vectors, more])
        self.taken_off = np.concatenate([self.taken_off, np.zeros(size - self.size)])
        self.size = size

    def _take_off(self, place: int, scale_of: ScaleOf, places: slice) -> None:
        assert self._vectors is not None  # noqa: S101  there are some wherever likeness counts
        deviations = scale_of(place).deviations(self._vectors[places] @ self._vectors[place])
        deviations /= SATURATION
        taken_off = self._diversity * np.tanh(deviations, out=deviations)
        np.maximum(self.taken_off[places], taken_off, out=self.taken_off[places])
