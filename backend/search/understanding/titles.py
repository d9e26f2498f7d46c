"""The titles of a catalogue while they are counted: a number for each word, since most words stand in many titles."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backend.recount import in_turns
from backend.search.understanding.tokens import words

Words = tuple[str, ...]


class Labels(NamedTuple):
    """The values of a product that shoppers name; many products have the same."""

    brand: str | None = None
    colour: str | None = None
    merchant: str | None = None
    category: str | None = None


class Entry(NamedTuple):
    """What a lexicon reads of a live product."""

    title: str
    brand: str | None = None
    colour: str | None = None
    merchant: str | None = None
    category: str | None = None
    on_sale: bool = False


class Titles:
    """The words of many titles, 4 bytes each, and which labels each product has.

    Attributes:
        labels: the different ones, in the order in which they came.
        any_on_sale: whether a product is.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.any_on_sale = False
        numbers: dict[str, int] = {}
        labels: dict[Labels, int] = {}
        self._ends, self._words, self._labels = array("q"), array("i"), array("i")
        for entry in in_turns(entries):
            self.any_on_sale |= entry.on_sale
            self._words.extend([numbers.setdefault(word, len(numbers)) for word in words(entry.title)])
            self._ends.append(len(self._words))
            own = Labels(entry.brand, entry.colour, entry.merchant, entry.category)
            self._labels.append(labels.setdefault(own, len(labels)))
        self.labels = tuple(labels)
        self._texts = tuple(numbers)

    def __iter__(self) -> Iterator[tuple[Words, int]]:
        """Yield the words of each title, and the place of the product's labels among `labels`."""
        start = 0
        for end, labels in in_turns(zip(self._ends, self._labels, strict=True)):
            yield tuple([self._texts[number] for number in self._words[start:end]]), labels
            start = end
