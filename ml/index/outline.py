"""A few numbers for each vector, by which candidates are found in a tenth of the time that their codes take.

The vectors of a catalogue don't fill their space: most of their length lies along a few directions, the same for all
of them. An outline is what a vector measures along these. Its inner products estimate those of the vectors well
enough to tell which hundredth of the products another score should look at, and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ml.index.grid import BLOCK, Vectors
from ml.index.moments import STEPS, Moments
from ml.index.order import kth_at_least
from ml.index.planner import LIKELY_RECALL, Outlined, Plan, Tuning
from ml.types import Embedding, Embeddings, ProductId, RowMask

if TYPE_CHECKING:
    from ml.index.view import View

NEAR, FAR = 32, 64  # axes that all rows are compared along, and further ones for those that this leaves
FAR_BELOW = np.float32(1e30)  # beneath every estimate
FIRST = 5  # rows that it leaves, for each that is to be found
FACTORS = (1.5, 2.0, 3.0, 4.0)  # estimates looked at for each candidate
DEPTH = 200  # candidates of a list of 20, with which it is measured
TASTES = 24
AROUND = 200  # products around a home, of which a taste has some
LIKED = 12
SHARES = (1.0, 0.2)  # of the rows allowed
QUARTILE = 0.25  # of times: other work on the machine only ever adds to them


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The outlines of rows; never changed.

    Attributes:
        axes: float32, shape (m, d), orthonormal: the directions along which vectors are longest, the first most.
        near: float32, shape (n, <= NEAR), one axis after the other in memory, which a sum along all of them reads
            a third faster: the rows below n along the first axes; 0 for those retired before.
        far: float32, shape (n, m - NEAR or 0): the same rows along the others.
    """

    axes: NDArray[np.float32]
    near: NDArray[np.float32]
    far: NDArray[np.float32]

    @classmethod
    def of(cls, vectors: Vectors, rows: NDArray[np.int64], count: int, moments: Moments) -> Outline:
        """Outline rows (n,), each below `count`, along the main directions of these moments."""
        nothing = np.zeros((0, 0), np.float32)
        return cls(main_axes(moments), nothing, nothing).grown(vectors, rows, count)

    def grown(self, vectors: Vectors, rows: NDArray[np.int64], count: int) -> Outline:
        """Return the outline of other rows along the same axes."""
        first = self.axes[:NEAR]
        near = np.zeros((count, len(first)), np.float32, order="F")
        far = np.zeros((count, len(self.axes) - len(first)), np.float32)
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            measures = vectors(block) @ self.axes.T  # (b, d) @ (d, m)
            near[block], far[block] = measures[:, : len(first)], measures[:, len(first) :]
        return replace(self, near=near, far=far)

    def likeliest(self, query: Embedding, count: int, inside: RowMask) -> NDArray[np.int64]:
        """Return the rows of a mask with the highest estimates: int64, ascending, at least `count` if it has as many.

        Args:
            query: float32, shape (d,), L2 norm 1.
            count: how many, at least 1.
            inside: bool, shape (<= n,).
        """
        along = self.axes @ query
        rough = self.near[: len(inside)] @ along[:NEAR]
        # Taken off what isn't inside, and nothing off the rest: a third of what choosing between two arrays takes.
        outside = inside.astype(np.float32)
        outside -= 1
        outside *= FAR_BELOW
        rough += outside
        least = max(kth_at_least(rough, FIRST * count), np.float32(-FAR_BELOW / 2))  # no row outside of the mask
        rows = np.flatnonzero(rough >= least)
        estimates = rough[rows] + self.far.take(rows, axis=0) @ along[NEAR:]
        return rows[estimates >= kth_at_least(estimates, count)]


def main_axes(moments: Moments) -> NDArray[np.float32]:
    """Return the directions along which vectors are longest: float32, shape (min(NEAR + FAR, d), d)."""
    whole = moments.folded()
    _, directions = np.linalg.eigh(whole.products / (STEPS * STEPS * max(1, whole.count)))
    return np.ascontiguousarray(directions[:, ::-1][:, : NEAR + FAR].T, np.float32)


def outlined(
    view: View, tuning: Tuning, id_of: Callable[[int], ProductId], go_on: Callable[[], None] = lambda: None
) -> tuple[Outline, Outlined]:
    """Outline a view's live rows, and measure with how many of them what the codes find is found again.

    Args:
        view: it has compact rows.
        tuning: of them.
        id_of: the product of a row.
        go_on: called between measurements; it may raise to give up.
    """
    rows = np.flatnonzero(view.live)
    outline = Outline.of(view.store.embeddings, rows, len(view.live), view.moments)
    go_on()
    made = replace(view, outline=outline, tuning=tuning, merged=len(view.live))
    rng = np.random.default_rng(0)
    masks: list[RowMask | None] = [None if share == 1 else rng.random(len(view.live)) < share for share in SHARES]
    tastes = list(_tastes(made, rng, id_of))
    go_on()
    wanted = [[made.best(taste, DEPTH, mask, id_of)[0] for taste in tastes] for mask in masks]
    measured = Outlined(factor=FACTORS[-1], recall=0.0, cost_ms=1.0)
    for factor in FACTORS:
        go_on()
        measured = _measured(made, factor, tastes, list(zip(masks, wanted, strict=True)))
        if measured.recall >= LIKELY_RECALL:
            break
    return outline, measured


def _measured(
    view: View, factor: float, tastes: list[Embedding], truth: list[tuple[RowMask | None, list[NDArray[np.int64]]]]
) -> Outlined:
    plan = Plan("approximate", 0, 0, rerank=round((factor - 1) * DEPTH))
    recalls, times = [], []
    for mask, wanted in truth:
        find = partial(view.likely_rows, count=DEPTH, allowed=mask, plan=plan)
        hits = 0
        for taste, right in zip(tastes, wanted, strict=True):
            start = perf_counter()
            found = find(taste)
            times.append(perf_counter() - start)
            hits += len(np.intersect1d(found, right))
        recalls.append(hits / max(1, sum(map(len, wanted))))
    cost_ms = max(1e-6, float(np.quantile(times, QUARTILE)) * 1000)
    return Outlined(factor=factor, recall=min(recalls), cost_ms=cost_ms)


def _tastes(view: View, rng: np.random.Generator, id_of: Callable[[int], ProductId]) -> Iterator[Embedding]:
    """Yield what shoppers' histories add up to: some of the products around a home, for every other two homes."""
    live = np.flatnonzero(view.live)
    for number in range(TASTES):
        homes = rng.choice(live, 1 + number % 2)
        liked = np.concatenate([_around(view, int(home), rng, id_of) for home in homes])
        total = rng.exponential(size=len(liked)) @ view.store.embeddings(liked).astype(np.float64)
        yield (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)


def _around(view: View, home: int, rng: np.random.Generator, id_of: Callable[[int], ProductId]) -> NDArray[np.int64]:
    vectors: Embeddings = view.store.embeddings(np.array([home]))
    near, _ = view.best(vectors[0], AROUND, None, id_of)
    return rng.choice(near, min(LIKED, len(near)), replace=False)
