"""One moment of a lexical index, and what can be read from it without a lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.lexical.delta import DeltaView
from ml.lexical.documents import FIELDS, HEAD_FIELDS
from ml.lexical.segment import COUNT_MASK, FIELD_SHIFT, Codes, Ints, Segment

FIELD_COUNT: Final = len(FIELDS)
SKU_CODE: Final = "="
"""Starts the term of a whole SKU; no word starts with it."""
MODEL_CODE: Final = "#"
"""Starts the term of a word in a title that looks like a model number."""


@dataclass(frozen=True, slots=True)
class View:
    """Immutable, as far as its own rows go: arrays may hold newer rows past what it knows as live."""

    segments: tuple[Segment, ...]
    delta: DeltaView
    live: NDArray[np.bool_]
    """bool, shape (capacity,)."""
    lengths: NDArray[np.uint16]
    """uint16, shape (capacity, fields): terms in each field of a row."""
    live_count: int
    length_sums: tuple[int, ...]
    """Terms in each field of all live rows."""
    has_retired: bool
    """Whether any entry may belong to a retired row."""

    def entries(self, term: int) -> tuple[Ints, Codes]:
        """Return rows and codes of a term's live entries; those of one row are neighbours, ordered by field."""
        parts = [segment.entries(term) for segment in self.segments]
        parts.append(self.delta.entries(term))
        parts = [part for part in parts if len(part[0])] or parts[-1:]
        rows, codes = parts[0]
        if len(parts) > 1:
            rows = np.concatenate([part[0] for part in parts])
            codes = np.concatenate([part[1] for part in parts])
        if self.has_retired and len(rows):
            alive = self.live[rows]
            rows, codes = rows[alive], codes[alive]
        return rows, codes

    def rows(self, term: int, *, head: bool = False) -> Ints:
        """Return the live rows that have a term, in no particular order; in title, brand or category if so asked."""
        everywhere, in_head = self.rows_and_head(term)
        return in_head if head else everywhere

    def rows_and_head(self, term: int) -> tuple[Ints, Ints]:
        """Return the live rows that have a term, and those that have it in title, brand or category."""
        rows, codes = self.entries(term)
        in_head = rows[codes < HEAD_FIELDS << FIELD_SHIFT]
        return rows[_firsts(rows)], in_head[_firsts(in_head)]

    def words_of(self, row: int) -> Ints:
        """Return the distinct words of a row in a segment; empty when the row is in none."""
        for segment in self.segments:
            found = segment.words_of(row)
            if found is not None:
                return found
        return np.zeros(0, np.int32)

    def average_lengths(self) -> NDArray[np.float64]:
        """Return the mean number of terms per field of live rows, 1 where none are: float64, shape (fields,)."""
        sums = np.array(self.length_sums, np.float64)
        return np.where(sums > 0, sums / max(self.live_count, 1), 1.0)


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """Weights of the fields, with lengths normalised by a view's averages."""

    weight: NDArray[np.float64]
    constant: NDArray[np.float64]
    per_term: NDArray[np.float64]

    @classmethod
    def of(cls, view: View, weight: NDArray[np.float64], b: NDArray[np.float64]) -> FieldWeights:
        """Prepare weights and b, both float64, shape (fields,)."""
        return cls(weight, 1.0 - b, b / view.average_lengths())

    def frequencies(self, view: View, term: int) -> tuple[Ints, NDArray[np.float64]]:
        """Return the rows that have a term, and its weighted, length-normalised frequency in each.

        A row's value depends on its own texts and on the averages alone, and its fields are added in their order, so
        it has the same bits wherever the row lies.
        """
        rows, codes = view.entries(term)
        if not len(rows):
            return rows, np.zeros(0, np.float64)
        fields = codes >> FIELD_SHIFT
        lengths = view.lengths.ravel()[rows.astype(np.int64) * FIELD_COUNT + fields]
        parts = self.weight[fields] * (codes & COUNT_MASK) / (self.constant[fields] + self.per_term[fields] * lengths)
        first = _firsts(rows)
        if len(first) == len(rows):
            return rows, parts
        return rows[first], np.add.reduceat(parts, first)


def _firsts(rows: Ints) -> NDArray[np.int64]:
    """Return where each run of equal rows starts."""
    if not len(rows):
        return np.zeros(0, np.int64)
    first = np.empty(len(rows), np.bool_)
    first[0] = True
    np.not_equal(rows[1:], rows[:-1], out=first[1:])
    return np.flatnonzero(first)
