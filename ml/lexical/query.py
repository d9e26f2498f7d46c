"""What is asked of a lexical index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ml.lexical.documents import FIELDS

MAX_TERMS = 32
"""Distinct words of a query that count; no shopper's question has more."""
MAX_ALTERNATIVES = 32
"""Alternatives of one word that count."""
MAX_CODES = 64
"""Possible SKUs and model numbers that are looked up."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One word of a query with everything that may stand for it in a product.

    Of the alternatives that a product has, the best one counts. No alternative is worth more than the word itself
    would be, if any product has that: else a rare synonym would outweigh the word that was asked for.
    """

    word: str
    """As typed, folded."""
    alternatives: tuple[tuple[str, float], ...]
    """(term, weight), the word's own term first, weights above 0 and at most 1. Terms separated by spaces must all
    occur in the product."""

    def __post_init__(self) -> None:
        """Refuse what has no meaning.

        Raises:
            ValueError: there's no alternative, an empty one, or a weight outside of (0, 1].
        """
        if not self.alternatives:
            raise ValueError(f"{self.word!r} has no term")
        for term, weight in self.alternatives:
            if not term.strip() or not 0 < weight <= 1:
                raise ValueError(f"an alternative is a term with a weight in (0, 1], not {(term, weight)!r}")


@dataclass(frozen=True, slots=True)
class QueryCode:
    """A part of a query that may be a SKU or model number."""

    code: str
    """Its letters and digits, folded."""
    terms: tuple[str, ...]
    """The terms of the words that it was typed as; none when it was typed as one word."""


@dataclass(frozen=True, slots=True)
class Query:
    """Words to look for; a product that has any of them matches."""

    terms: tuple[QueryTerm, ...] = ()
    codes: tuple[QueryCode, ...] = ()
    """What may be a SKU or model number, the likeliest first."""


@dataclass(frozen=True)
class Weights:
    """How BM25F counts; chosen on judged queries of an electronics shop."""

    fields: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {"title": 2.0, "brand": 1.0, "category": 2.0, "attributes": 0.5, "description": 1.0, "sku": 3.0}
        )
    )
    """How many times a word in this field counts, compared with one in the description."""
    k1: float = 0.3
    """How much repeats of a word add: 0 nothing, 2 a lot."""
    b: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({name: 0.8 if name == "attributes" else 0.5 for name in FIELDS})
    )
    """How much longer texts of a field count less: 0 not at all, 1 in proportion."""

    def __post_init__(self) -> None:
        """Refuse values for which scores would mean nothing.

        Raises:
            ValueError: a field is missing or unknown, or a value is out of range.
        """
        if set(self.fields) != set(FIELDS) or set(self.b) != set(FIELDS):
            raise ValueError(f"fields and b must have exactly the keys {', '.join(FIELDS)}")
        if not 0 <= self.k1 < 100 or any(not 0 <= value < 1000 for value in self.fields.values()):
            raise ValueError("k1 must be in [0, 100) and weights of fields in [0, 1000)")
        if any(not 0 <= value <= 1 for value in self.b.values()):
            raise ValueError("b must be between 0 and 1")
