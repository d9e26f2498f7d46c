"""Which products are results of a search, and in which order of relevance; exactly or as the planner says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import APPLY_BLOCK, LiveCatalogue
from backend.catalogue.ranking import Ranking
from ml.index.order import best_first
from ml.index.planner import REACH_DEPTH, Plan
from ml.ranking.fusion import Bonus, Relevance, ResultSet
from ml.types import Embedding, RowMask


@dataclass(frozen=True, slots=True)
class Work:
    """How a search was answered.

    Attributes:
        mode: "browse" without a query.
        scanned: products whose vector or code was compared with the query.
        complete: whether every result is in the list.
        counted: whether every result is among those that wider filters are counted in.
        plan: what the planner chose; None without a query.
    """

    mode: Literal["exact", "approximate", "browse"]
    scanned: int
    complete: bool = True
    counted: bool = True
    plan: Plan | None = None


class Ordered(Protocol):
    """What a list is cut from."""

    def best(self, k: int, members: RowMask | None) -> Ranking:
        """Return the k most relevant of some members, best first; equal ones by id."""


class Candidates(Ordered, Protocol):
    """One query against the catalogue; lists, totals and facets are all of the same members."""

    def members(self, allowed: RowMask | None, count: int) -> RowMask | None:
        """Return which of the `count` rows that pass are results: bool, shape (capacity,); None stands for all."""

    def counted(self, allowed: RowMask | None) -> RowMask | None:
        """Return which rows would be results under a wider filter, those of `members` among them."""

    @property
    def work(self) -> Work:
        """How `members` and `counted` went."""

    def recall(self, k: int) -> float:
        """Return which part of the k best is found, by an exact search: 0 to 1."""


class Browsing:
    """Without a query: every product is a result, in the order of quality and reviews, and what rules add."""

    def __init__(self, live: LiveCatalogue, bonus: Bonus | None = None) -> None:
        self._live = live
        self._bonus = bonus

    def members(self, allowed: RowMask | None, count: int) -> RowMask | None:
        """Return all that are allowed."""
        return allowed

    def counted(self, allowed: RowMask | None) -> RowMask | None:
        """Return all that are allowed."""
        return allowed

    def best(self, k: int, members: RowMask | None) -> Ranking:
        """Return the k best presented and rated."""
        return self._live.browse(k, members, self._bonus)

    @property
    def work(self) -> Work:
        """Nothing is compared with anything."""
        return Work("browse", 0)

    def recall(self, k: int) -> float:
        """Everything is found."""
        return 1.0


class Nearest:
    """A vector alone, as of a picture: every product is a result, ordered by similarity, and what rules add.

    Where the planner finds it good enough, the first `REACH_DEPTH` are those that probing clusters finds; whatever
    it missed follows behind them, so that nothing is listed twice or never. The rows' keys tell the two parts apart.
    """

    def __init__(self, live: LiveCatalogue, query: Embedding, bonus: Bonus | None = None, *, exact: bool) -> None:
        """Prepare a search.

        Args:
            live: the catalogue.
            query: float32, shape (d,), L2 norm 1.
            bonus: what rules add to cosines; with it every product is looked at.
            exact: leaves the planner out.
        """
        self._live = live
        self._query = query
        self._bonus = bonus
        self._exact = exact or bonus is not None
        self._plan = Plan("exact", 0, 0)
        self._allowed: RowMask | None = None

    def members(self, allowed: RowMask | None, count: int) -> RowMask | None:
        """Return all that are allowed."""
        self._allowed = allowed
        self._plan = self._live.index.plan(REACH_DEPTH, count, exact=self._exact)
        return allowed

    def counted(self, allowed: RowMask | None) -> RowMask | None:
        """Return all that are allowed."""
        return allowed

    def best(self, k: int, members: RowMask | None) -> Ranking:
        """Return the k most similar."""
        if self._bonus is not None:
            return self._lifted(k, members, self._bonus)
        if not self.approximate:
            return self._live.nearest(self._query, k, members)
        first = self._live.nearest(self._query, REACH_DEPTH, members, self._plan)
        keys = np.ones(len(first), np.int64)
        if k <= len(first):
            return first.kept(np.arange(k), keys=keys)
        every = self._live.nearest(self._query, k, members)
        rest = every.kept(np.flatnonzero(~np.isin(every.rows, first.rows)))
        return first.kept(np.arange(len(first)), keys=keys).followed_by(rest).kept(np.arange(min(k, len(every))))

    @property
    def approximate(self) -> bool:
        """Whether the list has the two parts."""
        return self._plan.mode == "approximate"

    @property
    def work(self) -> Work:
        """As planned; all that are allowed are in the list in any case."""
        return Work(self._plan.mode, self._plan.scanned, plan=self._plan)

    def recall(self, k: int) -> float:
        """Compare the first ones with an exact search."""
        found = self.best(k, self._allowed)
        return _recall(found.ranks, self._live.nearest(self._query, k, self._allowed).ranks)

    def _lifted(self, k: int, members: RowMask | None, bonus: Bonus) -> Ranking:
        rows = self._live.live_rows(members)
        added = bonus(rows)
        moved = rows[added != 0]
        others = np.zeros(len(self._live.columns.arrays.live if members is None else members), np.bool_)
        others[rows[added == 0]] = True
        nearest = self._live.nearest(self._query, k, others)
        lifted = self._live.index.inner_products(self._query, moved) + added[added != 0]
        both, ranks = np.concatenate([nearest.rows, moved]), np.concatenate([nearest.ranks, lifted])
        return self._live.ranking(*best_first(both, ranks, k, self._live.index.id_of))


class Hybrid:
    """Words and meaning together: results are those that share the query's words or come close to it in meaning.

    Which rows an approximate search finds doesn't depend on the filter: a filter only takes away, and what facets
    count under wider filters is of one set. Where a filter leaves so few that they are searched exactly, they are
    added to that set.
    """

    def __init__(self, live: LiveCatalogue, relevance: Relevance, *, wide: bool, exact: bool) -> None:
        """Prepare a search.

        Args:
            live: the catalogue.
            relevance: of the query.
            wide: whether `counted` will be asked for.
            exact: leaves the planner out.
        """
        self._live = live
        self._wide = wide
        self._exact = exact
        self.relevance = relevance
        self._allowed: RowMask | None = None
        self._plan = Plan("exact", 0, 0)
        self._own: ResultSet | None = None
        self._mask: RowMask | None = None
        self._all: ResultSet | None = None

    def members(self, allowed: RowMask | None, count: int) -> RowMask:
        """Return those of the rows allowed that are results."""
        self._allowed, self._plan = allowed, self._planned(count)
        if self._wide:
            plan = self._planned(self._live.product_count)
            self._all = self.relevance.results(None, plan)
            if plan.mode == self._plan.mode:
                self._own = self._all if allowed is None else self._all.within(allowed)
        if self._own is None:
            self._own = self.relevance.results(self._live.known(allowed), self._plan)
        self._mask = self._marked(self._own, allowed)
        return self._mask

    def counted(self, allowed: RowMask | None) -> RowMask:
        """Return those of the rows that a wider filter allows that would be results."""
        if self._all is None or self._own is None:
            raise RuntimeError("wider filters were not announced")
        mask = self._marked(self._all if allowed is None else self._all.within(allowed), allowed)
        own = self._own.rows
        mask[own[own < len(mask)]] = True
        return mask

    def rescore(self, relevance: Relevance) -> None:
        """Order the same results by other weights, from `Relevance.under`; after `members` was asked."""
        self.relevance = relevance
        self._own = None if self._own is None else self._own.under(relevance)
        self._all = None if self._all is None else self._all.under(relevance)

    def best(self, k: int, members: RowMask | None) -> Ranking:
        """Return the k best by score."""
        wanted = k
        while True:
            if self._own is not None and members is self._mask:
                rows, scores = self._own.top(wanted)
            else:
                rows, scores = self.relevance.best(self._live.live_rows(members), wanted)
            ranking = self._live.ranking(rows, scores)
            if len(ranking) >= k or len(rows) < wanted:
                return ranking.kept(np.arange(min(k, len(ranking))))
            wanted += APPLY_BLOCK  # of products that moved meanwhile some fell out

    @property
    def work(self) -> Work:
        """As planned; without the rows that were looked at twice."""
        own, everything = self._own, self._all
        scanned = max(0 if own is None else own.scanned, 0 if everything is None else everything.scanned)
        complete = own is None or own.complete
        counted = everything.complete if everything is not None else complete
        return Work(self._plan.mode, scanned, complete, counted, self._plan)

    def recall(self, k: int) -> float:
        """Compare the first ones with an exact search."""
        if self._own is None:
            return 1.0
        exact = self.relevance.results(self._live.known(self._allowed))
        return _recall(self._own.top(k)[1], exact.top(k)[1])

    def _planned(self, count: int) -> Plan:
        return self._live.index.plan_reaching(count, beside=self.relevance.words_count, exact=self._exact)

    def _marked(self, results: ResultSet, allowed: RowMask | None) -> RowMask:
        mask = np.zeros(len(self._live.columns.arrays.live if allowed is None else allowed), np.bool_)
        mask[results.rows] = True
        return mask


def _recall(found: NDArray[np.float64], exact: NDArray[np.float64]) -> float:
    """Return the share of exact scores, best first, that were found; equal scores stand for each other."""
    if not len(exact):
        return 1.0
    return min(len(exact), int(np.count_nonzero(found >= exact[-1]))) / len(exact)
