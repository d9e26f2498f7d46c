"""What is chosen near what: pairs of products in the acts of one shopper, counted with the distance between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.recommend.interactions import Interactions
from ml.recommend.table import NeighbourTable

_PAIRS_AT_ONCE = 4_000_000  # 32 MB a column


@dataclass(frozen=True, slots=True)
class TransitionSettings:
    """How pairs count.

    Attributes:
        lags: acts further apart aren't a pair.
        lag_decay: factor for each act that lies between.
        backward: weight of a product for the one that was chosen before it; forward it is 1.
        neighbours: entries kept of each product.
        half_life_s: after which an act weighs half; None: never.
    """

    lags: int = 10
    lag_decay: float = 0.8
    backward: float = 0.5
    neighbours: int = 100
    half_life_s: float | None = None


def count_transitions(acts: Interactions, settings: TransitionSettings) -> NeighbourTable:
    """Count the pairs of products.

    A shopper counts once for a pair, where its products lie nearest each other: so nobody can push a pair by
    repetition. A pair weighs what its later act does: strength, freshness and distance multiply.

    Returns:
        Scores are weighted numbers of shoppers. The pairs of as many products are looked at together as fit into a
        bounded memory; the result doesn't depend on it.
    """
    n = acts.products
    pairs = [
        counted for low, high in _blocks(acts, settings.lags) for counted in [_count(acts, settings, low, high, n)]
    ]
    if not pairs:
        return NeighbourTable.empty(n)
    tables = [NeighbourTable.of_pairs(found, scores, n, settings.neighbours) for found, scores in pairs]
    sizes = sum((np.diff(table.starts) for table in tables), np.zeros(n, np.int64))
    return NeighbourTable(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.concatenate([table.rows for table in tables]),
        np.concatenate([table.scores for table in tables]),
    )


def count_shoppers(acts: Interactions, half_life_s: float | None) -> NDArray[np.float32]:
    """Count the shoppers of each product, each with the strongest act: float32, shape (n,)."""
    weights = acts.strengths * acts.freshness(half_life_s)
    key = acts.actors * acts.products + acts.rows
    order = np.lexsort((-weights, key))
    first = order[_firsts(key[order])]
    return np.bincount(acts.rows[first], weights[first], minlength=acts.products).astype(np.float32)


def _blocks(acts: Interactions, lags: int) -> Iterator[tuple[int, int]]:
    """Split the products into ranges whose pairs fit into memory."""
    ends = np.cumsum(np.bincount(acts.rows, minlength=acts.products)) * 2 * lags
    low = 0
    while low < acts.products:
        before = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + _PAIRS_AT_ONCE, side="right")))
        yield low, high
        low = high


def _count(
    acts: Interactions, settings: TransitionSettings, low: int, high: int, n: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Count the pairs whose first product is of a range; return them as `product * n + other`, ascending."""
    weights = acts.strengths * acts.freshness(settings.half_life_s)
    keys, values, actors = [], [], []
    for lag in range(1, settings.lags + 1):
        earlier, later = acts.rows[:-lag], acts.rows[lag:]
        valid = (acts.actors[:-lag] == acts.actors[lag:]) & (earlier != later)
        decayed = weights[lag:] * np.float32(settings.lag_decay ** (lag - 1))
        for source, other, factor in ((earlier, later, 1.0), (later, earlier, settings.backward)):
            chosen = np.flatnonzero(valid & (source >= low) & (source < high) & (factor > 0))
            keys.append(source[chosen] * n + other[chosen])
            values.append(decayed[chosen] * np.float32(factor))
            actors.append(acts.actors[lag:][chosen])
    key, value, actor = np.concatenate(keys), np.concatenate(values), np.concatenate(actors)
    order = np.lexsort((-value, actor, key))  # of one shopper's equal pairs the one that weighs most comes first
    key, value, actor = key[order], value[order], actor[order]
    once = np.concatenate([[True], (key[1:] != key[:-1]) | (actor[1:] != actor[:-1])]) if len(key) else key > 0
    key, value = key[once], value[once]
    starts = np.flatnonzero(_firsts(key))
    sums = np.add.reduceat(value, starts) if len(starts) else value
    return key[starts], sums.astype(np.float32)


def _firsts(key: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which of sorted values differ from the one before."""
    return np.concatenate([[True], key[1:] != key[:-1]]) if len(key) else np.zeros(0, np.bool_)
