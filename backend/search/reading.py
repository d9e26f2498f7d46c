"""What a query is taken to mean: what to search for, filters that its words imply, and what was corrected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.row_filter import RowFilter
from backend.search.understanding import (
    NO_PENALTIES,
    WORDS,
    Filters,
    Interpretation,
    Note,
    Penalties,
    PriceRange,
    Values,
    denials,
    filters_of,
    merge,
    understand,
)
from backend.search.understanding.shop_words import ShopWords
from ml.lexical.correct import Correction
from ml.lexical.match import Matches
from ml.types import RowMask

PREFERRED = 0.05  # what a product gains that carries a brand, colour or category of the query
AVOIDED = -0.3  # and one that has words which the query excludes
FIELDS = ("brand", "colour", "merchant", "category")
VALUES = ("min_price_cents", "max_price_cents", "min_rating", "in_stock", "on_sale")
DROPPED = ("category", "colour", "merchant", "brand")
"""Which implied filter goes first where all of them together leave no result; the others never do."""


class Understood(BaseModel):
    """One thing that a query was understood to say."""

    words: str
    start: int = Field(description="In characters of the query.")
    end: int
    field: str
    value: Any
    excluded: bool = Field(description="Whether products must not be so.")
    effect: str = Field(
        description="`filter`; `preference`, which moves products and hides none; or `none`, for a price in another "
        "currency than the shop's, for prices that contradict each other, for an exclusion that is all there is, and "
        "for what the request's own filters overrule or say already."
    )


class Corrected(BaseModel):
    """A part of the query that was taken for a typing error."""

    typed: str = Field(description="Without what was understood between its words.")
    corrected: str
    start: int = Field(description="In characters of the query.")
    end: int


class Interpreted(BaseModel):
    """What a query was taken to mean; `interpret: false` searches for the words as they are."""

    text: str = Field(description="What is searched for.")
    understood: list[Understood]
    corrected: list[Corrected]


@dataclass(frozen=True, slots=True)
class Reading:
    """A query, read.

    Attributes:
        words: to encode and to look for; empty to browse.
        where: the filter of the request together with what the words imply.
        penalties: preferences, for and against.
        interpreted: for the answer; None when nobody asked for an interpretation.
        implied: filters that come from the words and could be searched for as words instead.
        meant: what may have been meant, this reading first; `taken` makes another one of them the words. Empty for
            words that are taken as they are.
        matches: what the words find, where that was looked up already.
    """

    words: str
    where: RowFilter
    penalties: Penalties
    interpreted: Interpreted | None
    implied: int = 0
    meant: tuple[Correction, ...] = ()
    matches: Matches | None = None

    def taken(self, correction: Correction) -> Reading:
        """Return the same with the words corrected like this."""
        interpreted = None
        if self.interpreted is not None:
            update = {"text": correction.text, "corrected": _corrected(correction)}
            interpreted = self.interpreted.model_copy(update=update)
        return replace(self, words=correction.text, interpreted=interpreted, matches=None)

    @property
    def moves(self) -> bool:
        """Whether it prefers or avoids anything."""
        return self.penalties != NO_PENALTIES


def plain(query: str, where: RowFilter) -> Reading:
    """Take a query at its words."""
    return Reading(query, where, NO_PENALTIES, None)


def read(query: str, where: RowFilter, live: LiveCatalogue, shop: ShopWords, *, literal: bool) -> Reading:
    """Understand and correct a query.

    Filters of the request win over those of the words. Of what the words imply, filters on brand, colour, merchant
    and category are dropped until some product passes those: their words are then searched for. The filters of the
    request have no say in that, so that one more of them never widens the list.

    Args:
        query: as typed, not empty.
        where: the filter of the request.
        live: the catalogue.
        shop: its brands, colours, merchants and categories.
        literal: whether to drop those in any case.
    """
    meant = understand(query, shop.lexicon, currency_of_shop=shop.currency)
    kept = WORDS | meant.words
    implied = sorted(
        (note for note in meant.notes if note.effect == "filter" and note.field in DROPPED),
        key=lambda note: DROPPED.index(note.field),
    )
    while implied and (literal or not live.allowed(_joined(RowFilter(), filters_of(implied)))[1]):
        meant = meant.without(implied.pop(0))
    joined = _joined(where, meant.filters)
    corrections = tuple(_as_typed(correction, meant) for correction in live.texts.readings(meant.ranked_by, kept))
    understood = [_shown(note, in_force=_in_force(note, where)) for note in meant.notes]
    interpreted = Interpreted(text=meant.ranked_by, understood=understood, corrected=[])
    reading = Reading(meant.ranked_by, joined, meant.penalties, interpreted, len(implied), corrections)
    return reading.taken(corrections[0])


def preferences(live: LiveCatalogue, penalties: Penalties) -> Callable[[NDArray[np.int64]], NDArray[np.float64]]:
    """Return what preferences add to the scores of rows: float64, shape (n,)."""
    preferred = [
        live.mask(RowFilter(**{field: values})) for field in FIELDS if (values := getattr(penalties.preferred, field))
    ]
    avoided = [_unwanted(live, phrase) for phrase in penalties.avoided]

    def bonus(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        total = np.zeros(len(rows))
        for mask in preferred:
            total += PREFERRED * held(mask, rows)
        for unwanted in avoided:
            total += AVOIDED * np.isin(rows, unwanted)
        return total

    return bonus


def held(mask: RowMask, rows: NDArray[np.int64]) -> RowMask:
    """Return which rows a mask holds: bool, shape (n,); rows that came after the mask was made aren't held."""
    inside: RowMask = (rows < len(mask)) & mask.take(rows, mode="clip")
    return inside


def _unwanted(live: LiveCatalogue, phrase: str) -> NDArray[np.int64]:
    """Return the rows of products with all words of a phrase, unless they say "fragrance-free" themselves."""
    return np.setdiff1d(_holding(live, phrase), [row for said in denials(phrase) for row in _holding(live, said)])


def _holding(live: LiveCatalogue, phrase: str) -> NDArray[np.int64]:
    """Return the rows of products with all words of a phrase."""
    found = live.texts.match(phrase)
    return found.rows[found.coverage >= 1 - 1e-6]


def _joined(where: RowFilter, meant: Filters) -> RowFilter:
    """Add the filters of the words where the request says nothing on the same field or against them."""
    if meant.is_empty:
        return where
    unwanted = dict(where.excluded)
    explicit: dict[str, Any] = {field: getattr(where, field) for field in VALUES}
    explicit |= {field: getattr(where, field) or () for field in FIELDS}
    excluded = Values(**{field: unwanted.get(field, ()) for field in FIELDS})
    both = merge(Filters(**explicit, excluded=excluded), meant)
    joined: dict[str, Any] = {field: getattr(both, field) for field in VALUES}
    joined |= {field: getattr(both, field) or None for field in FIELDS}
    unwanted |= {field: values for field in FIELDS if (values := getattr(both.excluded, field))}
    return replace(where, **joined, excluded=tuple(unwanted.items()))


def _in_force(note: Note, where: RowFilter) -> bool:
    """Whether a note filters what the request alone would not."""
    return note.effect == "filter" and (where.is_empty or _joined(where, filters_of([note])) != where)


def _as_typed(correction: Correction, meant: Interpretation) -> Correction:
    """Return a correction whose changes stand where the shopper typed them, not among the words left to rank by."""
    spans = [meant.span(change.start, change.end) for change in correction.changes]
    changes = [
        replace(change, start=start, end=end) for change, (start, end) in zip(correction.changes, spans, strict=True)
    ]
    return replace(correction, changes=tuple(changes))


def _corrected(correction: Correction) -> list[Corrected]:
    return [
        Corrected(typed=change.typed, corrected=change.corrected, start=change.start, end=change.end)
        for change in correction.changes
    ]


def _shown(note: Note, *, in_force: bool) -> Understood:
    value: Any = note.value
    if isinstance(value, PriceRange):
        value = {"min": _units(value.least), "max": _units(value.most)}
    return Understood(
        words=note.words,
        start=note.start,
        end=note.end,
        field=note.field,
        value=_listed(value) if isinstance(value, tuple) else value,
        excluded=note.excluded,
        effect="none" if note.effect == "filter" and not in_force else note.effect,
    )


def _listed(values: Iterable[str]) -> list[str]:
    return list(values)


def _units(cents: int | None) -> float | None:
    return None if cents is None else cents / 100
