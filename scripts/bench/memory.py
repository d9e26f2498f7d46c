"""A server's memory over time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Self

import numpy as np

from scripts.serving import Server

EVERY_S = 2.0
FEWEST = 10  # notes that a slope is drawn through
SURE = 1.96  # standard errors either way that hold the true slope 95 times of 100


@dataclass(frozen=True, slots=True)
class Slope:
    """Of a straight line through memory over time, in MiB an hour, and between what it lies with 95 %."""

    mb_per_hour: float
    low: float
    high: float

    @classmethod
    def through(cls, seconds: Sequence[float], mb: Sequence[float]) -> Slope | None:
        """Fit a line; None for fewer than `FEWEST` notes.

        What memory is above the line now it mostly still is at the next note, so the notes count as fewer than they
        are, by how alike neighbours are.
        """
        if len(seconds) < FEWEST:
            return None
        hours, noted = np.array(seconds) / 3600, np.array(mb)
        slope, start = np.polyfit(hours, noted, 1)
        rest = noted - (slope * hours + start)
        spread = float(np.sqrt((rest**2).sum() / (len(rest) - 2)))
        alike = 0.0 if spread == 0 else float(np.clip((rest[1:] * rest[:-1]).sum() / (rest**2).sum(), 0, 0.99))
        independent = max(3.0, len(rest) * (1 - alike) / (1 + alike))
        error = spread / (float(hours.std()) * sqrt(independent))
        return cls(float(slope), float(slope - SURE * error), float(slope + SURE * error))


class MemoryLog:
    """Notes the memory of a server while the block runs, in MiB, what its processes share counted once.

    Attributes:
        seconds: from the start, of each note.
        mb: all of it.
        own_mb: without what is mapped from files, which depends on who else has them mapped.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.seconds: list[float] = []
        self.mb: list[int] = []
        self.own_mb: list[float] = []

    def __enter__(self) -> Self:
        self._start = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def slope(self, after_s: float = 0.0) -> Slope | None:
        """Return the slope of its own memory after a warm-up."""
        first = next((place for place, second in enumerate(self.seconds) if second >= after_s), len(self.seconds))
        return Slope.through(self.seconds[first:], self.own_mb[first:])

    def _watch(self) -> None:
        while True:
            self.seconds.append(time.monotonic() - self._start)
            self.mb.append(self._server.proportional_mb())
            self.own_mb.append(self._server.own_mb())
            if self._stop.wait(EVERY_S):
                return
