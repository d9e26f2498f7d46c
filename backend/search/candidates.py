"""Which products are results of a search, and in which order of relevance."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from backend.catalogue.live import APPLY_BLOCK, LiveCatalogue, Ranking
from ml.ranking.fusion import Relevance, ResultSet
from ml.types import Embedding, RowMask


class Candidates(Protocol):
    """One query against the catalogue; lists, totals and facets are all of the same members."""

    def members(self, allowed: RowMask | None) -> RowMask | None:
        """Return which of the rows that pass a filter are results: bool, shape (capacity,); None stands for all."""

    def best(self, k: int, members: RowMask | None) -> Ranking:
        """Return the k most relevant of some members, best first; equal ones by id."""


class Browsing:
    """Without a query: every product is a result, in the order of quality and reviews."""

    def __init__(self, live: LiveCatalogue) -> None:
        self._live = live

    def members(self, allowed: RowMask | None) -> RowMask | None:
        """Return all that are allowed."""
        return allowed

    def best(self, k: int, members: RowMask | None) -> Ranking:
        """Return the k best presented and rated."""
        return self._live.browse(k, members)


class Nearest:
    """A vector alone, as of a picture: every product is a result, ordered by similarity."""

    def __init__(self, live: LiveCatalogue, query: Embedding) -> None:
        self._live = live
        self._query = query

    def members(self, allowed: RowMask | None) -> RowMask | None:
        """Return all that are allowed."""
        return allowed

    def best(self, k: int, members: RowMask | None) -> Ranking:
        """Return the k most similar."""
        return self._live.nearest(self._query, k, members)


class Hybrid:
    """Words and meaning together: results are those that share the query's words or come close to it in meaning."""

    def __init__(self, live: LiveCatalogue, relevance: Relevance, *, wide: bool) -> None:
        """Prepare a search.

        Args:
            live: the catalogue.
            relevance: of the query.
            wide: whether members will be asked for under several filters: then all rows are scored at once.
        """
        self._live = live
        self.relevance = relevance
        self._all = relevance.results(live.live_rows(None)) if wide else None
        self._known: tuple[RowMask, ResultSet] | None = None

    def members(self, allowed: RowMask | None) -> RowMask:
        """Return those of the rows allowed that are results."""
        if self._all is None:
            results = self.relevance.results(self._live.live_rows(allowed))
        else:
            results = self._all if allowed is None else self._all.within(allowed)
        mask = np.zeros(len(self._live.columns.arrays.live if allowed is None else allowed), np.bool_)
        mask[results.rows] = True
        if self._known is None:  # of the search itself; the others are for counting
            self._known = mask, results
        return mask

    def rescore(self, relevance: Relevance) -> None:
        """Order the same results by other weights, from `Relevance.under`; after `members` was asked."""
        self.relevance = relevance
        if self._known is not None:
            self._known = self._known[0], self._known[1].under(relevance)

    def best(self, k: int, members: RowMask | None) -> Ranking:
        """Return the k best by score."""
        wanted = k
        while True:
            if self._known is not None and members is self._known[0]:
                rows, scores = self._known[1].top(wanted)
            else:
                rows, scores = self.relevance.best(self._live.live_rows(members), wanted)
            ranking = self._live.ranking(rows, scores)
            if len(ranking) >= k or len(rows) < wanted:
                return ranking.kept(np.arange(min(k, len(ranking))))
            wanted += APPLY_BLOCK  # of products that moved meanwhile some fell out
