"""What is bought together: pairs in the purchases of one shopper within some hours, more often than by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.recommend.interactions import Interactions
from ml.recommend.table import NeighbourTable

MAX_BASKET = 50
"""Products in one basket that count, its first; a larger one is a reseller's or an import."""


@dataclass(frozen=True, slots=True)
class ComplementSettings:
    """What counts as bought together.

    Attributes:
        window_s: a purchase within so long of the shopper's one before belongs to the same basket.
        support: shoppers that must have bought both.
        lift: how many times more often than by chance they must have, at least, where the evidence is thin.
        neighbours: entries kept of each product.
    """

    window_s: float = 24 * 3600.0
    support: int = 3
    lift: float = 1.5
    neighbours: int = 20


def find_complements(acts: Interactions, settings: ComplementSettings) -> NeighbourTable:
    """Find what is bought together with each product.

    A shopper counts once for a product and once for a pair. With `a` and `b` shoppers of two products, `both` of the
    pair and `all` with a purchase, the lift is `both · all / (a · b)`. Scores are its lower bound, the lift with
    `both` less one standard deviation of a Poisson count: what three shoppers did says less than what 300 did.

    Returns:
        Scores are lower bounds of the lift, above `settings.lift`; pairs below the support have no entry.
    """
    n = acts.products
    bought = acts.only(acts.purchases)
    shoppers = len(np.unique(bought.actors))
    if not shoppers:
        return NeighbourTable.empty(n)
    buyers = np.bincount(np.unique(bought.actors * n + bought.rows) % n, minlength=n).astype(np.float64)
    pairs, both = _together(bought, settings.window_s, n)
    enough = both >= settings.support
    pairs, both = pairs[enough], both[enough].astype(np.float64)
    bound = (both - np.sqrt(both)) * shoppers / (buyers[pairs // n] * buyers[pairs % n])
    surely = bound > settings.lift
    return NeighbourTable.of_pairs(pairs[surely], bound[surely].astype(np.float32), n, settings.neighbours)


def _together(bought: Interactions, window_s: float, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the shoppers of each pair, in both directions: `product * n + other`, and how many."""
    begins = np.ones(len(bought), np.bool_)
    begins[1:] = (np.diff(bought.actors) != 0) | (np.diff(bought.times_s) > window_s)
    basket = np.cumsum(begins) - 1
    place = np.arange(len(bought)) - np.flatnonzero(begins)[basket]
    kept = place < MAX_BASKET
    baskets, actors, rows = basket[kept], bought.actors[kept], bought.rows[kept]
    keys, owners = [], []
    for apart in range(1, int(place[kept].max()) + 1):
        same = np.flatnonzero((baskets[:-apart] == baskets[apart:]) & (rows[:-apart] != rows[apart:]))
        one, other = rows[same], rows[same + apart]
        keys += [one * n + other, other * n + one]
        owners += [actors[same], actors[same]]
    if not keys:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    key, owner = np.concatenate(keys), np.concatenate(owners)
    order = np.lexsort((owner, key))
    key, owner = key[order], owner[order]
    once = np.ones(len(key), np.bool_)
    once[1:] = (key[1:] != key[:-1]) | (owner[1:] != owner[:-1])
    return np.unique(key[once], return_counts=True)
