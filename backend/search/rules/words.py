"""Words of a query as rules compare them."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, without case, compatibility forms and punctuation."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
