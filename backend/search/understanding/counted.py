"""A lexicon counted from the products of a catalogue, the same whatever order they come in."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from backend.search.understanding.lexicon import Known, Share, ValueField
from backend.search.understanding.titles import Entry, Labels, Titles, Words
from backend.search.understanding.tokens import words

_SEPARATOR = ">"
_MIXED = re.compile(r"\s+and\s+|[&/,+]", re.IGNORECASE)  # "oak and white" is both
_LONGEST = 6  # words of a label; longer ones aren't names that shoppers type
_SHORTEST_PLURAL = 4


class _Carried(NamedTuple):
    """What products with the same labels carry under which name, whether they have a colour, and their category."""

    names: frozenset[tuple[ValueField, Words]]
    coloured: bool
    category: Words


Products = Callable[[], Iterator[tuple[Words, _Carried]]]
"""Begins to yield every product's title in words, and what it carries."""


@dataclass(slots=True)
class CountedLexicon:
    """Counts in memory: about the labels, the single words of titles, and phrases that mean something else.

    Build it with `of`; it isn't changed afterwards, so that any number of searches may read it.
    """

    knows_sales: bool = False
    longest: int = 1
    _known: dict[Words, tuple[Known, ...]] = field(default_factory=dict)
    _words: dict[str, Share] = field(default_factory=dict)
    _titled: Counter[str] = field(default_factory=Counter)
    _pairs: Counter[Words] = field(default_factory=Counter)
    _phrases: dict[tuple[ValueField, Words, Words], Share] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        products: Iterable[Entry],
        negations: frozenset[str] = frozenset(),
        endings: frozenset[str] = frozenset(),
    ) -> CountedLexicon:
        """Count live products; reads them once, and keeps numbers of their titles' words until it is done.

        Args:
            products: in any order.
            negations: folded words such as "no", whose pairs with the next word of a title are counted.
            endings: the same with the word before: "free".
        """
        titles = Titles(products)
        colours = {_label(of.colour) for of in titles.labels if of.colour}
        labels: dict[tuple[ValueField, Words], set[str]] = defaultdict(set)
        carried = [_carried(of, colours, labels) for of in titles.labels]

        def read() -> Iterator[tuple[Words, _Carried]]:
            return ((title, carried[place]) for title, place in titles)

        lexicon = cls(knows_sales=titles.any_on_sale)
        lexicon._count_labels(read, labels)
        lexicon._count_words(read, negations, endings)
        lexicon._count_phrases(read)
        return lexicon

    def known(self, words: Words) -> Sequence[Known]:
        """See `Lexicon.known`; the plural of a known category is known too."""
        if found := self._known.get(words):
            return found
        one = singular(words[-1])
        if one == words[-1]:
            return ()
        return tuple(known for known in self._known.get((*words[:-1], one), ()) if known.field == "category")

    def phrase(self, known: Known, words: Words, longer: Words) -> Share:
        """See `Lexicon.phrase`; only phrases that mean something else in some title are kept."""
        found = self._phrases.get((known.field, words, longer))
        return found or self._phrases.get((known.field, (*words[:-1], singular(words[-1])), longer)) or Share(0, 0)

    def titled(self, words: Words) -> int:
        """See `Lexicon.titled`."""
        return self._titled[words[0]] if len(words) == 1 else self._pairs[words]

    def coloured(self, words: Sequence[str]) -> Share:
        """See `Lexicon.coloured`; the rarest of the known words stands for all of them."""
        found = (self._words.get(word) or self._words.get(singular(word)) for word in words)
        return min((share for share in found if share is not None), default=Share(0, 0))

    def _count_labels(self, read: Products, labels: dict[tuple[ValueField, Words], set[str]]) -> None:
        carrying = Counter(name for _, carried in read() for name in carried.names)
        fields: dict[Words, set[ValueField]] = defaultdict(set)
        for about, name in labels:
            fields[name].add(about)
        self.longest = max((len(name) for name in fields), default=1)
        names = _Names(fields)
        titled: Counter[Words] = Counter()
        both: Counter[tuple[ValueField, Words]] = Counter()
        for title, carried in read():
            for name in {name for name, _ in names.within(title)}:
                titled[name] += 1
                both.update((about, name) for about in fields[name] if (about, name) in carried.names)
        for name, abouts in fields.items():
            self._known[name] = tuple(
                Known(a, tuple(sorted(labels[a, name])), carrying[a, name], titled[name], both[a, name])
                for a in sorted(abouts)
            )

    def _count_words(self, read: Products, negations: frozenset[str], endings: frozenset[str]) -> None:
        products: Counter[str] = Counter()
        coloured: Counter[str] = Counter()
        for title, carried in read():
            said = set(title)
            self._titled.update(said)
            pairs = {(one, other) for one, other in pairwise(title) if one in negations or other in endings}
            self._pairs.update(pairs)
            said.update(carried.category)
            products.update(said)
            if carried.coloured:
                coloured.update(said)
        self._words = {word: Share(count, coloured[word]) for word, count in products.items()}

    def _count_phrases(self, read: Products) -> None:
        """Count the phrases around names that at least one product uses without carrying the value."""
        names = _Names(self._known)
        contrary = {
            (known.field, name, longer)
            for title, carried in read()
            for name, longer in names.longer(title)
            for known in self._known[name]
            if (known.field, name) not in carried.names
        }
        products: Counter[tuple[ValueField, Words, Words]] = Counter()
        having: Counter[tuple[ValueField, Words, Words]] = Counter()
        for title, carried in read():
            for name, longer in set(names.longer(title)):
                for known in self._known[name]:
                    key = (known.field, name, longer)
                    if key in contrary:
                        products[key] += 1
                        having[key] += (known.field, name) in carried.names
        self._phrases = {key: Share(count, having[key]) for key, count in products.items()}


def singular(word: str) -> str:
    """Return an English noun without its plural ending; what merely looks like one is the same in label and query."""
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "shes", "ches", "xes")) else word[:-1]


# Few labels are shared by many products.
_label = lru_cache(maxsize=1 << 16)(words)


def _carried(of: Labels, colours: set[Words], labels: dict[tuple[ValueField, Words], set[str]]) -> _Carried:
    """Read what products with these labels carry, and note in `labels` what it is called."""
    carried: set[tuple[ValueField, Words]] = set()
    values: list[tuple[ValueField, str, Iterable[Words]]] = []
    if of.brand:
        values.append(("brand", of.brand, [_label(of.brand)]))
    if of.merchant:
        values.append(("merchant", of.merchant, [_label(of.merchant)]))
    if of.colour:
        values.append(("colour", of.colour, _colour_names(of.colour, colours)))
    path: list[str] = []
    for level in (of.category or "").split(_SEPARATOR):
        if name := _label(level):
            path.append(level.strip())
            values.append(("category", " > ".join(path), [name, (*name[:-1], singular(name[-1]))]))
    for about, label, names in values:
        for name in names:
            if 0 < len(name) <= _LONGEST:
                labels[about, name].add(label)
                carried.add((about, name))
    return _Carried(frozenset(carried), bool(of.colour), _label(of.category or ""))


def _colour_names(label: str, colours: set[Words]) -> set[Words]:
    """Return the words that name a colour: all of "sky blue", and "blue"; of "red check" also "red"."""
    names = {_label(label)}
    for part in _MIXED.split(label):
        said = _label(part)
        if not said:
            continue
        names.add(said)
        if said[-1:] in colours:
            names.add(said[-1:])
        else:
            names |= {(word,) for word in said if (word,) in colours}
    return names


class _Names:
    """Finds names in titles; most words of a title begin none."""

    def __init__(self, names: Iterable[Words]) -> None:
        self._names = frozenset(names)
        self._lengths: dict[str, int] = {}
        for name in self._names:
            self._lengths[name[0]] = max(self._lengths.get(name[0], 0), len(name))

    def within(self, title: Words) -> Iterator[tuple[Words, int]]:
        """Yield every name in a title, also those inside of others, and where it begins."""
        for start, word in enumerate(title):
            for length in range(1, self._lengths.get(word, 0) + 1):
                name = title[start : start + length]
                if len(name) == length and name in self._names:
                    yield name, start

    def longer(self, title: Words) -> Iterator[tuple[Words, Words]]:
        """Yield every name with the phrases that the word before it and the word behind it make."""
        for name, start in self.within(title):
            end = start + len(name)
            if start:
                yield name, title[start - 1 : end]
            if end < len(title):
                yield name, title[start : end + 1]
