"""The phrases of a product that are worth suggesting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ml.lexical.analyzer import Analyzer
from ml.lexical.documents import Document

PHRASE: Final = "~"
"""Starts a phrase in the vocabulary; no word starts with it."""
TITLE_WORDS: Final = (2, 3)
"""So many leading words of a title are a phrase."""
MAX_PHRASE = 60  # characters
_LEVEL = ">"


def phrases_of(document: Document, analyzer: Analyzer) -> set[str]:
    """Return what a shopper may be about to type for a product: its title's first words, brand, category, or both."""
    return {phrase for phrase in _all(document, analyzer) if 0 < len(phrase) <= MAX_PHRASE}


def _all(document: Document, analyzer: Analyzer) -> Iterator[str]:
    title = analyzer.plain(document.title)
    yield from (" ".join(title[:count]) for count in TITLE_WORDS if len(title) >= count)
    brand = " ".join(analyzer.plain(document.brand))
    category = " ".join(analyzer.plain(document.category.rpartition(_LEVEL)[2]))
    yield from (brand, category)
    if brand and category:
        yield f"{brand} {category}"
