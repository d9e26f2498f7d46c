"""What the catalogue knows about words, as query understanding asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

ValueField = Literal["brand", "colour", "merchant", "category"]


@dataclass(frozen=True, slots=True)
class Known:
    """Words that name values of a field, and how often they mean them. All counts are of live products.

    Attributes:
        field: of which they are values.
        labels: the values as filters take them, at least one: "blue" may name "blue" and "sky blue".
        carrying: products that carry one of the labels.
        titled: products with these words, side by side, in the title.
        both: products that do both.
    """

    field: ValueField
    labels: tuple[str, ...]
    carrying: int
    titled: int
    both: int


class Share(NamedTuple):
    """How many live products there are of some sort, and how many of these have what was asked."""

    products: int
    having: int


class Lexicon(Protocol):
    """Answers from memory, in microseconds. Words are folded: see `tokens.words`."""

    @property
    def longest(self) -> int:
        """The words of the longest label; no longer sequence is asked for."""

    @property
    def knows_sales(self) -> bool:
        """Whether any product is on sale."""

    def known(self, words: tuple[str, ...]) -> Sequence[Known]:
        """Return what these words name: one entry a field, none for words that name nothing."""

    def phrase(self, known: Known, words: tuple[str, ...], longer: tuple[str, ...]) -> Share:
        """Return how many titles hold `longer`, and how many of these products carry the value that `words` name.

        Args:
            known: what `words` name.
            words: the name in the query.
            longer: the name with the word before or behind it.
        """

    def titled(self, words: tuple[str, ...]) -> int:
        """Return how many live products have these words (one, or one and a negation) side by side in the title."""

    def coloured(self, words: Sequence[str]) -> Share:
        """Return how many live products match these words, about, and how many of them have a colour."""
