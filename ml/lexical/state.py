"""All that a lexical index knows at one moment, ready to be written or taken up again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.lexical.names import NameTable
from ml.lexical.segment import Ints, Segment, offsets, runs
from ml.lexical.view import FIELD_COUNT


@dataclass(frozen=True, slots=True)
class State:
    """One segment without retired rows, and what its numbers mean."""

    words: NameTable
    """Every word that occurs, by number."""
    terms: NameTable
    """Every term and code that occurs, by number."""
    term_of_word: Ints
    """int32, shape (words,)."""
    segment: Segment
    lengths: NDArray[np.uint16]
    """uint16, shape (rows, fields): terms in each field; 0 for rows that aren't live."""
    used: NDArray[np.bool_]
    """bool, shape (rows,): rows that may not be given to another product."""

    def check(self) -> None:
        """Refuse numbers that point nowhere.

        Raises:
            ValueError: the parts don't fit each other.
        """
        segment = self.segment
        row_count = len(self.used)
        fits = (
            self.lengths.shape == (row_count, FIELD_COUNT)
            and len(self.term_of_word) == len(self.words)
            and _within(self.term_of_word, len(self.terms))
            and _within(segment.terms, len(self.terms))
            and _within(segment.rows, row_count)
            and _within(segment.row_numbers, row_count)
            and _within(segment.row_words, 2 * len(self.words))
            and len(segment.rows) == len(segment.codes)
            and _cuts(segment.starts, len(segment.terms), len(segment.rows))
            and _cuts(segment.row_starts, len(segment.row_numbers), len(segment.row_words))
        )
        if not fits:
            raise ValueError("the parts of a lexical index don't fit each other")

    def renumbered(self, order: NDArray[np.int64]) -> State:
        """Return the same with other row numbers.

        Args:
            order: int64, shape (n,): all live rows; ``order[i]`` becomes row ``i``.

        Raises:
            ValueError: these aren't exactly the live rows.
        """
        segment = self.segment
        if not np.array_equal(np.sort(order), segment.row_numbers):
            raise ValueError(f"{len(order)} rows were given an order, live are {len(segment.row_numbers)} others")
        new = np.zeros(len(self.used), np.int32)
        new[order] = np.arange(len(order), dtype=np.int32)
        place = np.searchsorted(segment.row_numbers, order)
        counts = np.diff(segment.row_starts)[place]
        moved = Segment(
            terms=segment.terms,
            starts=segment.starts,
            rows=new[segment.rows],
            codes=segment.codes,
            row_numbers=np.arange(len(order), dtype=np.int32),
            row_starts=offsets(counts),
            row_words=segment.row_words[runs(segment.row_starts[:-1][place], counts)],
        )
        return State(
            self.words, self.terms, self.term_of_word, moved, self.lengths[order], np.ones(len(order), np.bool_)
        )


def compacted(
    words: list[str], terms: list[str], term_of_word: Ints, segment: Segment
) -> tuple[list[str], list[str], Ints, Segment]:
    """Return words, terms, the terms of words and the segment without what no row has any more."""
    counts = np.bincount(segment.row_words >> 1, minlength=len(words))
    kept_words = np.flatnonzero(counts)
    new_word = np.zeros(len(words), np.int32)
    new_word[kept_words] = np.arange(len(kept_words))
    new_term = np.zeros(len(terms), np.int32)
    new_term[segment.terms] = np.arange(len(segment.terms))
    renamed = Segment(
        terms=np.arange(len(segment.terms), dtype=np.int32),
        starts=segment.starts,
        rows=segment.rows,
        codes=segment.codes,
        row_numbers=segment.row_numbers,
        row_starts=segment.row_starts,
        row_words=(new_word[segment.row_words >> 1] << 1) | (segment.row_words & 1),
    )
    return (
        [words[number] for number in kept_words.tolist()],
        [terms[number] for number in segment.terms.tolist()],
        new_term[term_of_word[kept_words]],
        renamed,
    )


def _within(numbers: Ints, limit: int) -> bool:
    return not len(numbers) or (int(numbers.min()) >= 0 and int(numbers.max()) < limit)


def _cuts(starts: NDArray[np.int64], runs_wanted: int, total: int) -> bool:
    """Tell whether offsets cut an array of some length into so many runs."""
    return (
        len(starts) == runs_wanted + 1
        and int(starts[0]) == 0
        and int(starts[-1]) == total
        and bool((np.diff(starts) >= 0).all())
    )
