"""The words of a language that say something about prices, ratings, stock and exclusion, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from backend.search.understanding.tokens import Token, fold, tokens

V = TypeVar("V")

Bound = Literal["most", "least"]
Strength = Literal["weak", "plain", "strong"]
"""How much a comparator says about money: *weak* ones need a currency beside the number, *plain* ones a number that
stands alone, and behind *strong* ones, which name the price, any number is an amount."""


class Comparison(NamedTuple):
    """What "under" or "maximum price" says about the number behind it."""

    bound: Bound
    strength: Strength


class Phrases(Generic[V]):
    """Sequences of words and what they mean; the longest that fits is found."""

    def __init__(self, meanings: Mapping[str, V]) -> None:
        self.meanings = dict(meanings)
        self._by_words = {_sequence(phrase): meaning for phrase, meaning in meanings.items()}
        self._longest: dict[str, int] = {}
        for phrase in self._by_words:
            self._longest[phrase[0]] = max(self._longest.get(phrase[0], 0), len(phrase))

    @property
    def words(self) -> frozenset[str]:
        """Every word of every phrase, folded."""
        return frozenset(word for phrase in self._by_words for word in phrase)

    def may_be_in(self, found: Iterable[Token]) -> bool:
        """Whether any token begins a phrase."""
        return any(token.text in self._longest for token in found)

    def at(self, found: Sequence[Token], start: int) -> tuple[V, int] | None:
        """Return what the phrase that begins at a token means, and the position behind it."""
        longest = self._longest.get(found[start].text) if start < len(found) else None
        if longest is None:
            return None
        for length in range(min(longest, len(found) - start), 0, -1):
            meaning = self._by_words.get(tuple(token.text for token in found[start : start + length]))
            if meaning is not None:
                return meaning, start + length
        return None

    def before(self, found: Sequence[Token], end: int) -> int | None:
        """Return where a phrase begins that ends right before a token."""
        for start in range(max(0, end - 4), end):
            match = self.at(found, start)
            if match is not None and match[1] == end:
                return start
        return None


@dataclass(frozen=True)
class Grammar:
    """One language, or several merged. Sets hold single words.

    Attributes:
        comparisons: that stand before an amount or a number of stars.
        afterwards: the same behind it: "or less", "and above".
        between: openings of a range, with the words that join its ends.
        range_words: that join two amounts without an opening, beside dashes.
        price_words: that may come before a comparison and belong to it.
        currencies: words and signs, with the ISO codes they may stand for, the usual one first; the word "pounds" is
            also a weight and only means money where the shop sells in it.
        weights_too: currency words with another meaning, which count only as the shop's own currency.
        units: behind a number, so that it isn't an amount.
        measured: before a comparison, so that the number isn't an amount: "size", "fits".
        adults: before a comparison, so that the number may be an age.
        children: the same, to a lower age.
        connectors: that may follow an amount without a currency.
        leads: that may stand before a phrase and mean nothing without it: "with", "that is".
        stars: "stars", "star".
        rating_before: "rated", "with a rating of".
        rating_after: "rating", "customer rating".
        plus: behind a number of stars: "4 plus".
        in_stock: whole phrases.
        on_sale: whole phrases; False for those that look like it and mean something else: "reduced fat".
        negations: before the words that aren't wanted.
        not_negating: before a negation, so that it isn't one: "does not".
        not_negated: behind a negation, so that it isn't one: "not only".
        refusals: that deny something which isn't read: "dont".
        denying_before: before a hyphen and the word that isn't wanted: "non".
        denying_behind: behind both: "free".
        denying_endings: at the end of one word with it: "frei".
        fillers: between a negation and the word it is about: "the", "made of".
        alternatives: between two words of which either will do: "or".
        pairs: between two colours of one thing: "and".
        about: before a brand or colour that isn't the product's own: "for", "compatible with".
        makers: before a brand or merchant that is: "by".
        colour_before: before a colour, and part of it: "in the colour".
        parts: before a colour that only a part of the thing has: "with".
        colours: words that mean a colour and hardly anything else, unlike "orange" and "mint".
        shades: before a colour that changes it: "dark".
        aliases: other spellings of a word in a label.
    """

    comparisons: Phrases[Comparison]
    afterwards: Phrases[Bound]
    between: Phrases[frozenset[str]]
    range_words: frozenset[str]
    price_words: Phrases[bool]
    currencies: Mapping[str, tuple[str, ...]]
    weights_too: frozenset[str]
    units: frozenset[str]
    measured: frozenset[str]
    adults: frozenset[str]
    children: frozenset[str]
    connectors: frozenset[str]
    leads: frozenset[str]
    stars: frozenset[str]
    rating_before: Phrases[bool]
    rating_after: Phrases[bool]
    plus: frozenset[str]
    in_stock: Phrases[bool]
    on_sale: Phrases[bool]
    negations: Phrases[bool]
    not_negating: frozenset[str]
    not_negated: frozenset[str]
    refusals: frozenset[str]
    denying_before: frozenset[str]
    denying_behind: frozenset[str]
    denying_endings: frozenset[str]
    fillers: Phrases[bool]
    alternatives: frozenset[str]
    pairs: frozenset[str]
    about: Phrases[bool]
    makers: Phrases[bool]
    colour_before: Phrases[bool]
    parts: frozenset[str]
    colours: frozenset[str]
    shades: frozenset[str]
    aliases: Mapping[str, str]

    @property
    def words(self) -> frozenset[str]:
        """Every word that says how others are meant; not those that may be of a product: units, ages and colours."""
        return frozenset[str]().union(*(_words(getattr(self, name)) for name in _SAYING))


_SAYING = (
    "comparisons", "afterwards", "between", "range_words", "price_words", "currencies", "connectors", "leads",
    "stars", "rating_before", "rating_after", "plus", "in_stock", "on_sale", "negations", "not_negating",
    "not_negated", "refusals", "denying_before", "fillers", "alternatives", "pairs", "about", "makers",
    "colour_before", "parts",
)  # fmt: skip


def _words(part: Phrases[Any] | Iterable[str]) -> frozenset[str]:
    return part.words if isinstance(part, Phrases) else frozenset(part)


def phrases(*texts: str, unlike: str = "") -> Phrases[bool]:
    """Return phrases that mean nothing but themselves; each text holds several, separated by commas.

    Args:
        texts: the phrases.
        unlike: longer ones of which they aren't to be taken for a part; they mean False.
    """
    said = {phrase.strip(): True for text in texts for phrase in text.split(",") if phrase.strip()}
    return Phrases(said | {phrase.strip(): False for phrase in unlike.split(",") if phrase.strip()})


def comparisons(said: Mapping[tuple[Bound, Strength], str]) -> Phrases[Comparison]:
    """Return comparisons from lists of phrases, separated by commas."""
    return Phrases({p.strip(): Comparison(*what) for what, texts in said.items() for p in texts.split(",")})


def single(text: str) -> frozenset[str]:
    """Return single words, folded."""
    return frozenset(fold(word) for word in text.split())


def merged(grammars: Iterable[Grammar]) -> Grammar:
    """Return one grammar that reads several languages; where two say different things, the first one is right."""
    several = list(grammars)
    return Grammar(**{f.name: _merged([getattr(g, f.name) for g in several]) for f in fields(Grammar)})


def _merged(parts: Sequence[Any]) -> Any:
    first = parts[0]
    if isinstance(first, Phrases):
        return Phrases({k: v for part in reversed(parts) for k, v in part.meanings.items()})
    if isinstance(first, frozenset):
        return first.union(*parts[1:])
    return {k: v for part in reversed(parts) for k, v in part.items()}


def _sequence(phrase: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokens(phrase, len(phrase)) or ())
