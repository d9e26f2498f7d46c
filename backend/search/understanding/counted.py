"""A lexicon counted from the products of a catalogue, the same whatever order they come in."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from backend.search.understanding.lexicon import Known, Share, ValueField
from backend.search.understanding.tokens import words

Words = tuple[str, ...]

_SEPARATOR = ">"
_MIXED = re.compile(r"\s+and\s+|[&/,+]", re.IGNORECASE)  # "oak and white" is both
_LONGEST = 6  # words of a label; longer ones aren't names that shoppers type
_SHORTEST_PLURAL = 4


class Entry(NamedTuple):
    """What a lexicon reads of a live product."""

    title: str
    brand: str | None = None
    colour: str | None = None
    merchant: str | None = None
    category: str | None = None
    on_sale: bool = False


class _Read(NamedTuple):
    """A product's title in words, what it carries under which name, and whether it has a colour."""

    title: Words
    carried: frozenset[tuple[ValueField, Words]]
    coloured: bool
    about: frozenset[str]


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
        """Count live products; reads them once and keeps their titles' words until it is done.

        Args:
            products: in any order.
            negations: folded words such as "no", whose pairs with the next word of a title are counted.
            endings: the same with the word before: "free".
        """
        entries = list(products)
        colours = {_label(entry.colour) for entry in entries if entry.colour}
        labels: dict[tuple[ValueField, Words], set[str]] = defaultdict(set)
        read = [_read(entry, colours, labels) for entry in entries]
        lexicon = cls(knows_sales=any(entry.on_sale for entry in entries))
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

    def _count_labels(self, read: list[_Read], labels: dict[tuple[ValueField, Words], set[str]]) -> None:
        carrying = Counter(name for product in read for name in product.carried)
        fields: dict[Words, set[ValueField]] = defaultdict(set)
        for about, name in labels:
            fields[name].add(about)
        self.longest = max((len(name) for name in fields), default=1)
        names = _Names(fields)
        titled: Counter[Words] = Counter()
        both: Counter[tuple[ValueField, Words]] = Counter()
        for product in read:
            for name in {name for name, _ in names.within(product.title)}:
                titled[name] += 1
                both.update((about, name) for about in fields[name] if (about, name) in product.carried)
        for name, abouts in fields.items():
            self._known[name] = tuple(
                Known(a, tuple(sorted(labels[a, name])), carrying[a, name], titled[name], both[a, name])
                for a in sorted(abouts)
            )

    def _count_words(self, read: list[_Read], negations: frozenset[str], endings: frozenset[str]) -> None:
        products: Counter[str] = Counter()
        coloured: Counter[str] = Counter()
        for product in read:
            self._titled.update(set(product.title))
            pairs = set(zip(product.title, product.title[1:], strict=False))
            self._pairs.update(pair for pair in pairs if pair[0] in negations or pair[1] in endings)
            products.update(product.about)
            if product.coloured:
                coloured.update(product.about)
        self._words = {word: Share(count, coloured[word]) for word, count in products.items()}

    def _count_phrases(self, read: list[_Read]) -> None:
        """Count the phrases around names that at least one product uses without carrying the value."""
        names = _Names(self._known)
        contrary = {
            (known.field, name, longer)
            for product in read
            for name, longer in names.longer(product.title)
            for known in self._known[name]
            if (known.field, name) not in product.carried
        }
        products: Counter[tuple[ValueField, Words, Words]] = Counter()
        having: Counter[tuple[ValueField, Words, Words]] = Counter()
        for product in read:
            for name, longer in set(names.longer(product.title)):
                for known in self._known[name]:
                    key = (known.field, name, longer)
                    if key in contrary:
                        products[key] += 1
                        having[key] += (known.field, name) in product.carried
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


def _read(entry: Entry, colours: set[Words], labels: dict[tuple[ValueField, Words], set[str]]) -> _Read:
    carried: set[tuple[ValueField, Words]] = set()
    values: list[tuple[ValueField, str, Iterable[Words]]] = []
    if entry.brand:
        values.append(("brand", entry.brand, [_label(entry.brand)]))
    if entry.merchant:
        values.append(("merchant", entry.merchant, [_label(entry.merchant)]))
    if entry.colour:
        values.append(("colour", entry.colour, _colour_names(entry.colour, colours)))
    path: list[str] = []
    for level in (entry.category or "").split(_SEPARATOR):
        if name := _label(level):
            path.append(level.strip())
            values.append(("category", " > ".join(path), [name, (*name[:-1], singular(name[-1]))]))
    for about, label, names in values:
        for name in names:
            if 0 < len(name) <= _LONGEST:
                labels[about, name].add(label)
                carried.add((about, name))
    title = words(entry.title)
    return _Read(title, frozenset(carried), bool(entry.colour), frozenset(title + _label(entry.category or "")))


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
