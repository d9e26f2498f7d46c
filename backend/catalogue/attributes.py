"""The further attributes of products in memory: for each name only the products that have it.

Shops have thousands of attribute names, and most products have some twenty: dense columns would mostly hold nothing.
So a name keeps (slot, value) pairs. A slot is one product's set of attributes; it is written once and never changed.
New attributes of a product are a new slot, and linking it to the row is what readers see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from backend.catalogue.vocabulary import NO_CODE, Codes, Vocabulary
from ml.types import RowMask

MAX_VALUE_LENGTH = 200  # a longer text is prose: it exists, and is neither compared nor counted
NEWEST = 256  # slots that are looked at first
MIN_WASTE = 4096  # unlinked slots, from which it is worth to look whether they are the most

Number = TypeVar("Number", np.int32, np.float64, np.bool_)


class Pairs(Generic[Number]):
    """A growing list of (slot, value); one writer, any number of readers."""

    __slots__ = ("_arrays", "_count")

    def __init__(self, slots: Codes, values: NDArray[Number]) -> None:
        self._arrays: tuple[Codes, NDArray[Number]] = (slots, values)
        self._count = len(slots)

    def append(self, slot: int, value: float) -> None:
        """Add one pair; slots only rise."""
        slots, values = self._arrays
        count = self._count
        if count == len(slots):
            room = max(4, count)
            slots = np.concatenate([slots, np.zeros(room, slots.dtype)])
            values = np.concatenate([values, np.zeros(room, values.dtype)])
            self._arrays = (slots, values)
        slots[count], values[count] = slot, value
        self._count = count + 1

    def view(self) -> tuple[Codes, NDArray[Number]]:
        """Return slots, rising, and values; both of shape (n,)."""
        count = self._count  # read first: everything below it is complete
        slots, values = self._arrays
        return slots[:count], values[:count]

    def of(self, slot: int) -> NDArray[Number]:
        """Return the values of one slot."""
        slots, values = self.view()
        return values[np.searchsorted(slots, slot, "left") : np.searchsorted(slots, slot, "right")]


def _pairs(dtype: type[Number]) -> Pairs[Number]:
    return Pairs(np.zeros(0, np.int32), np.zeros(0, dtype))


@dataclass(slots=True)
class Attribute:
    """The values of one name, by their type; lists are several pairs."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    texts: Pairs[np.int32] = field(default_factory=lambda: _pairs(np.int32))  # numbers of the vocabulary
    numbers: Pairs[np.float64] = field(default_factory=lambda: _pairs(np.float64))
    flags: Pairs[np.bool_] = field(default_factory=lambda: _pairs(np.bool_))

    def kinds(self) -> Iterator[Pairs[Any]]:
        """Yield texts, numbers and flags."""
        yield from (self.texts, self.numbers, self.flags)


@dataclass(frozen=True, slots=True)
class AttributeState:
    """All that `Attributes` know at one moment.

    Attributes:
        row_of: row + 1 of each slot, 0 when it isn't linked: int32, shape (slots,), the first of which nobody has.
        slot_of: slot of each row, 0 for none: int32, shape (rows,).
        digests: of each slot's attributes: int64, shape (slots,).
        by_name: what each name has.
    """

    row_of: Codes
    slot_of: Codes
    digests: NDArray[np.int64]
    by_name: dict[str, Attribute]


class Attributes:
    """Every attribute of every row.

    Args:
        declared: names that are kept; None keeps all.
    """

    def __init__(self, declared: frozenset[str] | None = None) -> None:
        self.declared = declared
        self._by_name: dict[str, Attribute] = {}
        self._row_of = np.zeros(1024, np.int32)  # row + 1 of each slot, 0 when it isn't linked
        self._slot_of = np.zeros(1024, np.int32)  # slot of each row, 0 for none
        self._digests = np.zeros(1024, np.int64)  # of each slot's attributes
        self._next_slot = 1
        self._linked = 0

    @classmethod
    def restored(cls, declared: frozenset[str] | None, state: AttributeState) -> Attributes:
        """Return attributes as they were; of what is given, arrays of pairs are shared and the others copied."""
        fresh = cls(declared)
        fresh._by_name = state.by_name
        fresh._row_of, fresh._slot_of = state.row_of.copy(), state.slot_of.copy()
        fresh._digests = state.digests.copy()
        fresh._next_slot = len(state.row_of)
        fresh._linked = int(np.count_nonzero(state.slot_of))
        return fresh

    def state(self) -> AttributeState:
        """Return all that is known, in arrays that go on being written to."""
        used = self._next_slot
        return AttributeState(self._row_of[:used], self._slot_of, self._digests[:used], self._by_name)

    def get(self, name: str) -> Attribute | None:
        """Return what is known of a name; a product that had it may be gone by now."""
        return self._by_name.get(name)

    def names(self) -> Iterator[str]:
        """Yield the names that some product has, sorted."""
        return (name for name in sorted(self._by_name) if any(self.in_use(name)))

    def in_use(self, name: str) -> tuple[bool, bool, bool]:
        """Return whether some product has a text, a number, a flag under this name."""
        attribute = self._by_name.get(name)
        if attribute is None:
            return False, False, False
        texts, numbers, flags = (self._any_linked(pairs.view()[0]) for pairs in attribute.kinds())
        return texts, numbers, flags

    def _any_linked(self, slots: Codes) -> bool:
        """Whether any slot belongs to a row; nearly always one of the newest does."""
        return bool(self.rows(slots[-NEWEST:]).any() or self.rows(slots[:-NEWEST]).any())

    def rows(self, slots: Codes) -> Codes:
        """Return row + 1 of each slot; 0 when its product has other attributes by now."""
        return self._row_of.take(slots, mode="clip")

    def slot(self, row: int) -> int:
        """Return the slot of a row; 0 when it has no attributes."""
        return int(self._slot_of[row]) if row < len(self._slot_of) else 0

    def put(self, row: int, values: Mapping[str, Any]) -> None:
        """Give a row its attributes, all at once; the same as before costs nothing."""
        if self.declared is not None:
            values = {name: value for name, value in values.items() if name in self.declared}
        old = self.slot(row)
        if not values:
            self._link(row, 0)
            return
        digest = _digest(values)
        if old and self._digests[old] == digest:
            return
        slot = self._next_slot
        if slot == len(self._digests):
            self._digests = np.concatenate([self._digests, np.zeros_like(self._digests)])
            self._row_of = np.concatenate([self._row_of, np.zeros_like(self._row_of)])
        self._digests[slot] = digest
        for name, value in values.items():
            if value is None:
                continue
            attribute = self._by_name.get(name)
            if attribute is None:
                attribute = self._by_name[name] = Attribute()
            if isinstance(value, list):
                for item in _distinct(value):
                    _add(attribute, slot, item)
            else:
                _add(attribute, slot, value)
        self._next_slot = slot + 1
        self._link(row, slot)

    def remove(self, row: int) -> None:
        """Forget the attributes of a row."""
        self._link(row, 0)

    def spread(self, slots: Codes, capacity: int) -> RowMask:
        """Return which rows have one of some slots: bool, shape (capacity,)."""
        mask = np.zeros(capacity + 2, np.bool_)  # one place before and one behind for what is no row of this size
        mask[np.minimum(self.rows(slots), capacity + 1)] = True
        return mask[1:-1]

    def among(self, slots: Codes, padded: RowMask) -> RowMask:
        """Return which slots belong to a row of a set: bool, shape (n,).

        Args:
            slots: of products.
            padded: the set, with a False before and behind it: bool, shape (rows + 2,).
        """
        chosen: RowMask = padded.take(self.rows(slots), mode="clip")
        return chosen

    def compacted(self) -> Attributes:
        """Return itself, or a copy without what no row holds any more once that is the most of it.

        Readers go on with the one they have.
        """
        used = self._next_slot - 1
        if used < MIN_WASTE or self._linked * 2 > used:
            return self
        linked = self._row_of[: self._next_slot] > 0
        renumbered = np.cumsum(linked, dtype=np.int32) * linked
        fresh = Attributes(self.declared)
        fresh._linked, fresh._next_slot = self._linked, self._linked + 1
        size = max(1024, 2 * fresh._next_slot)
        fresh._row_of, fresh._digests = np.zeros(size, np.int32), np.zeros(size, np.int64)
        fresh._row_of[1 : fresh._next_slot] = self._row_of[: self._next_slot][linked]
        fresh._digests[1 : fresh._next_slot] = self._digests[: self._next_slot][linked]
        fresh._slot_of = np.where(self._slot_of > 0, renumbered[self._slot_of], 0).astype(np.int32)
        for name, attribute in self._by_name.items():
            texts, numbers, flags = (_kept(pairs, linked, renumbered) for pairs in attribute.kinds())
            if texts.view()[0].size or numbers.view()[0].size or flags.view()[0].size:
                vocabulary = Vocabulary()
                slots, codes = texts.view()
                # Spellings that nobody uses any more go too.
                spelled = [vocabulary.code(attribute.vocabulary.spelling(code) if code else None) for code in codes]
                again = Pairs(slots, np.array(spelled, np.int32))
                fresh._by_name[name] = Attribute(vocabulary, again, numbers, flags)
        return fresh

    def _link(self, row: int, slot: int) -> None:
        if row >= len(self._slot_of):
            grown = np.zeros(max(row + 1, 2 * len(self._slot_of)), np.int32)
            grown[: len(self._slot_of)] = self._slot_of
            self._slot_of = grown
        old = int(self._slot_of[row])
        if slot:
            self._row_of[slot] = row + 1  # first the new ones, so that no filter misses the product in between
        self._slot_of[row] = slot
        if old:
            self._row_of[old] = 0
        self._linked += bool(slot) - bool(old)


def _kept(pairs: Pairs[Number], linked: RowMask, renumbered: Codes) -> Pairs[Number]:
    slots, values = pairs.view()
    keep = linked[slots]
    return Pairs(renumbered[slots[keep]], values[keep])


def _add(attribute: Attribute, slot: int, value: Any) -> None:
    if isinstance(value, str):
        if value:
            prose = len(value) > MAX_VALUE_LENGTH
            attribute.texts.append(slot, NO_CODE if prose else attribute.vocabulary.code(value))
    elif isinstance(value, bool):
        attribute.flags.append(slot, value)
    else:
        attribute.numbers.append(slot, float(value))


def _distinct(values: list[Any]) -> list[Any]:
    """Return each value of a list once, in any order; texts that differ in case only are one, the least of them."""
    kept: dict[tuple[str, Any], Any] = {}
    for value in values:
        if isinstance(value, str):
            if value:
                # Prose isn't compared, so several are as good as one.
                key = ("prose", None) if len(value) > MAX_VALUE_LENGTH else ("text", value.casefold())
                kept[key] = min(kept.get(key, value), value)
        elif isinstance(value, bool):
            kept["flag", value] = value
        else:
            kept["number", float(value)] = value
    return list(kept.values())


def _digest(values: Mapping[str, Any]) -> int:
    """Return 63 bits that change with any of the values; the same in every process."""
    text = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1
