"""Synonyms as data: words that mean the same to a shop's customers.

# comments and empty lines are skipped
tv, television, flat screen      any of these also finds the others
sneaker, trainer => running shoe each on the left also finds what's on the right, not the other way round
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.errors import MLError
from ml.lexical.analyzer import Analyzer
from ml.lexical.query import MAX_ALTERNATIVES, Query, QueryTerm

WEIGHT = 0.8
"""What a synonym counts beside the word that was asked for."""
MAX_WORDS = 5
"""Of one phrase."""
MAX_GROUP = 30
"""Phrases in one line."""
_ARROW = "=>"


class SynonymsRefused(MLError):
    """A file of synonyms has a line that makes no sense; the message says which."""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What may stand for phrases: keys and values are terms, those of a phrase separated by spaces."""

    meanings: dict[str, tuple[str, ...]]
    longest: int = 1
    """Most terms in a key."""

    def expand(self, query: Query) -> Query:
        """Return a query whose words may also be their synonyms.

        A phrase is looked for among words that follow each other. All words of a synonym must occur in a product;
        each word of a phrase may be replaced by it.
        """
        if not self.meanings:
            return query
        own = [term.alternatives[0][0] for term in query.terms]
        added: list[dict[str, float]] = [{} for _ in own]
        for length in range(min(self.longest, len(own)), 0, -1):
            for start in range(len(own) - length + 1):
                for meaning in self.meanings.get(" ".join(own[start : start + length]), ()):
                    for place in added[start : start + length]:
                        place.setdefault(meaning, WEIGHT)
        terms = (_with(term, more) for term, more in zip(query.terms, added, strict=True))
        return Query(tuple(terms), query.codes)


def read_synonyms(path: Path, analyzer: Analyzer) -> Synonyms:
    """Read a file of synonyms in UTF-8.

    Args:
        path: the file; see the head of this module for its lines.
        analyzer: the index's.

    Raises:
        SynonymsRefused: a line makes no sense, or the file isn't UTF-8.
        OSError: the file can't be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SynonymsRefused(f"{path} isn't UTF-8: {error}") from error
    try:
        return parse_synonyms(text.split("\n"), analyzer)
    except SynonymsRefused as error:
        raise SynonymsRefused(f"{path}, {error}") from error


def parse_synonyms(lines: Iterable[str], analyzer: Analyzer) -> Synonyms:
    """Read lines of synonyms.

    Raises:
        SynonymsRefused: a line makes no sense; the message starts with its number.
    """
    found: dict[str, set[str]] = {}
    for number, line in enumerate(lines, 1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        try:
            for key, meaning in _pairs(content, analyzer):
                found.setdefault(key, set()).add(meaning)
        except ValueError as error:
            raise SynonymsRefused(f"line {number}: {error}") from error
    meanings = {key: tuple(sorted(values)) for key, values in sorted(found.items())}
    return Synonyms(meanings, max((key.count(" ") + 1 for key in meanings), default=1))


def _pairs(content: str, analyzer: Analyzer) -> list[tuple[str, str]]:
    """Return (phrase, what it also means) of one line."""
    left, *right = content.split(_ARROW)
    if len(right) > 1:
        raise ValueError(f"there's more than one {_ARROW}")
    keys = _phrases(left, analyzer)
    values = _phrases(right[0], analyzer) if right else keys
    if not right and len(keys) < 2:
        raise ValueError("a group needs two phrases or more, separated by commas")
    pairs = [(key, value) for key in keys for value in values if key != value]
    if not pairs:
        raise ValueError("both sides mean the same")
    return pairs


def _phrases(text: str, analyzer: Analyzer) -> Sequence[str]:
    """Return the terms of each phrase, separated by spaces, without repeats."""
    phrases: dict[str, None] = {}
    for part in text.split(","):
        terms = [word.term for word in analyzer.words(part)]
        if not terms:
            raise ValueError(f"there's no word in {part.strip()!r}")
        if len(terms) > MAX_WORDS:
            raise ValueError(f"{part.strip()!r} has more than {MAX_WORDS} words")
        phrases[" ".join(terms)] = None
    if len(phrases) > MAX_GROUP:
        raise ValueError(f"there are more than {MAX_GROUP} phrases")
    return list(phrases)


def _with(term: QueryTerm, more: dict[str, float]) -> QueryTerm:
    """Return a word with further alternatives, as many as count."""
    known = dict(term.alternatives)
    new = [(text, weight) for text, weight in more.items() if text not in known]
    return QueryTerm(term.word, (*term.alternatives, *new)[:MAX_ALTERNATIVES])
