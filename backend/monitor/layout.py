"""The fixed form in which a worker keeps its figures, in memory that other processes can read.

It is a row of float64 (a count is exact up to 2**53), then texts of fixed lengths. Nothing moves or grows: a file's
size says everything about what it may hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from zlib import crc32

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

GROWTH = 1.04  # of one latency bucket to the next: what stands for a bucket is at most 2 % away from what is in it
PER_BUCKET = 1 / log(GROWTH)
LOWEST_S = 1e-6
BUCKETS = 2 + ceil(log(120 / LOWEST_S) * PER_BUCKET)  # up to two minutes; the last takes what is longer
BOUNDS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)  # for Prometheus

# Of a series, first what is summed from the start on: counts by bound, then these.
SUM = len(BOUNDS_S) + 1
CLASSES = SUM + 1  # six counts by hundreds of the status; 0 is unused
HITS, MISSES = CLASSES + 6, CLASSES + 7
TOTALS = CLASSES + 8

# Then its slices of the window, each with these in front of its buckets.
EPOCH, SLICE_SUM, LEAST, MOST, ERRORS, CLIENT_ERRORS, SLICE_HITS, SLICE_MISSES, HEAVY, HEAVY_SUM = range(10)
UNTIMED, REFUSED = 10, 11  # requests that aren't in the buckets; those of all that were told to come back later
SLICE_HEAD = 12
SLICE = SLICE_HEAD + BUCKETS

HEAD = 64  # of the file: the form, the process, what is in use, gauges
FORM, PID, STARTED, SERIES_USED, COUNTERS_USED = range(5)
GAUGES = 8
MAX_SERIES = 256
MAX_COUNTERS = 256
MAX_GAUGES = HEAD - GAUGES
NAME_BYTES = 128
BUDGET_SLOTS = 128  # of the long window of the error budget
BUDGET = 3  # epoch, requests, bad ones
SLOW_SLOTS = 64
SLOW_BYTES = 1024
FLOAT = 8
FORM_VERSION = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is; offsets are in float64 up to `texts`, and in bytes from there on.

    Attributes:
        window_s: seconds that percentiles look back.
        slices: parts of the window; it moves on by one at a time.
        budget_s: seconds of the long window of the error budget.
    """

    window_s: float
    slices: int
    budget_s: float

    @property
    def ring(self) -> int:
        """Slices kept of a series: one more than are read, so that none is cleared under a reader."""
        return self.slices + 1

    @property
    def per_second(self) -> float:
        """Slices a second."""
        return self.slices / self.window_s

    @property
    def budget_per_second(self) -> float:
        """Slots of the error budget a second."""
        return (BUDGET_SLOTS - 8) / self.budget_s

    @property
    def width(self) -> int:
        """Numbers of one series."""
        return TOTALS + self.ring * SLICE

    @property
    def counters(self) -> int:
        """Where counters begin."""
        return HEAD

    @property
    def budget(self) -> int:
        """Where the slots of the error budget begin."""
        return HEAD + MAX_COUNTERS

    @property
    def series(self) -> int:
        """Where the series begin."""
        return self.budget + BUDGET_SLOTS * BUDGET

    @property
    def numbers(self) -> int:
        """All float64 together."""
        return self.series + MAX_SERIES * self.width

    @property
    def texts(self) -> int:
        """The byte at which texts begin: names of series, names of counters, slow requests."""
        return self.numbers * FLOAT

    @property
    def counter_names(self) -> int:
        """The byte at which the names of counters begin."""
        return self.texts + MAX_SERIES * NAME_BYTES

    @property
    def slow(self) -> int:
        """The byte at which slow requests begin."""
        return self.counter_names + MAX_COUNTERS * NAME_BYTES

    @property
    def size(self) -> int:
        """Bytes of the whole."""
        return self.slow + SLOW_SLOTS * SLOW_BYTES

    @property
    def form(self) -> float:
        """A number that differs where another form does, so that workers of other settings aren't misread."""
        return float(crc32(f"{FORM_VERSION} {self.window_s} {self.slices} {self.budget_s} {self.size}".encode()))
