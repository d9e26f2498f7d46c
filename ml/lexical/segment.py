"""The immutable parts that a lexical index is made of.

An entry says that a term stands in a field of a row: (term, row, code), where the code holds the field in its upper
three bits and the number of times below. A segment keeps its entries by term, and for each row which words it has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FIELD_SHIFT: Final = 13
FANOUT: Final = 4  # so many segments of a size are merged into one
COUNT_MASK: Final = (1 << FIELD_SHIFT) - 1  # more repeats than 8,191 aren't told apart

Ints = NDArray[np.int32]
Codes = NDArray[np.uint16]
Offsets = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Segment:
    """Some rows, never changed. Which of them are live is known outside."""

    terms: Ints
    """int32, shape (t,), ascending: the terms that occur."""
    starts: Offsets
    """int64, shape (t + 1,): the entries of ``terms[i]`` are ``starts[i]:starts[i + 1]``."""
    rows: Ints
    """int32, shape (e,): entries of one row and term are neighbours, in the order of fields."""
    codes: Codes
    """uint16, shape (e,)."""
    row_numbers: Ints
    """int32, shape (r,), ascending."""
    row_starts: Offsets
    """int64, shape (r + 1,): the words of ``row_numbers[i]`` are ``row_starts[i]:row_starts[i + 1]``."""
    row_words: Ints
    """int32, shape (w,): the distinct words of each row, ascending within it, as `Vocabulary.count` takes them."""

    @property
    def entry_count(self) -> int:
        """How many entries it has: its size for the purpose of merging."""
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its arrays take."""
        return sum(getattr(self, name).nbytes for name in self.__dataclass_fields__)

    def entries(self, term: int) -> tuple[Ints, Codes]:
        """Return rows and codes of a term; empty if it doesn't occur."""
        at = int(self.terms.searchsorted(np.int32(term)))  # another type would convert the array
        if at == len(self.terms) or self.terms[at] != term:
            return self.rows[:0], self.codes[:0]
        start, end = self.starts[at], self.starts[at + 1]
        return self.rows[start:end], self.codes[start:end]

    def words_of(self, row: int) -> Ints | None:
        """Return the distinct words of a row, or None when the row isn't here."""
        at = int(self.row_numbers.searchsorted(np.int32(row)))
        if at == len(self.row_numbers) or self.row_numbers[at] != row:
            return None
        return self.row_words[self.row_starts[at] : self.row_starts[at + 1]]


def shared(one: Ints, other: Ints) -> Ints:
    """Return the numbers that are in both of two arrays of distinct ones: int32, in the order of the shorter one."""
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    if not len(fewer):
        return fewer
    return fewer[_marked(more, max(int(fewer.max()), int(more.max())) + 1)[fewer]]


def shared_count(one: Ints, other: Ints, capacity: int) -> int:
    """Return how many numbers below `capacity` are in both of two arrays of distinct ones."""
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    return int(np.count_nonzero(_marked(more, capacity)[fewer])) if len(fewer) else 0


def _marked(numbers: Ints, capacity: int) -> NDArray[np.bool_]:
    marked = np.zeros(capacity, np.bool_)
    marked[numbers] = True
    return marked


def offsets(counts: NDArray[np.int64]) -> Offsets:
    """Return where runs of these lengths start, and where the last one ends: int64, shape (n + 1,)."""
    found = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=found[1:])
    return found


def freeze(terms: Ints, rows: Ints, codes: Codes, words: dict[int, Ints]) -> Segment:
    """Make a segment of entries in the order in which rows were written.

    Args:
        terms: int32, shape (e,).
        rows: int32, shape (e,).
        codes: uint16, shape (e,), ascending among the entries of one row and term.
        words: the distinct words of every row.
    """
    order = np.argsort(terms, kind="stable")
    ordered = terms[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    numbers = np.array(sorted(words), np.int32)
    lists = [words[int(row)] for row in numbers]
    return Segment(
        terms=ordered[first],
        starts=np.append(first, len(ordered)).astype(np.int64),
        rows=rows[order],
        codes=codes[order],
        row_numbers=numbers,
        row_starts=offsets(np.array([len(item) for item in lists], np.int64)),
        row_words=np.concatenate(lists) if lists else np.zeros(0, np.int32),
    )


def merge(segments: Sequence[Segment], live: NDArray[np.bool_]) -> Segment:
    """Join segments into one and leave out rows that aren't live.

    Entries are copied to where they belong without sorting them, so that a large merge takes seconds, not minutes.

    Args:
        segments: at least one, with disjoint rows.
        live: bool, covering every row in them.
    """
    kept = [_living(segment, live) for segment in segments]
    terms = np.unique(np.concatenate([part.terms for part in kept]))
    counts = np.zeros(len(terms), np.int64)
    places = [np.searchsorted(terms, part.terms) for part in kept]
    for part, place in zip(kept, places, strict=True):
        counts[place] += np.diff(part.starts)
    starts = offsets(counts)
    rows, codes = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.uint16)
    free = starts[:-1].copy()
    for part, place in zip(kept, places, strict=True):
        sizes = np.diff(part.starts)
        targets = runs(free[place], sizes)
        rows[targets], codes[targets] = part.rows, part.codes
        free[place] += sizes
    numbers = np.concatenate([part.row_numbers for part in kept])
    order = np.argsort(numbers)
    word_counts = np.concatenate([np.diff(part.row_starts) for part in kept])
    begins = offsets(word_counts)[:-1]
    words = np.concatenate([part.row_words for part in kept])
    return Segment(
        terms=terms,
        starts=starts,
        rows=rows,
        codes=codes,
        row_numbers=numbers[order],
        row_starts=offsets(word_counts[order]),
        row_words=words[runs(begins[order], word_counts[order])],
    )


def runs(begins: Offsets, lengths: Offsets) -> Offsets:
    """Return the numbers of several runs one after the other: int64, shape (sum of lengths,)."""
    ends = np.cumsum(lengths)
    return np.repeat(begins - ends + lengths, lengths) + np.arange(ends[-1] if len(ends) else 0)


def _living(segment: Segment, live: NDArray[np.bool_]) -> Segment:
    """Return a segment without the rows that aren't live."""
    alive = live[segment.row_numbers]
    if alive.all():
        return segment
    keep = live[segment.rows]
    before = offsets(keep.astype(np.int64))  # entries kept before each one
    counts = np.diff(before[segment.starts])
    occurs = counts > 0
    row_counts = np.diff(segment.row_starts)
    return Segment(
        terms=segment.terms[occurs],
        starts=offsets(counts[occurs]),
        rows=segment.rows[keep],
        codes=segment.codes[keep],
        row_numbers=segment.row_numbers[alive],
        row_starts=offsets(row_counts[alive]),
        row_words=segment.row_words[np.repeat(alive, row_counts)],
    )


def due(segments: Sequence[Segment], live: NDArray[np.bool_] | None) -> tuple[Segment, ...]:
    """Return segments that should be merged: as many of one size as `FANOUT`, or one that's mostly retired rows.

    Args:
        segments: all there are.
        live: bool, which rows are live; None when all are.
    """
    levels: dict[int, list[Segment]] = {}
    for segment in segments:
        if live is not None and 2 * np.count_nonzero(live[segment.row_numbers]) < len(segment.row_numbers):
            return (segment,)
        levels.setdefault(int(math.log(max(segment.entry_count, 1), FANOUT)), []).append(segment)
    full = [group for _, group in sorted(levels.items()) if len(group) >= FANOUT]
    return tuple(full[0]) if full else ()
