"""Texts to terms: split, folded, stemmed; the same for documents and queries."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Final, NamedTuple

import regex  # type: ignore[import-untyped]  # ships no types
import Stemmer

from ml.lexical.fold import INVISIBLE, fold, has_digit

MAX_WORD = 64  # characters; the rest of a longer word doesn't count
MAX_FIELD_TERMS = 8_000  # of one field of one document; the rest doesn't count
MAX_JOINED_PARTS = 6
MAX_JOINED_LENGTH = 40
_CACHED = 200_000
_UNSTEMMED_LENGTH = 3

_JOINERS: Final = r"[-/._&'\u2019\u2010\u2011]"
_PIECE: Final = rf"\p{{Nd}}+(?:\.\p{{Nd}}+)+[\p{{L}}\p{{M}}]*|[\p{{L}}\p{{N}}\p{{M}}{INVISIBLE}]+"
_ANY_PIECE: Final = regex.compile(_PIECE)
_ANY_CHUNK: Final = regex.compile(rf"(?:{_PIECE})(?:{_JOINERS}(?:{_PIECE}))*")
# The same for ASCII: `re` is faster, and most texts of most shops are.
_ASCII_PIECE: Final = r"[0-9]+(?:\.[0-9]+)+[a-z]*|[a-z0-9]+"
_ASCII_CHUNK: Final = re.compile(rf"(?:{_ASCII_PIECE})(?:[-/._&'](?:{_ASCII_PIECE}))*")
_POSSESSIVE: Final = regex.compile(r"['\u2019]s$")
# Scripts that are written without spaces between words.
_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー"
_RUN: Final = regex.compile(rf"[{_UNSPACED}]+|[\p{{L}}\p{{N}}\p{{M}}.--[{_UNSPACED}]]+", regex.V1)
_UNSPACED_START: Final = regex.compile(rf"[{_UNSPACED}]")


class Word(NamedTuple):
    """One word of a query."""

    text: str
    """Folded, not stemmed."""
    term: str
    """What it's called in the index."""
    start: int
    """Where it lies in the query as it was given; ``query[start:end]`` is what was typed."""
    end: int
    chunk: int
    """Words written as one, such as "t-shirt", have the same number."""


class Analyzer:
    """Splits, folds and stems texts of one language.

    Words joined by a hyphen, slash, dot, underscore, ampersand or apostrophe give their parts and the joined form:
    "WH-1000XM4" is wh, 1000xm4 and wh1000xm4. Decimal numbers stay whole, words with digits aren't stemmed, and
    scripts without spaces give pairs of characters. Safe to use from several threads.
    """

    def __init__(self, language: str = "english") -> None:
        """Choose a language.

        Args:
            language: "none", or a Snowball stemmer's name such as "english" or "german".

        Raises:
            ValueError: there's no such stemmer.
        """
        if language != "none" and language not in Stemmer.algorithms():
            raise ValueError(f"language must be none or one of {', '.join(Stemmer.algorithms())}, not {language!r}")
        self.language = language
        self._stemmer = None if language == "none" else Stemmer.Stemmer(language, 0)
        self._stems: dict[str, str] = {}
        self._chunks: dict[str, tuple[str, ...]] = {}
        self._parts: dict[str, tuple[tuple[str, str, int, int], ...]] = {}  # of chunks of queries
        self._lock = threading.Lock()  # a Snowball stemmer keeps state while it works

    def terms(self, text: str) -> list[str]:
        """Return the terms of a document's field in order, with repeats."""
        return [self.stem(surface) for surface in self.surfaces(text)]

    def surfaces(self, text: str) -> list[str]:
        """Return what `terms` returns before stemming: the words as people write them, only folded."""
        if text.isascii():
            chunks = _ASCII_CHUNK.findall(text.lower())
        else:
            chunks = _ANY_CHUNK.findall(text)
        found: list[str] = []
        for chunk in chunks:
            known = self._chunks.get(chunk)
            if known is None:
                known = self._learn(chunk)
            found += known
            if len(found) >= MAX_FIELD_TERMS:
                return found[:MAX_FIELD_TERMS]
        return found

    def stem(self, surface: str) -> str:
        """Return the term of a folded word."""
        term = self._stems.get(surface)
        if term is None:
            if self._stemmer is None or len(surface) <= _UNSTEMMED_LENGTH or has_digit(surface):
                return surface
            with self._lock:
                term = self._stemmer.stemWord(surface) or surface
            if len(self._stems) >= _CACHED:
                self._stems = {}
            self._stems[surface] = term
        return term

    def plain(self, text: str) -> list[str]:
        """Return the words of a text folded but otherwise as written: compounds whole, nothing stemmed."""
        return [word for chunk in _ANY_CHUNK.findall(text) if (word := fold(chunk))]

    def words(self, query: str) -> list[Word]:
        """Return the words of a query in order; of a compound its parts."""
        found = []
        for number, chunk in enumerate(_ANY_CHUNK.finditer(query)):
            at = chunk.start()
            for surface, term, start, end in self._parts.get(chunk[0]) or self._take_apart(chunk[0]):
                found.append(Word(surface, term, at + start, at + end, number))
        return found

    def _take_apart(self, chunk: str) -> tuple[tuple[str, str, int, int], ...]:
        """Return the words of a chunk of a query, their terms, and where in the chunk they lie."""
        parts = tuple(
            (surface, self.stem(surface), start, end)
            for start, end in _piece_spans(chunk)
            for surface in _split(chunk[start:end], of_query=True)
        )
        if len(self._parts) >= _CACHED:
            self._parts = {}
        if len(chunk) <= MAX_WORD:
            self._parts[chunk] = parts
        return parts

    def _learn(self, chunk: str) -> tuple[str, ...]:
        surfaces = tuple(_surfaces_of(chunk))
        if len(self._chunks) >= _CACHED:
            self._chunks = {}
        if len(chunk) <= MAX_WORD:
            self._chunks[chunk] = surfaces
        return surfaces


def joined(parts: list[str]) -> str | None:
    """Return parts of a compound as one word, or None when they wouldn't be one."""
    if not 2 <= len(parts) <= MAX_JOINED_PARTS or sum(map(len, parts)) > MAX_JOINED_LENGTH:
        return None
    whole = "".join(parts)
    return None if not whole.isascii() and any(_UNSPACED_START.match(part) for part in parts) else whole


def _piece_spans(chunk: str) -> list[tuple[int, int]]:
    """Return where the parts of a compound lie; "women's" is one part."""
    spans = [piece.span() for piece in _ANY_PIECE.finditer(chunk)]
    if len(spans) > 1 and _POSSESSIVE.search(chunk):
        spans[-2:] = [(spans[-2][0], spans[-1][1])]
    return spans


def _surfaces_of(chunk: str) -> Iterator[str]:
    spans = _piece_spans(chunk)
    parts = []
    for start, end in spans:
        surfaces = list(_split(chunk[start:end], of_query=False))
        yield from surfaces
        parts += surfaces
    whole = joined(parts) if len(spans) > 1 else None
    # "laptop/notebook" is either of them, while "C7/4000" is one number.
    if whole is not None and ("/" not in chunk or has_digit(whole)):
        yield whole


def _split(piece: str, *, of_query: bool) -> Iterator[str]:
    """Yield the folded words of a piece: itself, or pairs of characters of a script without spaces."""
    for run in _RUN.findall(fold(_POSSESSIVE.sub("s", piece))):
        if not _UNSPACED_START.match(run):
            word = run.strip(".")[:MAX_WORD]
            if word:
                yield word
            continue
        if len(run) == 1 or not of_query:
            yield from run
        yield from (run[at : at + 2] for at in range(len(run) - 1))
