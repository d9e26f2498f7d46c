"""A server's memory over time."""

from __future__ import annotations

import threading
import time
from typing import Self

import numpy as np

from scripts.serving import Server

EVERY_S = 2.0


class MemoryLog:
    """Notes the memory of a server while the block runs, in MiB, what its processes share counted once."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.seconds: list[float] = []
        self.mb: list[int] = []

    def __enter__(self) -> Self:
        self._start = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def slope_mb_per_hour(self, after_s: float) -> float | None:
        """Return the slope of a straight line through what was noted after a warm-up; None for under three notes."""
        kept = [(second, mb) for second, mb in zip(self.seconds, self.mb, strict=True) if second >= after_s]
        if len(kept) < 3:
            return None
        seconds, mb = np.array(kept).T
        return float(np.polyfit(seconds / 3600, mb, 1)[0])

    def _watch(self) -> None:
        while True:
            self.seconds.append(time.monotonic() - self._start)
            self.mb.append(self._server.proportional_mb())
            if self._stop.wait(EVERY_S):
                return
