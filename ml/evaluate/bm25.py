"""Plain BM25, as a baseline to compare with: no fields, no stemming, no tolerance of typos.

It stays this simple on purpose: a baseline is worth something when everyone knows what it does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

K1 = 1.2  # Robertson and Zaragoza 2009, section 3.3.3: the usual range is 1.2 to 2
B = 0.75

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the runs of letters and digits of a text, in lower case."""
    return _WORD.findall(text.lower())


class BM25:
    """Scores every text of a collection for a query.

    References:
        Robertson and Zaragoza 2009, The probabilistic relevance framework: BM25 and beyond. The inverse document
        frequency has the 1 inside the logarithm that Lucene adds, so that no word counts against a text.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Count the words of the texts; memory is some 8 bytes for each distinct word of each text."""
        self._numbers: dict[str, int] = {}
        lengths = np.zeros(len(texts), np.int32)
        keys: list[NDArray[np.int64]] = []
        counts: list[NDArray[np.int32]] = []
        for row, text in enumerate(texts):
            found = Counter(words(text))
            lengths[row] = found.total()
            keys.append(np.array([self._numbers.setdefault(word, len(self._numbers)) for word in found], np.int64))
            counts.append(np.fromiter(found.values(), np.int32, len(found)))
        terms = np.concatenate(keys) if keys else np.zeros(0, np.int64)
        order = np.argsort(terms, kind="stable")  # rows rise within a word
        rows = np.repeat(np.arange(len(texts), dtype=np.int32), [len(key) for key in keys])
        self._rows = rows[order]
        self._counts = np.concatenate(counts)[order] if counts else np.zeros(0, np.int32)
        self._starts = np.searchsorted(terms[order], np.arange(len(self._numbers) + 1))
        # Texts of no words at all have no average to be compared with.
        self._lengths = lengths / max(float(lengths.mean()), 1e-9) if len(texts) else lengths.astype(np.float64)

    def scores(self, query: str, *, k1: float = K1, b: float = B) -> NDArray[np.float64]:
        """Score all texts.

        Args:
            query: its words are looked for; one that is said twice counts twice.
            k1: how soon repeating a word stops to count, 0 or more.
            b: how much long texts are held back, from 0 to 1.

        Returns:
            float64, shape (n,): above 0 where a word of the query occurs, else 0.
        """
        total = np.zeros(len(self._lengths))
        for word, times in Counter(words(query)).items():
            number = self._numbers.get(word)
            if number is None:
                continue
            found = slice(self._starts[number], self._starts[number + 1])
            rows, counts = self._rows[found], self._counts[found]
            rarity = np.log1p((len(total) - len(rows) + 0.5) / (len(rows) + 0.5))
            total[rows] += times * rarity * counts * (k1 + 1) / (counts + k1 * (1 - b + b * self._lengths[rows]))
        return total
