"""What a query was understood to say, and how it goes together with what the request says itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from backend.search.understanding.tokens import words

_REPEATED_SPACE = re.compile(r" (?= )")
_BEFORE_MARK = re.compile(r" (?=[.,;:!?)])")
_REPEATED = re.compile(r"[,;:](?=[,;:.!?])")
_LOOSE = " ,;:-"

Effect = Literal["filter", "preference", "none"]
NoteField = Literal["price", "min_rating", "in_stock", "on_sale", "brand", "colour", "merchant", "category", "words"]


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Cents, both ends included; None is open."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One thing understood.

    Attributes:
        start: of the words in the query, in characters.
        end: behind the last of them.
        words: as the shopper wrote them.
        field: what they are about; `words` for something that isn't a value of any field.
        value: a price range, a number of stars, True, or the labels or words meant.
        excluded: whether it is what the product must not be.
        effect: a filter; a preference, for or against; or none, for a price in another currency than the shop's, for
            prices that contradict each other, and for words to avoid where nothing else is said.
        taken: whether the words are left out of the text: all filters and all exclusions are.
    """

    start: int
    end: int
    words: str
    field: NoteField
    value: PriceRange | float | bool | tuple[str, ...]
    excluded: bool
    effect: Effect

    @property
    def taken(self) -> bool:
        """Whether the words are left out of the text."""
        return self.effect == "filter" or (self.effect == "preference" and self.excluded)


@dataclass(frozen=True, slots=True)
class Values:
    """Values of text fields, joined by or; an empty tuple says nothing."""

    brand: tuple[str, ...] = ()
    colour: tuple[str, ...] = ()
    merchant: tuple[str, ...] = ()
    category: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a product must be, named as in `SearchFilters`, prices in cents; None says nothing."""

    min_price_cents: int | None = None
    max_price_cents: int | None = None
    in_stock: bool | None = None
    min_rating: float | None = None
    on_sale: bool | None = None
    brand: tuple[str, ...] = ()
    colour: tuple[str, ...] = ()
    merchant: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    excluded: Values = Values()

    @property
    def is_empty(self) -> bool:
        """Whether every product passes."""
        return self == NO_FILTERS


NO_VALUES = Values()
NO_FILTERS = Filters()
_NAMES = tuple(field.name for field in fields(Filters) if field.name != "excluded")


@dataclass(frozen=True, slots=True)
class Penalties:
    """What moves a product without removing it.

    Attributes:
        preferred: values that speak for a product that carries them.
        avoided: words, one phrase each, that speak against a product that has them.
    """

    preferred: Values = Values()
    avoided: tuple[str, ...] = ()


NO_PENALTIES = Penalties()


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A query, understood.

    Attributes:
        query: as it came.
        text: what remains to be searched by words and meaning; the query itself where nothing is left out.
        places: of each character of the text, its place in the query.
        filters: of the notes that are filters.
        penalties: of the notes that are preferences.
        notes: what was understood, in the order of the words; no two overlap.
    """

    query: str
    text: str
    places: tuple[int, ...]
    filters: Filters
    penalties: Penalties
    notes: tuple[Note, ...]

    @classmethod
    def of(cls, query: str, notes: Iterable[Note]) -> Interpretation:
        """Put together what follows from notes that don't overlap."""
        ordered = tuple(sorted(notes, key=lambda note: note.start))
        taken = any(note.taken for note in ordered)
        text, places = _remaining(query, ordered) if taken else (query, tuple(range(len(query))))
        return cls(query, text, places, filters_of(ordered), _penalties(ordered), ordered)

    @property
    def ranked_by(self) -> str:
        """The words to rank by: the text, or where a brand or merchant was all there was, its name.

        "adidas under 50" leaves no text, but its name still ranks the products of that brand.
        """
        return self.text or " ".join(name for note in self._names() for name in _labels(note))

    @property
    def words(self) -> frozenset[str]:
        """The words of the notes, folded."""
        return frozenset(word for note in self.notes for word in words(note.words))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters of `ranked_by` stand in the query; what was left out between them is included.

        Args:
            start: of the characters in `ranked_by`.
            end: behind the last of them; above `start`.
        """
        if self.text:
            return self.places[start], self.places[end - 1] + 1
        at, touched = 0, []
        for note in self._names():  # of a label, which may be spelled otherwise, the whole name
            for label in _labels(note):
                if at < end and start < at + len(label):
                    touched.append(note)
                at += len(label) + 1
        return min(note.start for note in touched), max(note.end for note in touched)

    def _names(self) -> Iterator[Note]:
        """Yield the brands and merchants that filter."""
        for note in self.notes:
            if note.field in {"brand", "merchant"} and note.effect == "filter" and not note.excluded:
                yield note

    def without(self, note: Note) -> Interpretation:
        """Return the interpretation without a note: its words are searched for again.

        Raises:
            ValueError: it isn't one of the notes.
        """
        if note not in self.notes:
            raise ValueError("not a note of this interpretation")
        return Interpretation.of(self.query, (other for other in self.notes if other != note))


def merge(explicit: Filters, interpreted: Filters) -> Filters:
    """Return the filters of a request and of its query together; what the request names itself wins.

    An interpreted bound that contradicts an explicit one, and an exclusion of an explicit value, are dropped.
    """
    named = {name: value for name in _NAMES if (value := getattr(explicit, name)) not in (None, ())}
    both = replace(interpreted, **named) if named else interpreted
    if both.min_price_cents is not None and both.max_price_cents is not None:
        if both.min_price_cents > both.max_price_cents:
            both = replace(both, min_price_cents=explicit.min_price_cents, max_price_cents=explicit.max_price_cents)
    if explicit.excluded == interpreted.excluded == NO_VALUES:
        return both
    return replace(both, excluded=_merged_exclusions(explicit, interpreted))


def _merged_exclusions(explicit: Filters, interpreted: Filters) -> Values:
    merged = {}
    for field in fields(Values):
        wanted = {value.casefold() for value in getattr(explicit, field.name)}
        unwanted = (v for v in getattr(interpreted.excluded, field.name) if v.casefold() not in wanted)
        merged[field.name] = tuple(dict.fromkeys((*getattr(explicit.excluded, field.name), *unwanted)))
    return Values(**merged)


def _labels(note: Note) -> tuple[str, ...]:
    return note.value if isinstance(note.value, tuple) else ()


def _remaining(query: str, notes: Iterable[Note]) -> tuple[str, tuple[int, ...]]:
    """Return what stays, with single spaces and without marks that bind nothing, and each character's place."""
    blanked = [" " if character.isspace() else character for character in query]
    for note in notes:
        if note.taken:
            blanked[note.start : note.end] = " " * (note.end - note.start)
    text, places = "".join(blanked), list(range(len(query)))
    for superfluous in (_REPEATED_SPACE, _BEFORE_MARK, _REPEATED):  # one character each
        gone = {match.start() for match in superfluous.finditer(text)}
        if not gone:
            continue
        text = "".join(character for at, character in enumerate(text) if at not in gone)
        places = [place for at, place in enumerate(places) if at not in gone]
    start, end = len(text) - len(text.lstrip(_LOOSE)), len(text.rstrip(_LOOSE))
    if not any(character.isalnum() for character in text):
        return "", ()
    return text[start:end], tuple(places[start:end])


def filters_of(notes: Iterable[Note]) -> Filters:
    """Return what a product must be by some notes, in the order of the words."""
    said: dict[str, Any] = {}
    unwanted: dict[str, tuple[str, ...]] = {}
    for note in notes:
        if note.effect != "filter":
            continue
        if isinstance(note.value, PriceRange):
            for name, cents, tighter in (
                ("min_price_cents", note.value.least, max),
                ("max_price_cents", note.value.most, min),
            ):
                if cents is not None:
                    said[name] = tighter(cents, said.get(name, cents))
        elif note.field == "min_rating":
            said["min_rating"] = max(float(_number(note.value)), said.get("min_rating", 0.0))
        elif isinstance(note.value, tuple):
            values = unwanted if note.excluded else said
            values[note.field] = _joined(values.get(note.field, ()), note.value)
        else:
            said[note.field] = True
    return Filters(**said, excluded=Values(**unwanted)) if said or unwanted else NO_FILTERS


def _penalties(notes: Iterable[Note]) -> Penalties:
    preferred: dict[str, tuple[str, ...]] = {}
    avoided: tuple[str, ...] = ()
    for note in notes:
        if note.effect == "preference" and isinstance(note.value, tuple):
            if note.excluded:
                avoided = _joined(avoided, note.value)
            else:
                preferred[note.field] = _joined(preferred.get(note.field, ()), note.value)
    return Penalties(Values(**preferred), avoided) if preferred or avoided else NO_PENALTIES


def _number(value: object) -> float:
    if isinstance(value, int | float):
        return value
    raise TypeError(f"a rating is a number, not {value!r}")


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
