"""Writes down what one worker does: a few additions for each request, in memory of constant size."""

from __future__ import annotations

import mmap
import os
import threading
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from math import inf, log
from typing import Any

import numpy as np

from backend.monitor import layout as at
from backend.monitor.counters import BUDGET_BAD, BUDGET_REQUESTS
from backend.monitor.layout import Layout
from backend.monitor.percentiles import percentile
from backend.monitor.slowest import Slowest, packed

SEPARATOR = "\x1f"
REQUEST, STAGE = "request", "stage"
OTHER = "other"
_PER_BUCKET, _SCALE, _LAST, _BOUNDS = at.PER_BUCKET, 1 / at.LOWEST_S, at.BUCKETS - 1, at.BOUNDS_S
_CLEARED = memoryview(bytes(at.SLICE * at.FLOAT)).cast("d")
HEAVY_RANK = 0.95
REFUSALS = frozenset({429, 503})  # come back later
LEFT = 499  # whoever asked has gone before there was an answer


class Recorder:
    """The figures of one worker. The event loop's thread alone records; anything may call `count`.

    Until `move` gives it a shared file it keeps them in memory of its own.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._series: dict[tuple[str, str, str], int] = {}
        self._heavy_from: dict[int, float] = {}
        self._counters: dict[tuple[str, ...], int] = {}
        self._lock = threading.Lock()
        self._ring, self._per_second = layout.ring, layout.per_second
        self._first, self._width, self._budget = layout.series, layout.width, layout.budget
        self._budget_per_second = layout.budget_per_second
        self._slowest = Slowest(layout.window_s)
        self.memory = mmap.mmap(-1, layout.size)
        self._look_at(self.memory)
        self._numbers[at.FORM] = layout.form
        self._numbers[at.PID] = os.getpid()
        self._numbers[at.STARTED] = time.time()
        self._budget_counters = tuple(self._place_of((name,)) for name in (BUDGET_REQUESTS, BUDGET_BAD))
        for kind in (REQUEST, STAGE):
            self.series(kind, OTHER, OTHER)  # there must be room for what no longer has any

    def _look_at(self, memory: mmap.mmap) -> None:
        self._bytes = memoryview(memory)
        self._numbers = self._bytes[: self.layout.texts].cast("d")

    def move(self, memory: mmap.mmap) -> None:
        """Go on in other memory of the same size, with everything that was recorded; what was before is closed."""
        with self._lock:
            used = (self._first + len(self._series) * self._width) * at.FLOAT
            for part in (slice(0, used), slice(self.layout.texts, None)):  # what isn't touched takes no memory
                memory[part] = self.memory[part]
            old, self.memory = self.memory, memory
            self._numbers.release()
            self._bytes.release()
            self._look_at(memory)
            old.close()

    def series(self, kind: str, first: str, second: str) -> int:
        """Return the number of a series, which is made when it is new; of the one for others when there's no room."""
        key = (kind, first, second)
        if (known := self._series.get(key)) is not None:
            return known
        number = len(self._series)
        name = SEPARATOR.join(key).encode()
        if number >= at.MAX_SERIES or len(name) > at.NAME_BYTES:
            return self._series[kind, OTHER, OTHER]
        place = self.layout.texts + number * at.NAME_BYTES
        self._bytes[place : place + len(name)] = name
        self._series[key] = number
        if kind == REQUEST:
            self._heavy_from[number] = 0.0
        self._numbers[at.SERIES_USED] = number + 1
        return number

    def request(  # noqa: PLR0917  keywords would cost as much as the rest of a call
        self, series: int, seconds: float, now: float, status: int, cache: str, counts: bool, is_bad: bool
    ) -> bool:
        """Write down one request; return whether it is among the slowest twentieth of its kind.

        What failed, was refused or was the client's mistake isn't among the times: it would make a server look quick
        that answers nothing. Whoever left only after the target had passed is: they would have waited longer still.

        Args:
            series: the route's.
            seconds: that it took.
            now: when it ended, by `time.monotonic`, which all processes of a machine share.
            status: of HTTP.
            cache: "hit", "miss", or empty when no cache was asked.
            counts: whether it counts for the error budget.
            is_bad: it took longer than the target.
        """
        if status >= 400 and not (status == LEFT and is_bad):
            self._unanswered(series, now, status, counts)
            return False
        numbers = self._numbers
        base, place = self._observe(series, seconds, now)
        numbers[base + at.CLASSES + status // 100] += 1
        if status >= 400:
            numbers[place + at.CLIENT_ERRORS] += 1
        if cache:
            hit = cache == "hit"
            numbers[base + (at.HITS if hit else at.MISSES)] += 1
            numbers[place + (at.SLICE_HITS if hit else at.SLICE_MISSES)] += 1
        if counts:
            self._spend(now, is_bad=is_bad)
        if is_heavy := seconds >= self._heavy_from[series]:
            numbers[place + at.HEAVY] += 1
            numbers[place + at.HEAVY_SUM] += seconds
        return is_heavy

    def _unanswered(self, series: int, now: float, status: int, counts: bool) -> None:
        """Write down a request without a time; of these only the server's failures spend budget.

        Else whoever sends without end what can't be answered, which needs no key, could make up for the failures.
        """
        numbers = self._numbers
        base, place = self._slice(series, now)
        numbers[base + at.CLASSES + min(status // 100, 5)] += 1
        numbers[place + at.UNTIMED] += 1
        numbers[place + (at.ERRORS if status >= 500 else at.CLIENT_ERRORS)] += 1
        if status in REFUSALS:
            numbers[place + at.REFUSED] += 1
        if counts and status >= 500:
            self._spend(now, is_bad=True)

    def stages(self, operation: str, timings_ms: Mapping[str, float], now: float, *, is_heavy: bool) -> None:
        """Write down the stages of one request, as its service timed them."""
        known = self._series
        for stage, value in timings_ms.items():
            series = known.get((STAGE, operation, stage))
            if series is None:
                series = self.series(STAGE, operation, stage)
            _, place = self._observe(series, value / 1000, now)
            if is_heavy:
                self._numbers[place + at.HEAVY] += 1
                self._numbers[place + at.HEAVY_SUM] += value / 1000

    def count(self, name: str, labels: tuple[str, ...] = (), amount: float = 1.0) -> None:
        """Add to a counter; from any thread. Counters beyond what there is room for are let go."""
        with self._lock:
            if (place := self._counter((name, *labels))) is not None:
                self._numbers[place] += amount

    def counted(self, name: str, labels: tuple[str, ...] = ()) -> float:
        """Return what this worker counted."""
        with self._lock:
            place = self._counters.get((name, *labels))
            return 0.0 if place is None else self._numbers[place]

    def set_count(self, name: str, value: float, labels: tuple[str, ...] = ()) -> None:
        """Note a counter that somebody else keeps, such as the kernel."""
        with self._lock:
            if (place := self._counter((name, *labels))) is not None:
                self._numbers[place] = value

    def _counter(self, key: tuple[str, ...]) -> int | None:
        """Return the place of a counter; None when there's no room for it."""
        if (known := self._counters.get(key)) is not None:
            return known
        has_room = len(self._counters) < at.MAX_COUNTERS and len(SEPARATOR.join(key).encode()) <= at.NAME_BYTES
        return self._place_of(key) if has_room else None

    def _place_of(self, key: tuple[str, ...]) -> int:
        number, name = len(self._counters), SEPARATOR.join(key).encode()
        text = self.layout.counter_names + number * at.NAME_BYTES
        self._bytes[text : text + len(name)] = name
        self._counters[key] = place = self.layout.counters + number
        self._numbers[at.COUNTERS_USED] = number + 1
        return place

    def set_gauges(self, values: Sequence[float]) -> None:
        """Note the gauges, in the order of `gauges.Gauges`."""
        self._numbers[at.GAUGES : at.GAUGES + len(values)] = memoryview(array("d", values))

    def slow(self, seconds: float, now: float, entry: Callable[[], Mapping[str, Any]]) -> None:
        """Keep one slow request if it is among the slowest of the window."""
        if (number := self._slowest.place(seconds, now)) is not None:
            place = self.layout.slow + number * at.SLOW_BYTES
            self._bytes[place : place + at.SLOW_BYTES] = packed(entry())

    def _observe(self, series: int, seconds: float, now: float) -> tuple[int, int]:
        """Add a time; return where the series begins, and where its slice of this moment does."""
        numbers = self._numbers
        base, place = self._slice(series, now)
        numbers[base + bisect_left(_BOUNDS, seconds)] += 1
        numbers[base + at.SUM] += seconds
        numbers[place + at.SLICE_SUM] += seconds
        if seconds < numbers[place + at.LEAST]:  # noqa: PLR1730  min() and max() take four times as long
            numbers[place + at.LEAST] = seconds
        if seconds > numbers[place + at.MOST]:  # noqa: PLR1730
            numbers[place + at.MOST] = seconds
        bucket = int(log(seconds * _SCALE) * _PER_BUCKET) + 1 if seconds > at.LOWEST_S else 0
        numbers[place + at.SLICE_HEAD + (bucket if bucket < _LAST else _LAST)] += 1
        return base, place

    def _slice(self, series: int, now: float) -> tuple[int, int]:
        """Return where the series begins, and where its slice of this moment does."""
        base = self._first + series * self._width
        epoch = int(now * self._per_second)
        place = base + at.TOTALS + epoch % self._ring * at.SLICE
        if self._numbers[place] != epoch:
            self._turn(series, base, epoch)
        return base, place

    def _turn(self, series: int, base: int, epoch: int) -> None:
        """Begin a slice, and learn from those before it which requests are slow for their kind."""
        numbers, slices = self._numbers, base + at.TOTALS
        if series in self._heavy_from:
            window = np.frombuffer(self.memory, np.float64, self._ring * at.SLICE, slices * at.FLOAT)
            window = window.reshape(self._ring, at.SLICE)
            recent = window[window[:, at.EPOCH] > epoch - self._ring, at.SLICE_HEAD :].sum(0)
            self._heavy_from[series] = percentile(recent, HEAVY_RANK)
        place = slices + epoch % self._ring * at.SLICE
        numbers[place] = 0  # while it is being cleared it is of no moment that anybody asks for
        numbers[place : place + at.SLICE] = _CLEARED
        numbers[place + at.LEAST] = inf
        numbers[place] = epoch

    def _spend(self, now: float, *, is_bad: bool) -> None:
        numbers = self._numbers
        epoch = int(now * self._budget_per_second)
        place = self._budget + epoch % at.BUDGET_SLOTS * at.BUDGET
        if numbers[place] != epoch:
            numbers[place + 1] = numbers[place + 2] = 0
            numbers[place] = epoch
        requests, bad = self._budget_counters
        numbers[place + 1] += 1
        numbers[requests] += 1
        if is_bad:
            numbers[place + 2] += 1
            numbers[bad] += 1
