"""The words of a catalogue: what they're called, and how many live products have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from ml.lexical.names import Names
from ml.lexical.phrases import PHRASE
from ml.lexical.segment import Ints, shared
from ml.lexical.state import State
from ml.lexical.view import View

ELSEWHERE = 0.02
"""What a word in a description or attribute counts beside one in the title, where it says what the product is."""


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
    Words that no live product has any more keep their number and count 0. Phrases for suggestions are kept as words
    that start with `PHRASE`.
    """

    def __init__(self, stem: Callable[[str], str], view: Callable[[], View]) -> None:
        """Start empty.

        Args:
            stem: the term of a word.
            view: the index as it is now.
        """
        self._stem, self.view = stem, view
        self.terms, self.words = Names(), Names()
        self.term_of_word = Counts()
        self.word_counts, self.head_counts, self.term_counts = Counts(), Counts(), Counts()

    def word_count(self, word: str) -> int:
        """Return how many live products have a word, spelled like this."""
        number = self.words.get(word)
        return 0 if number is None else int(self.word_counts.values[number])

    def term_count(self, term: str) -> int:
        """Return how many live products have a term."""
        number = self.terms.get(term)
        return 0 if number is None else int(self.term_counts.values[number])

    def head_count(self, word: str) -> int:
        """Return how many live products have a word in their title, brand or category."""
        number = self.words.get(word)
        return 0 if number is None else int(self.head_counts.values[number])

    def prominence(self, word: str) -> float:
        """Return how many live products a word names: in title, brand or category fully, elsewhere for a part."""
        return self.head_count(word) + ELSEWHERE * self.word_count(word)

    def term_of(self, word: str) -> str:
        """Return the term of a word, known or not."""
        return self._stem(word)

    def rows(self, term: str, *, head: bool = False) -> Ints:
        """Return the live rows that have a term, in no particular order; in title, brand or category if so asked."""
        number = self.terms.get(term)
        return np.zeros(0, np.int32) if number is None else self.view().rows(number, head=head)

    def rows_with_all(self, terms: Iterable[str], *, head: bool = False, view: View | None = None) -> Ints:
        """Return the live rows that have every one of some terms; in title, brand or category if so asked."""
        view = view or self.view()
        found: Ints | None = None
        for term in sorted(set(terms), key=self.term_count):
            number = self.terms.get(term)
            rows = np.zeros(0, np.int32) if number is None else view.rows(number, head=head)
            found = rows if found is None else shared(found, rows)
            if not len(found):
                break
        return np.zeros(0, np.int32) if found is None else found

    @property
    def live_count(self) -> int:
        """How many live products there are."""
        return self.view().live_count

    def intern_word(self, word: str) -> int:
        """Return the number of a word, new or known, and give its term one. For the writer alone."""
        number = self.words.get(word)
        if number is None:
            number = len(self.words)
            self.word_counts.reserve(number + 1)
            self.head_counts.reserve(number + 1)
            self.term_of_word.reserve(number + 1)
            self.term_of_word.values[number] = self.intern_term(word if word.startswith(PHRASE) else self._stem(word))
            self.words.add(word)
        return number

    def intern_term(self, term: str) -> int:
        """Return the number of a term, new or known. For the writer alone."""
        number = self.terms.get(term)
        if number is None:
            number = len(self.terms)
            self.term_counts.reserve(number + 1)
            self.terms.add(term)
        return number

    def restore(self, state: State) -> None:
        """Take the words and counts of a saved index into an empty vocabulary. For the writer alone."""
        segment = state.segment
        self.words, self.terms = Names(state.words), Names(state.terms)
        self.term_of_word = Counts(np.array(state.term_of_word))
        numbers = segment.row_words >> 1
        self.word_counts = Counts(np.bincount(numbers, minlength=len(self.words)).astype(np.int32))
        in_head = numbers[segment.row_words & 1 == 1]
        self.head_counts = Counts(np.bincount(in_head, minlength=len(self.words)).astype(np.int32))
        # The entries of one row and term are neighbours: count where another row or term starts.
        starts = np.concatenate([[True], segment.rows[1:] != segment.rows[:-1]])[: len(segment.rows)]
        starts[segment.starts[:-1]] = True
        per_term = np.diff(np.concatenate([[0], np.cumsum(starts)])[segment.starts])
        counts = np.zeros(len(self.terms), np.int32)
        counts[segment.terms] = per_term
        of_words = np.zeros(len(self.terms), np.bool_)
        of_words[state.term_of_word] = True
        self.term_counts = Counts(np.where(of_words, counts, 0).astype(np.int32))

    def count(self, words: Ints, change: int) -> None:
        """Add a row's words to the counts (+1) or take them away (-1). For the writer alone.

        Args:
            words: int32, distinct words: twice the number, plus 1 if it stands in the title, brand or category.
            change: 1 or -1.
        """
        numbers = words >> 1
        self.word_counts.values[numbers] += change
        self.head_counts.values[numbers] += change * (words & 1)
        self.term_counts.values[np.unique(self.term_of_word.values[numbers])] += change
