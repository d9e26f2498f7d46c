"""A query's text to what is asked of the index: words with everything that may stand for them in a product."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from ml.lexical.analyzer import MAX_JOINED_LENGTH, Analyzer, Word, joined
from ml.lexical.fold import code_of, has_digit, is_code
from ml.lexical.memo import Memo
from ml.lexical.query import MAX_TERMS, Query, QueryCode, QueryTerm
from ml.lexical.segment import shared
from ml.lexical.vocabulary import Vocabulary

MAX_SPAN = 4  # words that may belong to one compound: "wh 1000 xm 4"
MIN_NUMBER_CODE = 6  # digits alone in a longer query are a code from this length
MAX_SPLITS = 4
MIN_APART, MIN_APART_SHARE = 3, 0.5  # titles that have the parts of a word, at least, and per title that has the word
_MAX_COMPOUND_ROWS = 5_000  # of a more common word it's too costly to find out how it's also written
KEPT_BYTES = 4 << 20
APART, TOGETHER = 0.9, 1.0  # weights of a compound that was typed with a space, or written as one word


def build_query(text: str, analyzer: Analyzer, vocabulary: Vocabulary) -> Query:
    """Analyse one query by itself; see `QueryBuilder.build`.

    Args:
        text: what was typed; any length, any content.
        analyzer: the index's.
        vocabulary: the index's.
    """
    return QueryBuilder(analyzer, vocabulary).build(text)


class QueryBuilder:
    """Analyses queries of one moment of an index: what they share is looked up once."""

    def __init__(self, analyzer: Analyzer, vocabulary: Vocabulary) -> None:
        """Use the analyzer and the vocabulary of an index."""
        self._analyzer, self._vocabulary = analyzer, vocabulary
        self._apart = Memo[str, list[str]](KEPT_BYTES)

    def build(self, text: str) -> Query:
        """Analyse a query.

        "WH 1000XM4", "wh-1000xm4" and "wh1000xm4" all find a product that's called by any of them: words that are one
        word in the catalogue get that as an alternative, and words that the catalogue writes apart their parts.

        Args:
            text: what was typed; any length, any content. Words past the first 32 distinct ones don't count.
        """
        words = first_words(self._analyzer.words(text))
        alternatives: dict[str, dict[str, float]] = {}
        surfaces: dict[str, str] = {}
        for word in words:
            alternatives.setdefault(word.term, {word.term: 1.0})
            surfaces.setdefault(word.term, word.text)
        for span in spans(words):
            whole = joined([word.text for word in span])
            term = None if whole is None else self._analyzer.stem(whole)
            if term is not None and self._vocabulary.term_count(term):
                weight = TOGETHER if span[0].chunk == span[-1].chunk else APART
                for word in span:
                    known = alternatives[word.term]
                    known[term] = max(weight, known.get(term, 0.0))
        for term, surface in surfaces.items():
            for split in self._written_apart(surface):
                alternatives[term].setdefault(split, APART)
        terms = tuple(QueryTerm(surfaces[term], tuple(found.items())) for term, found in alternatives.items())
        return Query(terms, tuple(_codes(text, words)))

    def _written_apart(self, word: str) -> list[str]:
        return self._apart.get(word, lambda: written_apart(word, self._analyzer, self._vocabulary))


def first_words(words: Sequence[Word]) -> list[Word]:
    """Return the words up to where the number of distinct ones passes what counts."""
    seen: set[str] = set()
    kept = []
    for word in words[: 8 * MAX_TERMS]:
        seen.add(word.term)
        if len(seen) > MAX_TERMS:
            break
        kept.append(word)
    return kept


def spans(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Yield runs of two to four neighbouring words, the longest first."""
    for length in range(MAX_SPAN, 1, -1):
        for start in range(len(words) - length + 1):
            yield words[start : start + length]


def written_apart(word: str, analyzer: Analyzer, vocabulary: Vocabulary) -> list[str]:
    """Return how live products write a word apart: its parts as terms, separated by spaces; at most four ways."""
    if not 3 <= len(word) <= MAX_JOINED_LENGTH:
        return []
    cuts = _model_cuts(word) if has_digit(word) else [(0, at, len(word)) for at in range(1, len(word))]
    ways = [[analyzer.stem(word[start:end]) for start, end in pairwise(cut)] for cut in cuts]
    known = [parts for parts in ways if all(vocabulary.term_count(part) for part in parts)]
    if has_digit(word):
        used = [parts for parts in known if len(vocabulary.rows_with_all(parts))]
    else:
        used = _compounds(analyzer.stem(word), known, vocabulary)
    return [" ".join(parts) for parts in used[:MAX_SPLITS]]


def _model_cuts(word: str) -> list[tuple[int, ...]]:
    """Return where a model number may fall apart: where letters meet digits, at up to three places."""
    borders = [at for at in range(1, len(word)) if word[at - 1].isdecimal() != word[at].isdecimal()][:6]
    return [(0, *inner, len(word)) for size in (1, 2, 3) for inner in combinations(borders, size)]


def _compounds(term: str, ways: list[list[str]], vocabulary: Vocabulary) -> list[list[str]]:
    """Return the ways to cut a known word that make sense to the catalogue.

    Half of the products with "tshirt" also have "t" and "shirt" when they're called "t-shirt"; and the titles of many
    have "mouse" and "pad", compared with those that have "mousepad".
    """
    if not 0 < vocabulary.term_count(term) <= _MAX_COMPOUND_ROWS:
        return []
    if not ways:
        return []
    own = vocabulary.rows(term)
    wanted = max(MIN_APART, MIN_APART_SHARE * len(vocabulary.rows(term, head=True)))
    found = []
    few = min(wanted, len(own) / 2)
    ways = [parts for parts in ways if min(map(vocabulary.term_count, parts)) >= few]
    for parts in heapq.nlargest(MAX_SPLITS, ways, key=lambda parts: min(map(vocabulary.term_count, parts))):
        hyphenated = 2 * len(shared(vocabulary.rows_with_all(parts), own)) >= len(own)
        if hyphenated or (min(map(len, parts)) > 1 and len(vocabulary.rows_with_all(parts, head=True)) >= wanted):
            found.append(parts)
    return found


def _codes(text: str, words: Sequence[Word]) -> Iterator[QueryCode]:
    """Yield what may be a SKU or model number: all of the query, then words and runs of words, longer ones first."""
    whole = code_of(text[: 4 * MAX_JOINED_LENGTH])
    if whole:
        yield QueryCode(whole, _apart(words))
    if not any(has_digit(word.text) for word in words):
        return
    for span in (*spans(words), *((word,) for word in words)):
        code = code_of("".join(word.text for word in span))
        numbers_only = code.isdecimal() and len(code) >= MIN_NUMBER_CODE and len(span) == 1
        if len(code) <= MAX_JOINED_LENGTH and (is_code(code) or numbers_only) and code != whole:
            yield QueryCode(code, _apart(span))


def _apart(words: Sequence[Word]) -> tuple[str, ...]:
    """Return the terms of words, if they were typed apart."""
    return tuple(word.term for word in words) if len({word.chunk for word in words}) > 1 else ()
