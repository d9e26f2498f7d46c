"""Cuts a query into words, numbers and marks that remember where they stood."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

Kind = Literal["word", "number", "mark"]

# Punctuation and currency signs, ASCII and beyond. Everything else that is no space and no ASCII digit is part of a
# word, so that scripts with combining vowels stay whole.
_MARKS = (
    r"!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2010-\u206f\u20a0-\u20cf"
    r"\u2264\u2265\u3000-\u303f"
)
_TOKEN = re.compile(
    rf"(?P<number>[0-9]+(?:[.,'\u2019][0-9]+)*)|(?P<word>[^\s0-9{_MARKS}]+(?:['\u2019][^\s0-9{_MARKS}]+)*)|(?P<mark>\S)"
)
_APOSTROPHES = re.compile("['\u2019]")
_DIACRITICS = re.compile("[\u0300-\u036f]")
_ABBREVIATION = 3  # letters before a full stop that belongs to the word: "max.", "dr.", "no."

HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_OPENING = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb"}


class Token(NamedTuple):
    """A word, number or mark.

    Attributes:
        kind: what it is.
        text: folded, as `fold` does.
        start: of the token in the query, in characters.
        end: behind its last character.
        joined: it follows the token before it without a space, or with a hyphen.
    """

    kind: Kind
    text: str
    start: int
    end: int
    joined: bool


def fold(text: str) -> str:
    """Return a text without case, accents and apostrophes."""
    if text.isascii():
        return text.lower().replace("'", "")
    # Compatible forms of letters may be capitals again, and the fold of a letter may carry accents.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _APOSTROPHES.sub("", _DIACRITICS.sub("", plain)))


def tokens(query: str, limit: int) -> list[Token] | None:
    """Return the tokens of a query, or None when there are more than `limit`.

    A hyphen inside a compound is left out, "&" is the word "and", and a full stop after an abbreviation is left out.
    """
    found: list[Token] = []
    end = -1
    dropped = False  # whether what stood before, without a space, was a hyphen that is left out
    for match in _TOKEN.finditer(query):
        if len(found) >= limit:
            return None
        kind, text = _kind(match), match[0]
        joined = match.start() == end
        end = match.end()
        last = found[-1] if found else None
        if kind == "mark" and joined and last is not None and not dropped and last.kind != "mark":
            if text in HYPHENS and _joins(query, last, end):
                dropped = True
                continue
            if text == "." and last.kind == "word" and last.end - last.start <= _ABBREVIATION:
                continue
        if text == "&":
            kind, text = "word", "and"
        found.append(Token(kind, text if kind == "mark" else fold(text), match.start(), end, joined))
        dropped = False
    return found


def words(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a label or title, folded: the form in which a lexicon is asked."""
    return tuple(token.text for token in tokens(text, len(text)) or () if token.kind != "mark" and token.text)


def quoted(query: str) -> list[tuple[int, int]]:
    """Return the spans between quotation marks; an inch sign behind a number opens none."""
    if _OPENING.keys().isdisjoint(query):
        return []
    spans: list[tuple[int, int]] = []
    position = 0
    while position < len(query):
        closing = _OPENING.get(query[position])
        begins = position == 0 or query[position - 1].isspace() or query[position - 1] in "(["
        if closing is not None and begins:
            end = query.find(closing, position + 1)
            if end < 0:
                return spans  # what isn't closed opens nothing; the others are looked for no further
            spans.append((position, end + 1))
            position = end
        position += 1
    return spans


def _kind(match: re.Match[str]) -> Kind:
    if match["number"]:
        return "number"
    return "word" if match["word"] else "mark"


def _joins(query: str, last: Token, end: int) -> bool:
    """Whether a hyphen that ends at `end` binds a compound: not a range of numbers, and something follows it."""
    if end >= len(query) or not query[end].isalnum():
        return False
    return not (last.kind == "number" and query[end] in "0123456789")
