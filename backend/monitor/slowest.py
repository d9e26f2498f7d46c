"""Which slow requests of a worker are kept: the slowest of the window, in a fixed number of places."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import orjson

from backend.monitor.layout import SLOW_BYTES, SLOW_SLOTS


def packed(entry: Mapping[str, Any]) -> bytes:
    """Return an entry as it fills its place; one that is too long goes without its stages and words."""
    content = orjson.dumps(entry)
    if len(content) > SLOW_BYTES:
        content = orjson.dumps({**entry, "stages_ms": {}, "query": None})
    return content.ljust(SLOW_BYTES, b"\0")


class Slowest:
    """Gives out the places. One that is older than the window is kept until its place is needed."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._kept: list[tuple[float, float]] = []  # when it ended, and seconds that it took
        self._least = -inf  # seconds that one must exceed, as long as none is too old
        self._until = -inf  # when the first of them becomes so

    def place(self, seconds: float, now: float) -> int | None:
        """Return the place of a request, which loses what it held; None when there are enough that were slower.

        Args:
            seconds: that it took.
            now: when it ended, by any clock that never goes back.
        """
        kept = self._kept
        if len(kept) < SLOW_SLOTS:
            kept.append((now, seconds))
            return len(kept) - 1
        if seconds <= self._least and now <= self._until:
            return None
        oldest = min(range(SLOW_SLOTS), key=lambda place: kept[place])
        quickest = min(range(SLOW_SLOTS), key=lambda place: kept[place][1])
        is_over = kept[oldest][0] < now - self._window_s
        place = oldest if is_over else quickest
        if taken := is_over or seconds > kept[quickest][1]:
            kept[place] = now, seconds
        self._least = min(took for _, took in kept)
        self._until = min(ended for ended, _ in kept) + self._window_s
        return place if taken else None
