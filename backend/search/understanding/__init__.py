"""What a query says besides naming a product: price, rating, stock, sales, brand, colour, and what isn't wanted."""

from backend.search.understanding.counted import CountedLexicon
from backend.search.understanding.interpretation import (
    NO_PENALTIES,
    Filters,
    Interpretation,
    Note,
    Penalties,
    PriceRange,
    Values,
    filters_of,
    merge,
)
from backend.search.understanding.lexicon import Known, Lexicon, Share
from backend.search.understanding.titles import Entry
from backend.search.understanding.understand import ENDINGS, GRAMMAR, NEGATIONS, WORDS, denials, understand

__all__ = [
    "ENDINGS",
    "GRAMMAR",
    "NEGATIONS",
    "NO_PENALTIES",
    "WORDS",
    "CountedLexicon",
    "Entry",
    "Filters",
    "Interpretation",
    "Known",
    "Lexicon",
    "Note",
    "Penalties",
    "PriceRange",
    "Share",
    "Values",
    "denials",
    "filters_of",
    "merge",
    "understand",
]
