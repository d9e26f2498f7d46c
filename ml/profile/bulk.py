"""The same fold for many actors at once: a replay of a whole log in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.profile.sums import EMPTY_S, DecayedSums
from ml.types import Embeddings

BLOCK = 16_384  # events whose vectors are multiplied at once: 50 MB of float64 at 384 dimensions


@dataclass(frozen=True, slots=True)
class EventBlock:
    """n events as arrays.

    Attributes:
        actors: int64, shape (n,): whose event, 0 to m - 1.
        times_s: float64, shape (n,): Unix time.
        weights: float64, shape (n,).
        classes: int64, shape (n,): place of the decay in the fold's `decays_s`.
        rows: int64, shape (n,): the product's row in `vectors`.
        vectors: float32, shape (p, d).
    """

    actors: NDArray[np.int64]
    times_s: NDArray[np.float64]
    weights: NDArray[np.float64]
    classes: NDArray[np.int64]
    rows: NDArray[np.int64]
    vectors: Embeddings


def fold_actors(events: EventBlock, actor_count: int, decays_s: tuple[float, ...]) -> list[DecayedSums]:
    """Return the sums of each actor's events; merge those of several blocks with `DecayedSums.merged`.

    Args:
        events: in any order.
        actor_count: m, one more than the largest actor.
        decays_s: of the classes, k of them.
    """
    k, d = len(decays_s), events.vectors.shape[1]
    reference = np.full(actor_count * k, EMPTY_S)
    mass = np.zeros(actor_count * k)
    sums = np.zeros((actor_count * k, d))
    counted = np.flatnonzero(events.weights != 0)
    groups = events.actors[counted] * k + events.classes[counted]
    order = np.argsort(groups, kind="stable")
    groups, counted = groups[order], counted[order]
    times = events.times_s[counted]
    np.maximum.at(reference, groups, times)
    parts = events.weights[counted] * np.exp(
        (times - reference[groups]) / np.array(decays_s)[events.classes[counted]]
    )
    np.add.at(mass, groups, np.abs(parts))
    for start in range(0, len(counted), BLOCK):
        block = slice(start, start + BLOCK)
        weighted = parts[block, None] * events.vectors[events.rows[counted[block]]]  # (b, d) float64
        firsts = np.flatnonzero(np.diff(groups[block], prepend=-1))
        sums[groups[block][firsts]] += np.add.reduceat(weighted, firsts, axis=0)
    places = [slice(actor * k, (actor + 1) * k) for actor in range(actor_count)]
    return [DecayedSums(decays_s, reference[p].copy(), sums[p].copy(), mass[p].copy()) for p in places]
