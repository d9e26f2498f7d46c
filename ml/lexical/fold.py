"""Text to comparable text: accents, case, width and invisible characters don't matter."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import regex  # type: ignore[import-untyped]  # ships no types

# Soft hyphens, joiners, direction marks and variation selectors may stand inside a word without being seen.
INVISIBLE: Final = r"\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_DROPPED: Final = regex.compile(rf"[{INVISIBLE}\p{{Me}}]+")

_ASCII_REST: Final = re.compile(r"[^a-z0-9]+")

# Combining classes of accents (200 and up) and of Hebrew and Arabic points (10 to 35). The vowel signs of Indic
# scripts and Thai and the voicing marks of kana are letters in all but name and stay.
_FIRST_POINT, _LAST_POINT, _FIRST_ACCENT = 10, 35, 200


def fold(text: str) -> str:
    """Return text without accents, case and invisible characters, in one Unicode form."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", _DROPPED.sub("", text)).casefold())
    return unicodedata.normalize("NFC", "".join(char for char in text if not _is_accent(char)))


def _is_accent(char: str) -> bool:
    kind = unicodedata.combining(char)
    return kind >= _FIRST_ACCENT or _FIRST_POINT <= kind <= _LAST_POINT


def has_digit(word: str) -> bool:
    """Tell whether a word contains a decimal digit of any script."""
    return not word.isalpha() and any(char.isdecimal() for char in word)  # most words are letters alone


def code_of(text: str) -> str:
    """Return the letters and digits of a SKU or model number, which people separate as they like."""
    folded = fold(text)
    if folded.isascii():
        return _ASCII_REST.sub("", folded)
    return "".join(char for char in folded if char.isalnum())


def is_code(word: str) -> bool:
    """Tell whether a word looks like a model number: letters and digits, four characters or more."""
    return len(word) >= 4 and has_digit(word) and any(char.isalpha() for char in word)
