"""What is worked out of one moment of an index, kept while it lasts: queries share most of their words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import numpy as np

from ml.lexical.view import View

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
ENTRY_BYTES = 200  # of a key and its place, roughly


class Memo(Generic[K, V]):
    """Values by key within a budget of bytes, the oldest forgotten first; safe to use from several threads."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._values: dict[K, tuple[V, int]] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return what belongs to a key, made when it isn't known; two threads may make the same."""
        known = self._values.get(key)
        if known is not None:
            return known[0]
        value = make()
        size = ENTRY_BYTES + _nbytes(value)
        if size > self._budget:
            return value
        with self._lock:
            if key not in self._values:
                self._values[key] = value, size
                self._bytes += size
                while self._bytes > self._budget:
                    _, freed = self._values.pop(next(iter(self._values)))
                    self._bytes -= freed
        return value


class OfView(Generic[V]):
    """Something that belongs to one view of an index, made anew when that was replaced."""

    def __init__(self, view: Callable[[], View], make: Callable[[View], V]) -> None:
        """Take what returns the current view, and what makes the thing for one."""
        self._view, self._make = view, make
        self._kept: tuple[View, V] | None = None

    def get(self) -> V:
        """Return the one of the current view."""
        view, kept = self._view(), self._kept
        if kept is None or kept[0] is not view:
            kept = self._kept = view, self._make(view)
        return kept[1]


def _nbytes(value: object) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, list):
        return ENTRY_BYTES * len(value)
    return sum(map(_nbytes, value)) if isinstance(value, tuple) else 0
