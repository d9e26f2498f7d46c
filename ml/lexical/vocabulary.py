"""The words of a catalogue: what they're called, and how many live products have them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from ml.lexical.segment import Ints
from ml.lexical.view import View


class Counts:
    """A growing array of counts, written by one thread and read by any."""

    def __init__(self, values: Ints | None = None) -> None:
        self.values = np.zeros(1024, np.int32) if values is None else values

    def reserve(self, size: int) -> None:
        """Make room for numbers below `size`."""
        if size > len(self.values):
            larger = np.zeros(max(size, 2 * len(self.values)), np.int32)
            larger[: len(self.values)] = self.values
            self.values = larger


class Vocabulary:
    """Numbers words and terms, and counts the live products that have each.

    A word is a surface as people write it, folded; a term is its stem. Counts are exact when a write has returned.
    Words that no live product has any more keep their number and count 0.
    """

    def __init__(self, stem: Callable[[str], str], view: Callable[[], View]) -> None:
        """Start empty.

        Args:
            stem: the term of a word.
            view: the index as it is now.
        """
        self._stem, self._view = stem, view
        self.terms: dict[str, int] = {}
        self.words: dict[str, int] = {}
        self.term_of_word = Counts()
        self.word_counts, self.term_counts = Counts(), Counts()
        self._sorted: list[str] = []
        self._sorted_size = 0

    def word_count(self, word: str) -> int:
        """Return how many live products have a word, spelled like this."""
        number = self.words.get(word)
        return 0 if number is None else int(self.word_counts.values[number])

    def term_count(self, term: str) -> int:
        """Return how many live products have a term."""
        number = self.terms.get(term)
        return 0 if number is None else int(self.term_counts.values[number])

    def term_of(self, word: str) -> str:
        """Return the term of a word, known or not."""
        return self._stem(word)

    def rows(self, term: str) -> Ints:
        """Return the live rows that have a term, in no particular order."""
        number = self.terms.get(term)
        return np.zeros(0, np.int32) if number is None else self._view().rows(number)

    def rows_with_all(self, terms: Iterable[str]) -> Ints:
        """Return the live rows that have every one of some terms."""
        found: Ints | None = None
        for term in sorted(set(terms), key=self.term_count):
            rows = self.rows(term)
            found = rows if found is None else np.intersect1d(found, rows, assume_unique=True)
            if not len(found):
                break
        return np.zeros(0, np.int32) if found is None else found

    @property
    def live_count(self) -> int:
        """How many live products there are."""
        return self._view().live_count

    def sorted_words(self) -> list[str]:
        """Return every word ever seen in alphabetical order; the list is never changed."""
        if self._sorted_size != len(self.words):
            words = list(self.words)
            self._sorted, self._sorted_size = sorted(words), len(words)
        return self._sorted

    def with_prefix(self, prefix: str) -> list[str]:
        """Return the words that start with a prefix, in alphabetical order, also those that count 0."""
        words = self.sorted_words()
        return words[bisect_left(words, prefix) : bisect_left(words, prefix + "\U0010ffff")]

    def intern_word(self, word: str) -> int:
        """Return the number of a word, new or known, and give its term one. For the writer alone."""
        number = self.words.get(word)
        if number is None:
            number = len(self.words)
            self.word_counts.reserve(number + 1)
            self.term_of_word.reserve(number + 1)
            self.term_of_word.values[number] = self.intern_term(self._stem(word))
            self.words[word] = number
        return number

    def intern_term(self, term: str) -> int:
        """Return the number of a term, new or known. For the writer alone."""
        number = self.terms.get(term)
        if number is None:
            number = len(self.terms)
            self.term_counts.reserve(number + 1)
            self.terms[term] = number
        return number

    def count(self, words: Ints, change: int) -> None:
        """Add a row's distinct words to the counts (+1) or take them away (-1). For the writer alone."""
        self.word_counts.values[words] += change
        self.term_counts.values[np.unique(self.term_of_word.values[words])] += change


def counts_of(vocabulary: Vocabulary, words: list[str]) -> NDArray[np.int64]:
    """Return how many live products have each of some known words: int64, shape (n,)."""
    numbers = np.fromiter((vocabulary.words[word] for word in words), np.int64, len(words))
    return vocabulary.word_counts.values[numbers].astype(np.int64)
