"""From a shortlist to the list: varied, and with a place that tries something else."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import LiveCatalogue
from backend.recommend.rules import Exploration
from backend.recommend.shortlist import Shortlist
from ml.ranking.calibration import Scale
from ml.ranking.diversify import Pool, Variety, choose
from ml.types import ProductId


class Pick(NamedTuple):
    """One product of a list.

    Attributes:
        version: of the product, which names its card.
        score: None where nothing was known to go by.
        parts: of the score.
        place: in the shortlist.
        explored: whether it was drawn instead of chosen.
        propensity: the chance that it had to be here.
    """

    product_id: ProductId
    version: int
    score: float | None
    parts: Mapping[str, float]
    place: int
    explored: bool = False
    propensity: float = 1.0


def pick(
    live: LiveCatalogue, found: Shortlist, limit: int, variety: Variety, exploration: Exploration | None
) -> list[Pick]:
    """Choose the products of a list.

    Args:
        live: the catalogue.
        found: what comes into question.
        limit: length of the list, at most.
        variety: how it is kept varied.
        exploration: of its last place; None leaves that to the score too.
    """
    if not len(found.rows):
        return []
    groups, brands = (live.columns.values_of(name, found.rows) for name in ("item_group", "brand"))
    places = varied(live, found, limit, variety, brands)
    explored, propensity = False, 1.0
    if exploration is not None and exploration.least <= limit == len(places):
        others = _others(places, groups, brands, variety.per_brand, exploration.pool - 1)
        places[-1], explored, propensity = _draw(places[-1], others, exploration.share)
    picks = picked(live, found, places)
    if picks and len(picks) == limit:
        picks[-1] = picks[-1]._replace(explored=explored, propensity=propensity)
    return picks


def varied(
    live: LiveCatalogue, found: Shortlist, limit: int, variety: Variety, capped: NDArray[np.int32]
) -> list[int]:
    """Choose places of a shortlist.

    Args:
        live: the catalogue.
        found: the shortlist.
        limit: how many places, at most.
        variety: how they are kept varied.
        capped: int32, shape (n,): brand, or what else is capped in its place.
    """
    rows, scale_of_row = found.rows.tolist(), live.scales()
    vectors = live.index.embeddings(found.rows)
    groups = live.columns.values_of("item_group", found.rows)

    def scale_of(place: int) -> Scale:
        return scale_of_row(rows[place])

    places: list[int] = choose(Pool(found.scores, vectors, groups, capped), limit, variety, scale_of).tolist()
    return places


def picked(live: LiveCatalogue, found: Shortlist, places: Sequence[int]) -> list[Pick]:
    """Return the products at some places of a shortlist."""
    at = np.array(places, np.int64)
    rows, id_of = found.rows[at].tolist(), live.index.id_of
    versions = live.columns.arrays.version[found.rows[at]].tolist()
    scores = found.scores[at].tolist() if found.parts else [None] * len(rows)
    parts = zip(*(values[at].tolist() for values in found.parts.values()), strict=True) if found.parts else repeat(())
    return [
        Pick(id_of(row), version, score, dict(zip(found.parts, values, strict=True)), place)
        for row, version, score, values, place in zip(rows, versions, scores, parts, places, strict=False)
    ]


def _others(
    places: list[int], groups: NDArray[np.int32], brands: NDArray[np.int32], per_brand: int, count: int
) -> list[int]:
    """Return the next best products that could stand at the last place by the rules of the list."""
    free = np.ones(len(groups), np.bool_)
    free[places] = False
    held = Counter(brands[places[:-1]].tolist())
    for brand, count_held in held.items():
        if brand and count_held >= per_brand:
            free &= brands != brand
    left = np.flatnonzero(free)
    taken = set(groups[places].tolist()) - {0}
    found: list[int] = []
    for place, group in zip(left.tolist(), groups[left].tolist(), strict=True):
        if group in taken:
            continue
        found.append(place)
        if group:
            taken.add(group)
        if len(found) == count:
            break
    return found


def _draw(best: int, others: list[int], share: float) -> tuple[int, bool, float]:
    """Draw who stands at the last place; return whether it isn't the best, and the chance that it had."""
    each = share / (1 + len(others))
    drawn = random.choice([best, *others]) if random.random() < share else best  # noqa: S311  nothing secret
    return drawn, drawn != best, each + (1 - share) * (drawn == best)
