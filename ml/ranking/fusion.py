"""One score from words and meaning, and the cutoff that decides what is a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.index.order import best_first
from ml.index.planner import Plan
from ml.index.reaching import Reached
from ml.index.view import held
from ml.lexical.documents import FIELDS
from ml.lexical.match import Matches, Part
from ml.ranking.calibration import Scale
from ml.types import Embedding, ProductId, RowMask

Rows = NDArray[np.int64]
Bonus = Callable[[Rows], NDArray[np.float64]]
"""What business rules and preferences add to the scores of rows."""
SLACK = 1e-6  # of a cosine: float32 must not lose a row at the cutoff before it is looked at closely
EXACT_MATCH = 1.0  # added where a SKU or model number is the query: above anything else


@dataclass(frozen=True, slots=True)
class Fusion:
    """How words and meaning are weighed; chosen by `scripts.evaluate tune`.

    Attributes:
        lexical: weight of the words' score, 0 to 1.
        similarity: weight of the vectors' similarity, 0 to 1.
        saturation: standard deviations at which similarity has gained most of what it can.
        cutoff: standard deviations above the mean from which a product is a result by its meaning alone.
        coverage: share of the query's words, by their weight, from which a product is a result by its words alone.
    """

    lexical: float = 0.6
    similarity: float = 0.4
    saturation: float = 4.0
    cutoff: float = 2.5
    coverage: float = 0.6


class Similarities(Protocol):
    """The part of a vector index that is needed here; see `VectorIndex`."""

    def reaching(
        self,
        query: Embedding,
        least: float,
        allowed: RowMask | None = None,
        plan: Plan | None = None,
        *,
        beside: Rows | None = None,
    ) -> Reached:
        """Find the rows whose inner product may reach a value."""

    def inner_products(self, query: Embedding, rows: Rows) -> NDArray[np.float32]:
        """Return exact inner products; of a row always the same bits."""

    def id_of(self, row: int) -> ProductId:
        """Return the product of a row."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a score is made of: float64, shape (n,) each, or 0; their sum is the score."""

    lexical: NDArray[np.float64]
    similarity: NDArray[np.float64]
    exact: NDArray[np.float64]
    bonus: NDArray[np.float64]

    @property
    def total(self) -> NDArray[np.float64]:
        """The scores."""
        return self.lexical + self.similarity + self.exact + self.bonus


class Relevance:
    """One query against one catalogue.

    A row's score and whether it is a result depend on the query and the row alone, never on the filter: so filters
    can't add results, and facets, pages and totals of one query agree.
    """

    def __init__(
        self,
        query: Embedding,
        scale: Scale,
        matches: Matches | None,
        index: Similarities,
        fusion: Fusion,
        *,
        bonus: Bonus | None = None,
    ) -> None:
        """Bring together what is known of a query.

        Args:
            query: float32, shape (d,), L2 norm 1.
            scale: of this query.
            matches: what its words found; None where only vectors count, as for a picture.
            index: the vectors.
            fusion: the weights.
            bonus: what business rules and preferences add to rows, float64, shape (n,).
        """
        self._query = query
        self.scale = scale
        self._matches = matches
        self._index = index
        self._fusion = fusion
        self._bonus = bonus
        self._by_words = _by_words(matches, fusion.coverage)

    @property
    def words_count(self) -> int:
        """Rows that are results by their words alone, whatever is allowed."""
        return len(self._by_words)

    @property
    def bonus(self) -> Bonus | None:
        """What is added to rows besides words and meaning."""
        return self._bonus

    @property
    def has_exact(self) -> bool:
        """Whether the query is the SKU or model number of some product."""
        return self._matches is not None and len(self._matches.exact) > 0

    def under(self, fusion: Fusion, bonus: Bonus | None = None) -> Relevance:
        """Return the same with other weights, and with another bonus if there is one: its results are the same."""
        return Relevance(self._query, self.scale, self._matches, self._index, fusion, bonus=bonus or self._bonus)

    def results(self, allowed: RowMask | None = None, plan: Plan | None = None) -> ResultSet:
        """Return those of the rows allowed that are results.

        Args:
            allowed: bool, by row number; rows past its end are excluded. None allows every live row.
            plan: how those that are near are found; None is exactly. Those that have the words are found in any case.
        """
        words = self._by_words if allowed is None else self._by_words[held(allowed, self._by_words)]
        cutoff = self._fusion.cutoff
        if cutoff > 0:
            cutoff *= self.scale.trust
        reached = self._index.reaching(self._query, self.scale.cosine(cutoff) - SLACK, allowed, plan, beside=words)
        rows, estimates, errors = reached.rows, reached.estimates, reached.errors
        low, high = (self.scale.deviations(estimates + sign * errors) for sign in (np.float32(-1), np.float32(1)))
        member = (low >= cutoff) | (_aligned(rows, words, np.ones(len(words))) > 0)
        unsure = np.flatnonzero(~member & (high >= cutoff))
        if len(unsure):
            exact = self._index.inner_products(self._query, rows[unsure])
            member[unsure] = self.scale.deviations(exact) >= cutoff
        kept = np.flatnonzero(member)
        return ResultSet(self, rows[kept], low[kept], high[kept], scanned=reached.scanned, complete=reached.complete)

    def parts(self, rows: Rows) -> Parts:
        """Return the exact parts of the scores of rows."""
        similar = self.scale.deviations(self._index.inner_products(self._query, rows))
        return self._parts(rows, similar)

    def cosines(self, rows: Rows) -> NDArray[np.float32]:
        """Return the exact cosines of rows with the query."""
        return self._index.inner_products(self._query, rows)

    def coverage(self, rows: Rows) -> NDArray[np.float64]:
        """Return the share of the query's words that rows have, by their weight: float64, shape (n,), 0 to 1."""
        matches = self._matches
        return np.zeros(len(rows)) if matches is None else _aligned(rows, matches.rows, matches.coverage)

    def titled(self, rows: Rows) -> NDArray[np.bool_]:
        """Return which rows have the query as their title: bool, shape (n,)."""
        return np.zeros(len(rows), np.bool_) if self._matches is None else self._matches.titled(rows)

    def field_coverage(self, rows: Rows) -> NDArray[np.float64]:
        """Return the share of the query's words in each lexical field of rows: float64, shape (n, fields), 0 to 1."""
        return np.zeros((len(rows), len(FIELDS))) if self._matches is None else self._matches.field_coverage(rows)

    def terms(self, row: int) -> list[tuple[Part, float]]:
        """Return what each word of the query has to do with a row, and its share of the lexical part."""
        matches = self._matches
        if matches is None or matches.ceiling <= 0:
            return []
        return [(part, self._fusion.lexical * part.score / matches.ceiling) for part in matches.explain(row)]

    def best(self, rows: Rows, k: int) -> tuple[Rows, NDArray[np.float64]]:
        """Return the k best of rows and their scores, best first, equal ones by product id."""
        return best_first(rows, self.parts(rows).total, k, self._index.id_of)

    def bounds(
        self, rows: Rows, low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return between what the scores of rows lie, given bounds of their similarity in standard deviations."""
        parts = self._parts(rows, low)
        most = replace(parts, similarity=self._similarity(high))  # added up in the same order: never below the least
        return parts.total, most.total

    def _parts(self, rows: Rows, deviations: NDArray[np.float64]) -> Parts:
        nothing = np.zeros(len(rows))
        matches = self._matches
        lexical, exact = nothing, nothing
        if matches is not None:
            if matches.ceiling > 0:
                scores = matches.scores.astype(np.float64) / matches.ceiling
                lexical = self._fusion.lexical * _aligned(rows, matches.rows, scores)
            if len(matches.exact):
                exact = np.where(np.isin(rows, matches.exact), EXACT_MATCH, 0.0)
        bonus = nothing if self._bonus is None else self._bonus(rows)
        return Parts(lexical, self._similarity(deviations), exact, bonus)

    def _similarity(self, deviations: NDArray[np.float64]) -> NDArray[np.float64]:
        """Saturating: of two products that both fit, the words decide."""
        gained: NDArray[np.float64] = self._fusion.similarity * np.tanh(deviations / self._fusion.saturation)
        return gained


class ResultSet:
    """The results of one query among the rows that passed the filters.

    Attributes:
        rows: int64, shape (n,), ascending.
        scanned: rows that were compared with the query.
        complete: whether these are all; if not, results by meaning alone may be missing.
    """

    def __init__(
        self,
        relevance: Relevance,
        rows: Rows,
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        *,
        scanned: int,
        complete: bool,
    ) -> None:
        self.rows = rows
        self.scanned = scanned
        self.complete = complete
        self._relevance = relevance
        self._low = low
        self._high = high

    def __len__(self) -> int:
        return len(self.rows)

    def within(self, allowed: RowMask) -> ResultSet:
        """Return the results that a mask allows too: bool, shape (n,); rows past its end are excluded."""
        kept = np.flatnonzero(held(allowed, self.rows))
        return ResultSet(
            self._relevance, self.rows[kept], self._low[kept], self._high[kept],
            scanned=self.scanned, complete=self.complete,
        )  # fmt: skip

    def under(self, relevance: Relevance) -> ResultSet:
        """Return the same results, scored by what `Relevance.under` returned."""
        return ResultSet(
            relevance, self.rows, self._low, self._high, scanned=self.scanned, complete=self.complete
        )  # fmt: skip

    def top(self, k: int) -> tuple[Rows, NDArray[np.float64]]:
        """Return the k best results and their scores, best first, equal ones by product id."""
        rows = self.rows
        if k < len(rows):
            least, most = self._relevance.bounds(rows, self._low, self._high)
            # Whoever can't reach what k others surely have isn't among the k best.
            rows = rows[most >= np.partition(least, -k)[-k]]
        return self._relevance.best(rows, k)


def _aligned(rows: Rows, known: Rows, values: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each of `rows` its value, 0 where it isn't `known`, which is ascending."""
    if not len(known):
        return np.zeros(len(rows))
    place = np.minimum(np.searchsorted(known, rows), len(known) - 1)
    return np.where(known[place] == rows, values[place].astype(np.float64), 0.0)


def _by_words(matches: Matches | None, coverage: float) -> Rows:
    """Return the rows that hold enough of a query's words, or whose number is the query; ascending."""
    if matches is None:
        return np.empty(0, np.int64)
    enough = matches.rows[matches.coverage >= coverage]
    return np.union1d(enough, matches.exact) if len(matches.exact) else enough
