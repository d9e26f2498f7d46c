"""BM25F: which rows have words of a query, and how well each fits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.lexical.documents import FIELDS
from ml.lexical.memo import Memo
from ml.lexical.query import MAX_ALTERNATIVES, MAX_CODES, MAX_TERMS, Query, QueryCode, QueryTerm, Weights
from ml.lexical.segment import COUNT_MASK, FIELD_SHIFT, Ints, shared
from ml.lexical.view import MODEL_CODE, SKU_CODE, FieldWeights, View

MAX_MODEL_ROWS = 50
"""A word of a title that more products share is a size or a standard, not a model number."""

DENSE = 4
"""From as many entries as a quarter of the rows on it is quicker to add up all rows than to find those concerned."""

SCORED_BYTES = 32 << 20
"""Of the scores of words that are kept: 12 for each row that has a word."""

WHOLE = 1 - 1e-9
"""Of a coverage, which is a sum."""

Floats = NDArray[np.float64]
TermId = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Part:
    """What one word of the query adds to a row's score."""

    word: str
    """The word of the query."""
    term: str
    """The alternative that counted; '' when none matched."""
    fields: tuple[str, ...]
    """Where it stands."""
    score: float
    """Parts sum to the row's score, up to rounding to float32."""


@dataclass(frozen=True, slots=True)
class _Alternative:
    """One alternative's rows and what it adds to each."""

    term: str
    rows: Ints
    scores: Floats


@dataclass(frozen=True, slots=True)
class _TermMatch:
    """One word's rows and what it adds to each."""

    term: QueryTerm
    idf: float
    rows: Ints
    scores: Floats
    alternatives: tuple[_Alternative, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """The rows that match a query at the moment of the call."""

    rows: NDArray[np.int64]
    """int64, shape (n,), ascending, live; each matches at least one word."""
    scores: NDArray[np.float32]
    """float32, shape (n,): the sum over words of the best alternative's score, above 0 and at most `ceiling`."""
    coverage: NDArray[np.float32]
    """float32, shape (n,): the matched words' share of the query's idf, 0 to 1."""
    ceiling: float
    """No score is higher; depends on the query and the live catalogue, not on filters. 0 for an empty query."""
    exact: NDArray[np.int64]
    """int64, ascending: rows whose SKU or model number is the query, or a word of it that looks like one."""
    _view: View
    _terms: tuple[_TermMatch, ...]
    _term_id: TermId

    def explain(self, row: int) -> list[Part]:
        """Return the parts of a row's score, one for each word of the query; all 0 for a row that doesn't match."""
        return [self._part(match, row) for match in self._terms]

    def field_coverage(self, rows: NDArray[np.int64]) -> Floats:
        """Return the share of the query's idf that stands in each field of rows: float64, shape (n, fields), 0 to 1.

        Args:
            rows: int64, shape (n,), distinct; those that don't match have 0 everywhere.
        """
        place = np.full(max(len(self._view.live), int(rows.max(initial=-1)) + 1), -1, np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        covered = np.zeros((len(rows), len(FIELDS)), np.float64)
        total = 0.0
        for match in self._terms:
            total += match.idf
            stands = np.zeros(covered.shape, np.bool_)
            for alternative in match.alternatives:
                matching = np.zeros(len(rows) + 1, np.bool_)  # the last one is for all other rows
                matching[place[alternative.rows]] = True
                matching[-1] = False
                for member in alternative.term.split():
                    number = self._term_id(member)
                    if number is None:
                        continue
                    found, codes = self._view.entries(number)
                    counts = matching[place[found]]
                    stands[place[found[counts]], codes[counts] >> FIELD_SHIFT] = True
            covered += match.idf * stands
        return covered / total if total else covered

    def titled(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which rows have the query, and nothing else, as their title: bool, shape (n,).

        Args:
            rows: int64, shape (n,), distinct.
        """
        title = FIELDS.index("title")
        titled: NDArray[np.bool_] = self.field_coverage(rows)[:, title] >= WHOLE
        covered = np.flatnonzero(titled)  # and these alone are sure to have been there at this moment
        if not len(covered):
            return titled
        order = covered[np.argsort(rows[covered])]
        ascending = rows[order]
        said = np.zeros(len(order), np.int64)  # terms of each title that the query has
        for number in self._numbers():
            found, codes = self._view.entries(number)
            place = np.minimum(np.searchsorted(ascending, found), len(order) - 1)
            counts = (ascending[place] == found) & (codes >> FIELD_SHIFT == title)
            np.add.at(said, place[counts], codes[counts] & COUNT_MASK)
        titled[order] = said == self._view.lengths[ascending, title]
        return titled

    def _numbers(self) -> set[int]:
        """Return the numbers of all terms that may stand for a word of the query."""
        alternatives = (alternative for match in self._terms for alternative in match.alternatives)
        members = {member for alternative in alternatives for member in alternative.term.split()}
        return {number for member in members if (number := self._term_id(member)) is not None}

    def _part(self, match: _TermMatch, row: int) -> Part:
        best, score = "", 0.0
        for alternative in match.alternatives:
            at = np.flatnonzero(alternative.rows == row)
            if len(at) and alternative.scores[at[0]] > score:
                best, score = alternative.term, float(alternative.scores[at[0]])
        return Part(match.term.word, best, self._fields_of(best, row), score)

    def _fields_of(self, term: str, row: int) -> tuple[str, ...]:
        found: set[int] = set()
        for member in term.split():
            number = self._term_id(member)
            if number is not None:
                rows, codes = self._view.entries(number)
                found.update((codes[rows == row] >> FIELD_SHIFT).tolist())
        return tuple(FIELDS[field] for field in sorted(found))


def match(scorer: Scorer, query: Query) -> Matches:
    """Score every live row that has a word of the query.

    Work is bounded by the number of words and alternatives that count times the rows that have them.

    Args:
        scorer: of the index at this moment.
        query: what to look for.
    """
    view, term_id = scorer.view, scorer.term_id
    found = tuple(scorer.term(term) for term in query.terms[:MAX_TERMS])
    rows, scores, covered = _sums(found, len(view.live))
    # Summed in the order of the words as the rows' values are, so that a row with all of them has coverage 1.
    total = 0.0
    for item in found:
        total += item.idf
    return Matches(
        rows=rows,
        scores=scores.astype(np.float32),
        coverage=(covered / total if total else covered).astype(np.float32),
        ceiling=total * (scorer.k1 + 1.0),
        exact=_exact(view, query.codes, term_id),
        _view=view,
        _terms=found,
        _term_id=term_id,
    )


class BestFits:
    """How well the best row fits each of several queries, at one moment; words that they share are scored once."""

    def __init__(self, scorer: Scorer) -> None:
        """Prepare for the moment of a scorer."""
        self._scorer = scorer
        self._terms: dict[QueryTerm, _TermMatch] = {}
        self._sums = np.zeros(len(scorer.view.live), np.float64)  # zeros again after each query

    def of(self, query: Query) -> float:
        """Return the best score of `match` as a share of its ceiling, to the last bit; 0 where nothing matches."""
        found = [self._term(term) for term in query.terms[:MAX_TERMS]]
        total, best = 0.0, 0.0
        for item in found:
            total += item.idf
            self._sums[item.rows] += item.scores
        for item in found:
            best = max(best, float(self._sums[item.rows].max(initial=0.0)))
        for item in found:
            self._sums[item.rows] = 0.0
        return float(np.float32(best)) / (total * (self._scorer.k1 + 1.0)) if best else 0.0

    def _term(self, term: QueryTerm) -> _TermMatch:
        known = self._terms.get(term)
        if known is None:
            known = self._terms[term] = self._scorer.term(term)
        return known


class Scorer:
    """Scores words at one moment of an index, and keeps the scores of those that were asked for before."""

    def __init__(self, view: View, weights: Weights, term_id: TermId) -> None:
        """Prepare for a view.

        Args:
            view: the index at this moment.
            weights: how BM25F counts.
            term_id: the number of a known term.
        """
        weight = np.array([weights.fields[name] for name in FIELDS], np.float64)
        b = np.array([weights.b[name] for name in FIELDS], np.float64)
        self.view, self.k1, self.term_id = view, weights.k1, term_id
        self._fields = FieldWeights.of(view, weight, b)
        self._scored = Memo[int, tuple[Ints, Floats, float]](SCORED_BYTES)

    def term(self, term: QueryTerm) -> _TermMatch:
        """Score one word: of its alternatives the best one counts."""
        raw = [self._alternative(text) for text, _ in term.alternatives[:MAX_ALTERNATIVES]]
        own_rows, _, own_idf = raw[0]
        factors = [weight for _, weight in term.alternatives[:MAX_ALTERNATIVES]]
        if len(own_rows):  # nothing is worth more than the word itself
            idfs = [weight * min(idf, own_idf) for (_, _, idf), weight in zip(raw, factors, strict=True)]
        else:
            idfs = [weight * idf for (_, _, idf), weight in zip(raw, factors, strict=True)]
        matching = [idf for (rows, _, _), idf in zip(raw, idfs, strict=True) if len(rows)]
        alternatives = tuple(
            _Alternative(text, rows, idf * saturated)
            for (text, _), (rows, saturated, _), idf in zip(term.alternatives, raw, idfs, strict=False)
            if len(rows)
        )
        idf = max(matching, default=idfs[0])
        if len(alternatives) == 1:
            return _TermMatch(term, idf, alternatives[0].rows, alternatives[0].scores, alternatives)
        rows, places = _union([item.rows for item in alternatives], len(self.view.live))
        scores = np.zeros(len(rows), np.float64)
        for item, place in zip(alternatives, places, strict=True):
            scores[place] = np.maximum(scores[place], item.scores)
        return _TermMatch(term, idf, rows.astype(np.int32), scores, alternatives)

    def _alternative(self, text: str) -> tuple[Ints, Floats, float]:
        """Return the rows that have all terms of an alternative, their saturated frequency, and the idf."""
        members = [self._single(term) for term in text.split()]
        rows, saturated, idf = members[0]
        if len(members) == 1:
            return rows, saturated, idf
        every = rows
        for other, _, _ in members[1:]:
            every = shared(every, other)
        weakest = np.full(len(every), np.inf)
        for rows, saturated, _ in members:
            order = np.argsort(rows)
            weakest = np.minimum(weakest, saturated[order[np.searchsorted(rows, every, sorter=order)]])
        return every, weakest, max(member[2] for member in members)

    def _single(self, term: str) -> tuple[Ints, Floats, float]:
        number = self.term_id(term)
        if number is None:
            return np.zeros(0, np.int32), np.zeros(0, np.float64), self._idf(0)
        return self._scored.get(number, lambda: self._score(number))

    def _score(self, number: int) -> tuple[Ints, Floats, float]:
        rows, frequency = self._fields.frequencies(self.view, number)
        idf = self._idf(len(rows))
        counts = frequency > 0  # a field of weight 0 isn't searched
        if not counts.all():
            rows, frequency = rows[counts], frequency[counts]
        return rows, frequency * (self.k1 + 1.0) / (self.k1 + frequency), idf

    def _idf(self, rows: int) -> float:
        return math.log(1.0 + (self.view.live_count - rows + 0.5) / (rows + 0.5))


def _sums(found: Sequence[_TermMatch], capacity: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return the ascending rows that any word has, the sums of their scores, and the sums of the idf of their words.

    Both ways add in the order of the words, so that sums have the same bits.
    """
    sizes = [len(item.rows) for item in found]
    if DENSE * sum(sizes) > capacity:
        every = np.concatenate([item.rows for item in found]).astype(np.int64)
        all_scores = np.bincount(every, np.concatenate([item.scores for item in found]), capacity).astype(
            np.float64, copy=False
        )
        all_covered = np.bincount(every, np.repeat([item.idf for item in found], sizes), capacity).astype(
            np.float64, copy=False
        )
        some: NDArray[np.int64] = np.flatnonzero(all_covered)  # no idf is 0
        return some, all_scores[some], all_covered[some]
    rows, places = _union([item.rows for item in found], capacity)
    scores, covered = np.zeros(len(rows), np.float64), np.zeros(len(rows), np.float64)
    for item, place in zip(found, places, strict=True):
        scores[place] += item.scores
        covered[place] += item.idf
    return rows, scores, covered


def _union(lists: Sequence[Ints], capacity: int) -> tuple[NDArray[np.int64], list[NDArray[np.int32]]]:
    """Return the ascending rows that occur in any list, and for every list where its rows lie among them."""
    marked = np.zeros(capacity, np.bool_)
    for rows in lists:
        marked[rows] = True
    union = np.flatnonzero(marked)
    place = np.empty(capacity, np.int32)
    place[union] = np.arange(len(union), dtype=np.int32)
    return union, [place[rows] for rows in lists]


def _exact(view: View, codes: Sequence[QueryCode], term_id: TermId) -> NDArray[np.int64]:
    """Return the rows of the first code that names any; as a SKU before as a word of a title.

    Words typed apart aren't a model number if some product that has these words isn't called by it: "rtx 2060" asks
    for all of them, not only for those whose title has "RTX2060".
    """
    for prefix in (SKU_CODE, MODEL_CODE):
        for code in codes[:MAX_CODES]:
            number = term_id(prefix + code.code)
            rows = view.rows(number) if number is not None else np.zeros(0, np.int32)
            if not len(rows):
                continue
            if prefix == SKU_CODE or (len(rows) <= MAX_MODEL_ROWS and _names_all(view, code.terms, rows, term_id)):
                return np.sort(rows).astype(np.int64)
    return np.zeros(0, np.int64)


def _names_all(view: View, terms: tuple[str, ...], rows: Ints, term_id: TermId) -> bool:
    """Tell whether the rows that have all terms, if they're several, are among these rows."""
    numbers = [number for term in dict.fromkeys(terms) if (number := term_id(term)) is not None]
    if len(numbers) != len(set(terms)) or len(numbers) < 2:
        return True
    every = view.rows(numbers[0])
    for number in numbers[1:]:
        every = shared(every, view.rows(number))
    return len(shared(every, rows)) == len(every)
