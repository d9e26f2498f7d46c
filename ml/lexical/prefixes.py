"""Words and phrases by how they start."""

from __future__ import annotations

import threading
from bisect import bisect_left
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.lexical.names import Names

_LAST: Final = "\U0010ffff"
_UNSORTED: Final = 2_000  # so many new words are kept apart: sorting them in takes milliseconds


class Prefixes:
    """Finds the numbers of words that start with something; safe to use from several threads beside one writer."""

    def __init__(self, words: Names) -> None:
        """Follow a vocabulary's words, which are numbered from 0 in the order of their coming and only added to."""
        self._words = words
        self._table, self._added = words.table, words.at_hand
        self._sorted: list[str] = []
        self._numbers = np.zeros(0, np.int64)
        self._recent: list[str] = []
        self._by_number: list[str] = []  # those that aren't of the table
        self._lock = threading.Lock()

    def texts(self, numbers: NDArray[np.int64]) -> list[str]:
        """Return the words with some numbers."""
        return self._words.texts(numbers.tolist(), self._by_number)

    def find(self, prefix: str) -> NDArray[np.int64]:
        """Return the numbers of all words with a prefix, also of those that count 0: int64, shape (n,)."""
        ordered, numbers, recent = self._current()
        found = numbers[bisect_left(ordered, prefix) : bisect_left(ordered, prefix + _LAST)]
        new = [
            self._added[word] for word in recent[bisect_left(recent, prefix) : bisect_left(recent, prefix + _LAST)]
        ]
        return np.concatenate([self._table.starting(prefix), found, np.array(new, np.int64)])

    def any(self, prefix: str) -> bool:
        """Tell whether there's a word with a prefix."""
        ordered, _, recent = self._current()
        places = ((words, bisect_left(words, prefix)) for words in (ordered, recent))
        return self._table.any_starting(prefix) or any(
            at < len(words) and words[at].startswith(prefix) for words, at in places
        )

    def _current(self) -> tuple[list[str], NDArray[np.int64], list[str]]:
        with self._lock:
            seen = self._words.from_table + len(self._by_number)
            if len(self._added) > seen:
                new = list(islice(self._added, seen, len(self._added)))
                self._by_number += new
                self._recent = sorted(self._recent + new)
            if len(self._recent) > _UNSORTED:
                self._sorted = sorted(self._sorted + self._recent)
                self._numbers = np.fromiter((self._added[word] for word in self._sorted), np.int64, len(self._sorted))
                self._recent = []
            return self._sorted, self._numbers, self._recent
