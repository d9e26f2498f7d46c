"""The attributes by which products of one kind differ, one number each, as taste compares them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.attributes import Attribute, Attributes
from backend.catalogue.columns import Columns
from backend.catalogue.documents import GROUP
from backend.catalogue.row_filter import ATTRIBUTE_PREFIX
from backend.catalogue.vocabulary import Vocabulary
from backend.recount import Recount
from ml.profile.affinity import NO_VALUE, BaseRates, Described

PRICE = "price"
FIELDS = ("brand", "colour", "size")
MOST = 16  # further attributes: those that most products have
LIKE_A_NAME = 0.5  # distinct values per product from which an attribute names products instead of describing them
PRIOR_PRICES = 5.0  # products by whose spread of prices a small category's own is smoothed
LEAST_SPREAD = 0.05  # of log prices: 5% dearer is no other level
FARTHEST = 2.0  # standard deviations: what costs more still is of the highest level


@dataclass(frozen=True, slots=True)
class Traits:
    """The attributes of a catalogue at one moment. Immutable.

    Attributes:
        names: of attributes as facets call them, and `PRICE`.
        values: int32, shape (rows, attributes), see `Described`; a product with several values of one has none.
        levels: float32, shape (rows,), see `Described`.
        base: of the products that can be found.
        labels: by attribute the number that its values' come behind, and the text of one.
    """

    names: tuple[str, ...]
    values: NDArray[np.int32]
    levels: NDArray[np.float32]
    base: BaseRates
    labels: tuple[tuple[int, Callable[[int], str]], ...]

    @classmethod
    def none(cls) -> Traits:
        """Return those of a catalogue that hasn't been counted."""
        return cls.of(Columns())

    @classmethod
    def of(cls, columns: Columns) -> Traits:
        """Count the live rows of columns; a writer may be at work."""
        live, attributes = columns.arrays.live.copy(), columns.attributes
        rows, count = len(live), max(1, int(np.count_nonzero(live)))
        chosen = [(name, _Column.of_field(columns, name, rows)) for name in FIELDS]
        chosen += [(ATTRIBUTE_PREFIX + name, column) for name, column in _describing(attributes, rows)]
        values = np.zeros((rows, len(chosen)), np.int32)
        labels, before = [], 0
        for place, (_, column) in enumerate(chosen):
            values[:, place] = np.where(live & (column.numbers > 0), column.numbers + before, NO_VALUE)
            labels.append((before, column.label))
            before += int(column.numbers.max(initial=0))
        shares = np.bincount(values.ravel(), minlength=before + 1) / count
        shares[NO_VALUE] = 0.0
        levels = _levels(columns, live)
        bends = Described(values[:0], levels[live]).bends()
        typical = np.stack([bends.sum(axis=0), (bends**2).sum(axis=0)]) / count
        names = (*(name for name, _ in chosen), PRICE)
        return cls(names, values, levels.astype(np.float32), BaseRates(shares, typical), tuple(labels))

    def described(self, rows: NDArray[np.int64]) -> Described:
        """Return some products; one that wasn't there yet has no values."""
        known = rows < len(self.levels)
        if known.all():
            return Described(self.values.take(rows, axis=0), self.levels.take(rows).astype(np.float64))
        at = np.where(known, rows, 0)
        values = np.where(known[:, None], self.values[at], np.int32(NO_VALUE))
        return Described(values, np.where(known, self.levels[at].astype(np.float64), np.nan))

    def text(self, attribute: int, number: int) -> str | None:
        """Return a value in words, in the case that comparing uses; None for `NO_VALUE` and for prices."""
        if number == NO_VALUE or attribute >= len(self.labels):
            return None
        before, label = self.labels[attribute]
        return label(number - before)

    def named(self, number: int) -> tuple[str, str]:
        """Return the attribute that a value belongs to, and the value in words."""
        attribute = bisect_left(self.labels, number, key=itemgetter(0)) - 1
        before, label = self.labels[attribute]
        return self.names[attribute], label(number - before)


class CountedTraits:
    """The running catalogue's traits, as last counted: a new row has none yet, one changed in place what it had."""

    def __init__(self, columns: Columns, version: Callable[[], int]) -> None:
        """Prepare.

        Args:
            columns: of the catalogue.
            version: returns what they hold.
        """
        self._columns = columns
        self._version = version
        self._recount = Recount("traits", self._count)
        self.current = Traits.none()

    @property
    def counted(self) -> int:
        """The catalogue version that they were counted at."""
        return self._recount.counted

    def follow(self) -> None:
        """Count in the background if the catalogue has changed and the last count is some time ago."""
        self._recount.follow(self._version())

    def count(self) -> None:
        """Count now, in this thread."""
        self._recount.now()

    def _count(self) -> int:
        version = self._version()
        self.current = Traits.of(self._columns)
        return version


@dataclass(frozen=True, slots=True)
class _Column:
    """One attribute: a number from 1 for the value of each row, 0 for none or several, and the text of a number."""

    numbers: NDArray[np.int32]
    label: Callable[[int], str]

    @classmethod
    def of_field(cls, columns: Columns, name: str, rows: int) -> _Column:
        return cls(columns.values(name)[:rows], columns.vocabularies[name].folded)

    @classmethod
    def of_attribute(cls, attributes: Attributes, attribute: Attribute, rows: int) -> _Column:
        slots, codes = attribute.texts.view()
        folds = attribute.vocabulary.folds  # after the codes, so that each of them is in it
        flag_slots, flags = attribute.flags.view()
        texts = int(folds.max(initial=0))
        numbers = np.concatenate([folds[codes], texts + 1 + flags.astype(np.int32)])
        owners = attributes.rows(np.concatenate([slots, flag_slots])) - 1
        there = (owners >= 0) & (owners < rows)
        owners, numbers = owners[there], numbers[there]
        column = np.zeros(rows, np.int32)
        column[owners] = numbers
        column[np.bincount(owners, minlength=rows) > 1] = NO_VALUE
        return cls(column, _label(attribute.vocabulary, texts))


def _label(vocabulary: Vocabulary, texts: int) -> Callable[[int], str]:
    def label(number: int) -> str:
        return vocabulary.folded(number) if number <= texts else ("false", "true")[number - texts - 1]

    return label


def _describing(attributes: Attributes, rows: int) -> list[tuple[str, _Column]]:
    """Return the commonest attributes that several products share values of, by name."""
    found = []
    for name in attributes.names():
        attribute = attributes.get(name)
        if name == GROUP or attribute is None:
            continue
        column = _Column.of_attribute(attributes, attribute, rows)
        having = column.numbers[column.numbers > 0]
        if len(having) and len(np.unique(having)) < LIKE_A_NAME * len(having):
            found.append((-len(having), name, column))
            found = sorted(found, key=lambda one: one[:2])[:MOST]  # no more than that in memory at once
    return [(name, column) for _, name, column in sorted(found, key=lambda one: one[1])]


def _levels(columns: Columns, live: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return log prices in standard deviations from the mean of their category: float64, shape (rows,)."""
    prices = columns.arrays.price_cents[: len(live)].copy()  # writes change it in place meanwhile
    rows = np.flatnonzero(live & (prices > 0))
    levels = np.full(len(live), np.nan)
    logs, groups = np.log(prices[rows]), columns.values("category")[rows]
    counts = np.bincount(groups)
    means = np.bincount(groups, logs) / np.maximum(counts, 1)
    off = logs - means[groups]
    pooled = float(np.mean(off**2)) if len(rows) else 0.0
    variances = (np.bincount(groups, off**2) + PRIOR_PRICES * pooled) / (counts + PRIOR_PRICES)
    levels[rows] = np.clip(off / np.maximum(np.sqrt(variances), LEAST_SPREAD)[groups], -FARTHEST, FARTHEST)
    return levels
