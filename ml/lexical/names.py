"""Words and terms by number: those that were saved are looked up in a mapped file, later ones in a dictionary.

A catalogue has many times as many phrases, codes and words with digits as others, and each is asked for rarely. In a
dictionary they take 150 bytes each in every process; in the file they take their own length, once for all processes.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.lexical.phrases import PHRASE
from ml.lexical.segment import Ints, Offsets, offsets
from ml.lexical.view import MODEL_CODE, SKU_CODE

_MARKS: Final = np.array([ord(mark) for mark in (PHRASE, SKU_CODE, MODEL_CODE)], np.uint8)
_RARE: Final = re.compile(f"[{PHRASE}{SKU_CODE}{MODEL_CODE}]|.*[0-9]", re.DOTALL)
_STEP: Final = 128  # of the ordered names, every so manieth is kept at hand to narrow a search down
_AFTER: Final = b"\xff"  # behind every continuation of UTF-8


class NameTable:
    """Names numbered from 0, never changed.

    Attributes:
        text: uint8, shape (bytes,): all names in UTF-8, one behind the other.
        ends: int64, shape (n + 1,): name i is ``text[ends[i]:ends[i + 1]]``.
        order: int32, shape (n,): the numbers in the order of their names.
    """

    def __init__(self, text: NDArray[np.uint8], ends: Offsets, order: Ints) -> None:
        """Take over the arrays.

        Raises:
            ValueError: they don't fit each other.
        """
        fits = (
            len(ends) == len(order) + 1
            and int(ends[0]) == 0
            and int(ends[-1]) == len(text)
            and bool((np.diff(ends) > 0).all())
            and (not len(order) or (int(order.min()) >= 0 and int(order.max()) < len(order)))
        )
        if not fits:
            raise ValueError("the parts of a table of names don't fit each other")
        self.text, self.ends, self.order = text, ends, order
        # Looked into one by one, for which an array takes several times as long.
        self._text, self._ends, self._order = text.data, ends.data, order.data
        self._guides = [self._bytes(number) for number in self._order[::_STEP]]

    @classmethod
    def of(cls, names: Sequence[str]) -> NameTable:
        """Make a table of different names, none of them empty."""
        encoded = [name.encode() for name in names]
        ends = offsets(np.array([len(name) for name in encoded], np.int64))
        order = np.array(sorted(range(len(encoded)), key=encoded.__getitem__), np.int32)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), ends, order)

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, number: int) -> str:
        return self._bytes(number).decode()

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def find(self, name: str) -> int | None:
        """Return the number of a name."""
        wanted = name.encode()
        place = self._place(wanted)
        if place == len(self) or self._bytes(self._order[place]) != wanted:
            return None
        return self._order[place]

    def starting(self, prefix: str) -> Ints:
        """Return the numbers of all names with a prefix, in the order of the names."""
        start = prefix.encode()
        return self.order[self._place(start) : self._place(start + _AFTER)]

    def any_starting(self, prefix: str) -> bool:
        """Tell whether a name has a prefix."""
        start = prefix.encode()
        place = self._place(start)
        return place < len(self) and self._bytes(self._order[place]).startswith(start)

    def common(self) -> NDArray[np.bool_]:
        """Return which names are neither phrases nor codes and have no digit: bool, shape (n,)."""
        if not len(self):
            return np.zeros(0, np.bool_)
        has_digit = np.logical_or.reduceat((self.text >= ord("0")) & (self.text <= ord("9")), self.ends[:-1])
        found: NDArray[np.bool_] = ~(has_digit | np.isin(self.text[self.ends[:-1]], _MARKS))
        return found

    def _bytes(self, number: int) -> bytes:
        return bytes(self._text[self._ends[number] : self._ends[number + 1]])

    def _place(self, wanted: bytes) -> int:
        """Return how many names come before this one."""
        guide = bisect_right(self._guides, wanted)
        low, high = max(0, guide - 1) * _STEP, min(guide * _STEP, len(self))
        return bisect_left(self._order, wanted, low, high, key=self._bytes)


class Names:
    """Names numbered in the order of their coming: one writer, any number of readers."""

    def __init__(self, table: NameTable | None = None) -> None:
        """Begin with a table, or without a name."""
        self.table = NameTable.of(()) if table is None else table
        common = np.flatnonzero(self.table.common()).tolist()
        self.at_hand: dict[str, int] = {self.table[number]: number for number in common}
        """By name: all but the rare ones of the table. Ascending, and only added to."""
        self.from_table = len(self.at_hand)
        """So many of them are in the table."""

    def __len__(self) -> int:
        return len(self.table) + len(self.at_hand) - self.from_table

    def __iter__(self) -> Iterator[str]:
        """Yield the names by number, those that there are by now."""
        yield from self.table
        yield from list(self.at_hand)[self.from_table :]

    def get(self, name: str) -> int | None:
        """Return the number of a name; None for an unknown one."""
        number = self.at_hand.get(name)
        if number is None and _RARE.match(name):
            return self.table.find(name)
        return number

    def rare(self) -> Iterator[tuple[str, int]]:
        """Yield the names of the table that aren't at hand, and their numbers, ascending."""
        return ((self.table[number], number) for number in np.flatnonzero(~self.table.common()).tolist())

    def add(self, name: str) -> int:
        """Give a new name the next number. For the writer alone."""
        number = len(self)
        self.at_hand[name] = number
        return number

    def texts(self, numbers: Iterable[int], added: Sequence[str]) -> list[str]:
        """Return the names with some numbers, given those that aren't of the table."""
        size = len(self.table)
        return [self.table[number] if number < size else added[number - size] for number in numbers]
