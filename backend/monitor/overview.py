"""The figures of all workers together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backend.monitor import layout as at
from backend.monitor.carried import Totals
from backend.monitor.layout import Layout, Numbers
from backend.monitor.percentiles import percentile
from backend.monitor.reading import WorkerFigures
from backend.monitor.recorder import SEPARATOR


@dataclass(frozen=True, slots=True)
class Window:
    """What happened within the window; times are in seconds.

    Attributes:
        count: requests, or times of a stage.
        timed: those of them that have a time: neither errors nor refused.
        refused: those that were told to come back later.
    """

    count: int
    timed: int
    total_s: float
    least_s: float
    most_s: float
    errors: int
    client_errors: int
    refused: int
    hits: int
    misses: int
    heavy: int
    heavy_s: float
    buckets: Numbers

    @property
    def mean_s(self) -> float:
        """The mean time; 0 of nothing."""
        return self.total_s / self.timed if self.timed else 0.0

    def percentile(self, rank: float) -> float:
        """Return the time that a share of the requests didn't exceed, at most 2 % off; 0 of nothing."""
        return min(max(percentile(self.buckets, rank), self.least_s), self.most_s) if self.timed else 0.0

    @classmethod
    def of(cls, slices: Iterable[Numbers]) -> Window:
        """Add up slices, each of shape (n, SLICE)."""
        rows = np.concatenate([np.zeros((0, at.SLICE)), *slices])
        sums = rows.sum(0)
        timed = int(sums[at.SLICE_HEAD :].sum())
        return cls(
            count=timed + int(sums[at.UNTIMED]),
            timed=timed,
            total_s=float(sums[at.SLICE_SUM]),
            least_s=float(rows[:, at.LEAST].min()) if timed else 0.0,
            most_s=float(rows[:, at.MOST].max()) if timed else 0.0,
            errors=int(sums[at.ERRORS]),
            client_errors=int(sums[at.CLIENT_ERRORS]),
            refused=int(sums[at.REFUSED]),
            hits=int(sums[at.SLICE_HITS]),
            misses=int(sums[at.SLICE_MISSES]),
            heavy=int(sums[at.HEAVY]),
            heavy_s=float(sums[at.HEAVY_SUM]),
            buckets=sums[at.SLICE_HEAD :],
        )


class Overview:
    """What the workers wrote down, at one moment.

    Attributes:
        workers: those that live.
        counters: from the start on, by name and labels.
    """

    def __init__(self, workers: Sequence[WorkerFigures], carried: Totals, layout: Layout, now: float) -> None:
        self.workers = workers
        self.counters: dict[tuple[str, ...], float] = {}
        self._carried = carried
        self._layout = layout
        self._now = now
        for counters in (carried.counters, *(worker.counters for worker in workers)):
            for name, value in counters.items():
                key = tuple(name.split(SEPARATOR))
                self.counters[key] = self.counters.get(key, 0.0) + value

    def totals(self, kind: str) -> Iterator[tuple[str, str, Numbers]]:
        """Yield both names of each series of a kind and its sums since the start, shape (TOTALS,)."""
        for name in self._names(kind):
            parts = [worker.series[name].totals for worker in self.workers if name in worker.series]
            if (carried := self._carried.series.get(name)) is not None:
                parts.append(np.array(carried))
            total: Numbers = np.sum(parts, axis=0)
            _, first, second = name.split(SEPARATOR)
            if total.any():
                yield first, second, total

    def windows(self, kind: str) -> Iterator[tuple[str, str, list[Numbers]]]:
        """Yield both names of each series of a kind and its slices that are in the window, where there are any."""
        newest = int(self._now * self._layout.per_second)
        for name in self._names(kind):
            found = [
                slices[(slices[:, at.EPOCH] > newest - self._layout.slices) & (slices[:, at.EPOCH] <= newest + 1)]
                for worker in self.workers
                if name in worker.series
                for slices in [worker.series[name].slices]
            ]
            _, first, second = name.split(SEPARATOR)
            if sum(map(len, found)):
                yield first, second, found

    def spent(self, window_s: float) -> tuple[int, int]:
        """Return how many requests counted for the error budget in the last seconds, and how many were bad."""
        per_second = self._layout.budget_per_second
        since, newest = (self._now - window_s) * per_second, self._now * per_second + 1
        slots = [
            worker.budget[(worker.budget[:, 0] > since - 1) & (worker.budget[:, 0] <= newest)]
            for worker in self.workers
        ]
        _, requests, bad = np.concatenate([np.zeros((1, at.BUDGET)), *slots]).sum(0)
        return int(requests), int(bad)

    def _names(self, kind: str) -> list[str]:
        known = {name for worker in self.workers for name in worker.series} | set(self._carried.series)
        return sorted(name for name in known if name.startswith(kind + SEPARATOR))
