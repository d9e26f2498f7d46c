"""The newest rows of a lexical index: entries in the order of writing, searched by scanning them all."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ml.lexical.segment import Codes, Ints, Segment, freeze

DELTA_ENTRIES = 16_384
"""At this size a scan takes as long as a look-up in a few segments; then a segment is made of it."""


@dataclass(slots=True)
class Delta:
    """A buffer that is only appended to: whoever noted its size may go on reading up to there without a lock."""

    terms: Ints = field(default_factory=lambda: np.empty(2 * DELTA_ENTRIES, np.int32))
    rows: Ints = field(default_factory=lambda: np.empty(2 * DELTA_ENTRIES, np.int32))
    codes: Codes = field(default_factory=lambda: np.empty(2 * DELTA_ENTRIES, np.uint16))
    size: int = 0
    words: dict[int, Ints] = field(default_factory=dict)
    """Distinct words of each row."""

    def append(self, row: int, terms: Ints, codes: Codes, words: Ints) -> None:
        """Add one row.

        Args:
            row: its number.
            terms: int32, shape (n,), ascending.
            codes: uint16, shape (n,), ascending among equal terms.
            words: int32, distinct.
        """
        end = self.size + len(terms)
        if end > len(self.terms):
            self._grow(end)
        self.terms[self.size : end] = terms
        self.rows[self.size : end] = row
        self.codes[self.size : end] = codes
        self.words[row] = words
        self.size = end

    def _grow(self, needed: int) -> None:
        """Move to larger arrays; readers keep the old ones, whose entries stay right."""
        room = max(needed, 2 * len(self.terms))
        for name in ("terms", "rows", "codes"):
            old = getattr(self, name)
            larger = np.empty(room, old.dtype)
            larger[: self.size] = old[: self.size]
            setattr(self, name, larger)

    def frozen(self) -> Segment:
        """Return a segment with the same rows."""
        return freeze(self.terms[: self.size], self.rows[: self.size], self.codes[: self.size], self.words)


@dataclass(frozen=True, slots=True)
class DeltaView:
    """What a delta held at some moment."""

    terms: Ints
    rows: Ints
    codes: Codes

    @classmethod
    def of(cls, delta: Delta) -> DeltaView:
        """Note what is there now."""
        return cls(delta.terms[: delta.size], delta.rows[: delta.size], delta.codes[: delta.size])

    def entries(self, term: int) -> tuple[Ints, Codes]:
        """Return rows and codes of a term."""
        at = np.flatnonzero(self.terms == term)
        return self.rows[at], self.codes[at]
