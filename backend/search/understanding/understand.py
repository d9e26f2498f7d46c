"""From a query to filters, preferences and the words that remain to be searched for."""

from __future__ import annotations

import re
from dataclasses import replace

from backend.search.understanding.amounts import read_prices
from backend.search.understanding.english import ENGLISH
from backend.search.understanding.exclusions import read_exclusions
from backend.search.understanding.german import GERMAN
from backend.search.understanding.grammar import Grammar, merged
from backend.search.understanding.interpretation import Interpretation, Note, PriceRange
from backend.search.understanding.lexicon import Lexicon
from backend.search.understanding.statements import read_phrases, read_ratings
from backend.search.understanding.tokens import Token, quoted, tokens, words
from backend.search.understanding.values import find_names, read_values
from backend.search.understanding.view import View

GRAMMAR = merged([ENGLISH, GERMAN])
NEGATIONS = (
    frozenset(word for phrase in GRAMMAR.negations.meanings for word in words(phrase)) | GRAMMAR.denying_before
)
"""What a lexicon should count the pairs of in titles: "no show" is a kind of sock."""
WORDS = GRAMMAR.words
"""What is no typing error, whatever products are called."""
ENDINGS = GRAMMAR.denying_behind
"""The same with the word before: "sugar free"."""
MAX_TOKENS = 80  # more is a pasted text, whose words describe rather than restrict

_CODE = re.compile(r"(?=\S*[0-9])\S+")


def denials(word: str) -> list[str]:
    """Return the words that products say of themselves which lack something, as one word each."""
    if " " in word:
        return []
    behind = GRAMMAR.denying_behind | GRAMMAR.denying_endings
    return sorted({before + word for before in GRAMMAR.denying_before} | {word + after for after in behind})


def understand(
    query: str, lexicon: Lexicon, *, currency_of_shop: str | None, grammar: Grammar = GRAMMAR
) -> Interpretation:
    """Read prices, ratings, stock, sales, exclusions, brands, colours, merchants and categories out of a query.

    Never raises, and takes well under a millisecond. A query in quotation marks, a single word with a digit (a model
    number), and a text of more than 80 words and marks are left alone. So is a query whose rest would say something
    again once the first things understood are left out: the result for `text` is `text`.

    Args:
        query: of any length and content.
        lexicon: what the catalogue knows.
        currency_of_shop: ISO 4217 code; None takes any currency for the shop's.
        grammar: the languages to read.
    """
    notes = _notes(query, lexicon, currency_of_shop, grammar)
    understood = Interpretation.of(query, notes)
    if understood.text != query and any(n.taken for n in _notes(understood.text, lexicon, currency_of_shop, grammar)):
        return Interpretation.of(query, ())
    return understood


def _notes(query: str, lexicon: Lexicon, shop: str | None, grammar: Grammar) -> list[Note]:
    if _CODE.fullmatch(query.strip()):
        return []
    found = tokens(query, MAX_TOKENS)
    if not found:
        return []
    view = View(query, found, grammar, lexicon, shop)
    view.closed.update(_quoted_tokens(query, found))
    find_names(view)
    protected = _protected(view)
    view.closed |= protected
    if any(token.kind == "number" for token in found):  # no price and no rating is without one
        read_ratings(view)
        read_prices(view)
    read_phrases(view, grammar.in_stock, "in_stock")
    if lexicon.knows_sales:
        read_phrases(view, grammar.on_sale, "on_sale")
    view.closed -= protected
    read_exclusions(view)
    read_values(view)
    return _consistent(query, view.notes)


def _quoted_tokens(query: str, found: list[Token]) -> set[int]:
    spans = quoted(query)
    return {i for i, token in enumerate(found) if any(start <= token.start < end for start, end in spans)}


def _protected(view: View) -> set[int]:
    """Return the tokens of names of several words: "under armour" is a brand, whatever "under" means."""
    names = (name for name in view.names.values() if name.end - name.start > 1)
    return {at for name in names for at in range(name.start, name.end)} - view.closed


def _consistent(query: str, notes: list[Note]) -> list[Note]:
    """Take the effect from prices that contradict each other, and from words to avoid where nothing is left."""
    avoiding = any(note.excluded and note.effect == "preference" for note in notes)
    if not avoiding and not any(isinstance(note.value, PriceRange) for note in notes):
        return notes
    kept = Interpretation.of(query, notes)
    least, most = kept.filters.min_price_cents, kept.filters.max_price_cents
    if least is not None and most is not None and least > most:
        notes = [_idle(note) if isinstance(note.value, PriceRange) else note for note in notes]
        kept = Interpretation.of(query, notes)
    if not kept.text and kept.penalties.avoided:
        notes = [_idle(note) if note.excluded and note.effect == "preference" else note for note in notes]
    return notes


def _idle(note: Note) -> Note:
    return replace(note, effect="none")
