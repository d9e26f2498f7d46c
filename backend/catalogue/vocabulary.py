"""Numbers for the texts of a field: what the columns store and facets count."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.fields import CATEGORY_SEPARATOR, MAX_CATEGORY_DEPTH

NO_CODE = 0
Codes = NDArray[np.int32]


class Vocabulary:
    """Numbers the spellings of one field from 1 on; spellings that differ in case only have one value number.

    One writer, any number of readers: a number is handed out once everything about it is in place.
    """

    __slots__ = ("_codes", "_count", "_folded", "_folds", "_spellings", "_values")

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._spellings: list[str] = [""]
        self._values: dict[str, int] = {}
        self._folded: list[str] = [""]
        self._folds = np.zeros(4, np.int32)
        self._count = 1

    @property
    def folds(self) -> Codes:
        """The value number of each spelling: int32, shape (codes,); that of NO_CODE is 0."""
        count = self._count  # read first: everything below it is complete
        return self._folds[:count]

    @property
    def spellings(self) -> list[str]:
        """The text of each number from 1 on: what `learn` makes an equal vocabulary from."""
        return self._spellings[1 : self._count]

    def learn(self, spellings: Iterable[str]) -> None:
        """Number spellings in their order."""
        for spelling in spellings:
            self.code(spelling)

    def code(self, spelling: str | None) -> int:
        """Return the number of a spelling, new or known; NO_CODE for None."""
        if spelling is None:
            return NO_CODE
        code = self._codes.get(spelling)
        return self._add(spelling) if code is None else code

    def spelling(self, code: int) -> str:
        """Return the text of a number."""
        return self._spellings[code]

    def value_of(self, text: str) -> int:
        """Return the value number of a text in any case; 0 when there's none."""
        return self._values.get(text.casefold(), 0)

    def folded(self, number: int) -> str:
        """Return the text of a value number in the case that comparing uses."""
        return self._folded[number]

    def table(self, texts: Iterable[str]) -> NDArray[np.bool_]:
        """Return which spellings are one of some texts in any case: bool, shape (codes + 1,).

        The last entry is False: a row written after this was made may hold a later number, which is clipped to it.
        """
        return self._table({number for text in texts if (number := self.value_of(text))}, self.folds)

    @staticmethod
    def _table(numbers: set[int], folds: Codes) -> NDArray[np.bool_]:
        table = np.zeros(len(folds) + 1, np.bool_)
        if numbers:
            wanted = np.zeros(max(*numbers, int(folds.max(initial=0))) + 1, np.bool_)
            wanted[list(numbers)] = True
            table[:-1] = wanted[folds]
        return table

    def _add(self, spelling: str) -> int:
        code = self._count
        if code == len(self._folds):
            self._folds = np.concatenate([self._folds, np.zeros(code, np.int32)])
        folded = spelling.casefold()
        number = self._values.get(folded)
        if number is None:
            number = len(self._folded)
            key = spelling if folded == spelling else folded  # one object is enough
            self._folded.append(key)
            self._values[key] = number
        self._folds[code] = number
        self._spellings.append(spelling)
        self._codes[spelling] = code
        self._count = code + 1
        return code


class CategoryVocabulary(Vocabulary):
    """Numbers category paths and every path above them, so that a level of the tree is one look-up."""

    __slots__ = ("_levels",)

    def __init__(self) -> None:
        super().__init__()
        self._levels = np.zeros((4, MAX_CATEGORY_DEPTH), np.int32)

    def code(self, spelling: str | None) -> int:
        """Return the number of a path, new or known; the paths above it get theirs first."""
        if spelling is None:
            return NO_CODE
        known = self._codes.get(spelling)
        if known is not None:
            return known
        above = spelling.rpartition(CATEGORY_SEPARATOR)[0]
        parent = self.code(above) if above else NO_CODE
        code = self._count
        levels = self._levels
        if code == len(levels):
            levels = np.concatenate([levels, np.zeros_like(levels)])
        depth = spelling.count(CATEGORY_SEPARATOR)
        levels[code] = levels[parent]
        if depth < MAX_CATEGORY_DEPTH:
            levels[code, depth] = code
        self._levels = levels
        return self._add(spelling)

    @property
    def levels(self) -> Codes:
        """The path at each level of each path: int32, shape (codes, 10), 0 below its end."""
        count = self._count
        return self._levels[:count]

    def table(self, texts: Iterable[str]) -> NDArray[np.bool_]:
        """Return which paths are one of some paths, or below one: bool, shape (codes + 1,)."""
        levels, folds = self.levels, self.folds
        levels = levels[: len(folds)]
        table = np.zeros(len(folds) + 1, np.bool_)
        for text in texts:
            number, depth = self.value_of(text), text.count(CATEGORY_SEPARATOR)
            if number and depth < MAX_CATEGORY_DEPTH:
                table[:-1] |= folds[np.minimum(levels[:, depth], len(folds) - 1)] == number
        return table
