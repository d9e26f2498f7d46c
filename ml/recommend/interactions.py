"""What shoppers did, as columns: bounded, and in one order whatever order it came in."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ml.types import ProductId

MAX_EVENTS = 1_000_000
MAX_PER_ACTOR = 200
"""An actor's newest acts that count; more are a robot's, or of long ago."""


class Act(NamedTuple):
    """One thing that somebody did with a product."""

    actor: str
    """User, or session where there's no user: whose acts follow each other."""
    product_id: ProductId
    strength: float
    """Weight of the type of interaction; acts of 0 or less say nothing about what goes together."""
    time_s: float
    """Unix time; equal ones keep the order they come in."""
    purchase: bool = True
    """Whether it was bought."""


@dataclass(frozen=True, slots=True, eq=False)
class Interactions:
    """Acts by actor, and those of one actor in the order of their time; m in all.

    Attributes:
        actors: int64, shape (m,): numbers of actors, ascending.
        rows: int64, shape (m,): the products.
        strengths: float32, shape (m,), above 0.
        times_s: float64, shape (m,).
        purchases: bool, shape (m,).
        products: how many products there are; rows are below it.
    """

    actors: NDArray[np.int64]
    rows: NDArray[np.int64]
    strengths: NDArray[np.float32]
    times_s: NDArray[np.float64]
    purchases: NDArray[np.bool_]
    products: int

    @classmethod
    def collect(
        cls,
        acts: Iterable[Act],
        row_of: Mapping[ProductId, int],
        *,
        max_events: int = MAX_EVENTS,
        max_per_actor: int = MAX_PER_ACTOR,
    ) -> Interactions:
        """Read a stream of acts; memory is bounded by twice `max_events`, whatever its length.

        Acts on unknown products, with a strength of 0 or less or without a finite time are left out.

        Args:
            acts: in any order.
            row_of: row of each product, 0 to n - 1.
            max_events: the newest so many are kept.
            max_per_actor: of each actor the newest so many.

        Raises:
            ValueError: a limit is below 1.
        """
        if min(max_events, max_per_actor) < 1:
            raise ValueError("max_events and max_per_actor are at least 1")
        columns = _Columns()
        for act in acts:
            row = row_of.get(act.product_id)
            if row is None or not 0 < act.strength < math.inf or not math.isfinite(act.time_s):
                continue
            columns.add(act, row)
            if len(columns) >= 2 * max_events:
                columns.keep_newest(max_events)
        columns.keep_newest(max_events)
        return columns.sorted(len(row_of), max_per_actor)

    def __len__(self) -> int:
        """Return the number of acts."""
        return len(self.rows)

    def ages_s(self) -> NDArray[np.float64]:
        """Return by how much each act is older than the newest: float64, shape (m,)."""
        return self.times_s.max() - self.times_s if len(self) else np.zeros(0)

    def freshness(self, half_life_s: float | None) -> NDArray[np.float32]:
        """Return what age leaves of each act's weight, 0 to 1: float32, shape (m,); all 1 without a half-life."""
        if half_life_s is None:
            return np.ones(len(self), np.float32)
        return np.exp2(-self.ages_s() / half_life_s).astype(np.float32)

    def only(self, kept: NDArray[np.bool_]) -> Interactions:
        """Return some of the acts: bool, shape (m,)."""
        return Interactions(
            self.actors[kept],
            self.rows[kept],
            self.strengths[kept],
            self.times_s[kept],
            self.purchases[kept],
            self.products,
        )


class _Columns:
    """Acts as they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._actors, self._rows = array("q"), array("q")
        self._strengths, self._times, self._purchases = array("f"), array("d"), array("b")

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, act: Act, row: int) -> None:
        self._actors.append(self._numbers.setdefault(act.actor, len(self._numbers)))
        self._rows.append(row)
        self._strengths.append(act.strength)
        self._times.append(act.time_s)
        self._purchases.append(bool(act.purchase))

    def keep_newest(self, count: int) -> None:
        """Drop all but the newest acts, and actors of whom nothing is left; the order stays."""
        if len(self) <= count:
            return
        kept = np.sort(np.argsort(np.array(self._times), kind="stable")[-count:])
        left = set(np.array(self._actors)[kept].tolist())
        names = [name for name, number in self._numbers.items() if number in left]
        renamed = np.full(len(self._numbers), -1, np.int64)
        renamed[[self._numbers[name] for name in names]] = np.arange(len(names))
        self._actors = array("q", renamed[np.array(self._actors)[kept]].tobytes())
        self._numbers = {name: number for number, name in enumerate(names)}
        self._rows = array("q", np.array(self._rows)[kept].tobytes())
        self._strengths = array("f", np.array(self._strengths)[kept].tobytes())
        self._times = array("d", np.array(self._times)[kept].tobytes())
        self._purchases = array("b", np.array(self._purchases)[kept].tobytes())

    def sorted(self, products: int, max_per_actor: int) -> Interactions:
        """Return the acts by actor name, then time; the newest of each actor."""
        place = np.empty(len(self._numbers), np.int64)  # so that numbers don't depend on who came first
        place[[self._numbers[name] for name in sorted(self._numbers)]] = np.arange(len(self._numbers))
        actors = place[np.array(self._actors, np.int64)]
        times = np.array(self._times, np.float64)
        order = np.lexsort((np.arange(len(times)), times, actors))
        actors = actors[order]
        ends = np.searchsorted(actors, actors, side="right")
        order = order[ends - np.arange(len(actors)) <= max_per_actor]
        return Interactions(
            place[np.array(self._actors, np.int64)[order]],
            np.array(self._rows, np.int64)[order],
            np.array(self._strengths, np.float32)[order],
            times[order],
            np.array(self._purchases, np.int8)[order] > 0,
            products,
        )
