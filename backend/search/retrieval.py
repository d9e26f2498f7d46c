"""From a query vector, its words and a filter to a page of products, with the facets of the same result set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.ranking import Hit
from backend.catalogue.row_filter import RowFilter
from backend.search.candidates import Browsing, Candidates, Hybrid, Nearest, Work
from backend.search.cursor import Cursor
from backend.search.explanation import Explanation, explain
from backend.search.facet_schemas import Facet
from backend.search.facets import count_facets
from backend.search.listing import Listing
from backend.search.paging import Page, take_pinned_page
from backend.search.reading import Reading, held, preferences
from backend.search.reranking import Reranked, RerankStage
from backend.search.rules.effects import RuleEffects, bounded
from backend.search.schemas import ImageSearchRequest, SearchRequest
from backend.search.stages import Stages
from backend.search.taste import COMPARED, NO_TASTE, Personal, Taste, at_work, moved
from ml.index.planner import REACH_DEPTH
from ml.lexical.match import Matches
from ml.ranking.fusion import Bonus
from ml.types import Embedding, ProductId, RowMask

BOOST = 0.1  # what a rule's factor of 2 adds to a score, whose parts reach 1


@dataclass(frozen=True, slots=True)
class Found:
    """What one search found.

    Attributes:
        page: the products to show.
        total: entries of the whole list.
        allowed: products that pass the filter.
        facets: counts among the results.
        explanations: of the scores on the page by product, if asked for.
        work: how the results were found.
        recall: compares the first so many with an exact search.
        reranked: how many of the list's first products a second stage has put in order.
        personal: what taste did to the order.
    """

    page: Page
    total: int
    allowed: int
    facets: list[Facet]
    explanations: dict[ProductId, Explanation]
    work: Work
    recall: Callable[[int], float]
    reranked: int
    personal: Personal | None


class Retrieval:
    """One search of the catalogue in memory."""

    def __init__(
        self,
        live: LiveCatalogue,
        request: SearchRequest,
        query: Embedding | None,
        *,
        reading: Reading,
        effects: RuleEffects,
        stage: RerankStage | None = None,
        taste: Taste = NO_TASTE,
    ) -> None:
        """Prepare a search.

        Args:
            live: the catalogue.
            request: what is asked for.
            query: float32, shape (d,), L2 norm 1; None browses.
            reading: of its words.
            effects: of the rules.
            stage: what puts the first results of a search by words into another order.
            taste: of the shopper.
        """
        self._live = live
        self._request = request
        self._reading = reading
        self._where = replace(reading.where, exclude_ids=reading.where.exclude_ids | effects.hidden)
        self._effects = effects
        self._taste = taste
        self._query = query
        self._stage = stage
        self._matches = reading.matches

    def run(self, cursor: Callable[[str], Cursor | int | None], basis: str, stages: Stages) -> Found:
        """Filter, retrieve, cut the page, count the facets.

        Args:
            cursor: reads the request's cursor, given the basis of the scores.
            basis: of the scores but for taste.
            stages: take the times.

        Raises:
            InvalidRequest: the cursor doesn't fit the request.
        """
        request = self._request
        allowed, count = self._live.allowed(self._where)
        stages.end("filter")
        # What the words found may be used once: whoever looks again does so because products changed.
        matches, self._matches = self._matches, None
        candidates = self._candidates_of(self._query, matches)
        results = candidates.members(allowed, count)
        counted = results
        if results is None and request.facets:  # products come and go meanwhile: total and facets are of one moment
            counted = self._live.columns.arrays.live.copy()
            count = int(np.count_nonzero(counted))
        personal = self._personalise(candidates, results)
        if self._taste.fusion is not None:
            basis = f"{basis} {self._taste.fusion}"
        if personal is not None:
            basis = f"{basis} {self._taste.basis} {personal.basis}"
        after = cursor(basis)
        pins, pinned = self._pins(candidates)
        others = results
        if pins:
            others = counted = _marked(self._live.columns.arrays.live if counted is None else counted, pinned, False)
        found = count if others is None else int(np.count_nonzero(others))
        if isinstance(after, Cursor) and isinstance(candidates, Nearest) and self._by_relevance():
            # A list in two parts, and one that is exact, are told apart by their keys.
            in_first_part = candidates.approximate and after.seen <= REACH_DEPTH
            after = after if after.key == in_first_part else after.seen
        reranked = self._reranked(candidates)
        if reranked is not None:
            after = reranked.resume(after, others)
        listing = Listing(self._live, request, reranked or candidates, others, found)
        page = take_pinned_page(
            listing.best, pins, listing.total,
            limit=request.limit, offset=request.offset, after=after, basis=basis,
        )  # fmt: skip
        stages.end("retrieve")
        facets = []
        if counted is not None and request.facets:
            facets = self._facets(candidates, _marked(counted, pinned, True) if pins else counted)
        stages.end("facets")
        explanations = {}
        if request.explain and isinstance(candidates, Hybrid):
            added = reranked.added if reranked else {}
            explanations = explain(self._live, candidates.relevance, page.hits, added, personal)
        return Found(
            page=page,
            total=listing.total + len(pins),
            allowed=count,
            facets=facets,
            explanations=explanations,
            work=candidates.work,
            recall=candidates.recall,
            reranked=reranked.size if reranked else 0,
            personal=personal,
        )

    def passes(self, hit: Hit) -> bool:
        """Whether a product still is what was asked for: the last look before it is shown."""
        return self._live.passes(self._where, hit.product_id)

    def _candidates_of(self, query: Embedding | None, matches: Matches | None) -> Candidates:
        bonus = self._bonus() if self._effects.boosts or self._reading.moves else None
        if query is None:
            return Browsing(self._live, bonus)
        if isinstance(self._request, ImageSearchRequest):
            lift = None if bonus is None else self._in_deviations(bonus, query)
            return Nearest(self._live, query, lift, exact=self._request.exact or not self._by_relevance())
        relevance = self._live.relevance(query, self._reading.words, bonus, matches)
        if self._taste.fusion is not None:
            relevance = relevance.under(self._taste.fusion)
        wide = any(self._where.without(facet.field) != self._where for facet in self._request.facets)
        return Hybrid(self._live, relevance, wide=wide, exact=self._request.exact)

    def _by_relevance(self) -> bool:
        """Whether the list is that of the candidates as they are."""
        request = self._request
        return request.sort == "relevance" and request.group is None and request.max_per_brand is None

    def _reranked(self, candidates: Candidates) -> Reranked | None:
        """Return the candidates with their first ones in the second stage's order, where it has a say."""
        if self._stage is None or not isinstance(candidates, Hybrid) or self._request.sort != "relevance":
            return None
        return Reranked(self._live, candidates, self._stage, self._reading.words)

    def _in_deviations(self, bonus: Bonus, query: Embedding) -> Bonus:
        """Return a bonus for cosines: a doubling adds as much as one product differs from another on average."""
        deviation = self._live.calibration.scale(query).deviation
        return lambda rows: bonus(rows) / BOOST * deviation

    def _personalise(self, candidates: Candidates, results: RowMask | None) -> Personal | None:
        """Let the shopper's taste order the results, as far as the query leaves the order open."""
        if self._taste.most <= 0 or not isinstance(candidates, Hybrid):
            return None
        leaders = candidates.best(COMPARED, results)
        personal = at_work(self._live, self._taste, candidates.relevance, leaders)
        if personal is not None:
            fusion = self._taste.fusion or self._live.fusion
            candidates.rescore(moved(self._live, candidates.relevance, fusion, personal))
        return personal

    def _bonus(self) -> Bonus:
        """Return what rules and preferences add to scores."""
        preferred = preferences(self._live, self._reading.penalties)
        boosts = [(self._live.mask(where), np.log2(factor)) for where, factor in self._effects.boosts]
        limit = np.log2(bounded([np.inf]))

        def bonus(rows: NDArray[np.int64]) -> NDArray[np.float64]:
            doublings = np.zeros(len(rows))
            for mask, power in boosts:
                doublings += power * held(mask, rows)
            return preferred(rows) + BOOST * np.clip(doublings, -limit, limit)

        return bonus

    def _pins(self, candidates: Candidates) -> tuple[list[tuple[int, Hit]], NDArray[np.int64]]:
        """Return the pinned products that pass the filter, each as relevant as it is, and their rows."""
        request, passing = self._request, self._pinned_under(self._where)
        positions = {id_: place for place, id_ in self._effects.pinned if id_ in passing}
        if not positions:
            return [], np.zeros(0, np.int64)
        rows = self._live.mask(RowFilter(ids=frozenset(positions)))
        variants = None if request.group is None else 1
        ranked = candidates.best(len(positions), rows)
        hits = (replace(hit, pinned=True, variants=variants) for hit in ranked)
        return sorted(((positions[hit.product_id], hit) for hit in hits), key=lambda pin: pin[0]), ranked.rows

    def _facets(self, candidates: Candidates, members: RowMask) -> list[Facet]:
        def without(facet: str) -> RowMask:
            where = self._where.without(facet)
            wider = self._live.mask(where)
            results = candidates.counted(wider)
            if results is None:
                return wider
            if pinned := self._pinned_under(where):
                named = self._live.mask(RowFilter(ids=pinned))[: len(results)]
                results[: len(named)] |= named
            return results

        facets = count_facets(self._request.facets, self._live.columns, self._where, members, without)
        for facet in facets:
            narrowed = self._where.without(facet.field) != self._where
            complete = candidates.work.counted if narrowed else candidates.work.complete
            facet.total_relation = "exact" if complete else "at_least"
        return facets

    def _pinned_under(self, where: RowFilter) -> frozenset[str]:
        """Return the pinned products that pass a filter, if this list has pins at all."""
        if self._request.sort != "relevance":
            return frozenset()
        return frozenset(id_ for _, id_ in self._effects.pinned if self._live.passes(where, ProductId(id_)))


def _marked(mask: RowMask, rows: NDArray[np.int64], value: bool) -> RowMask:
    """Return a copy of a mask with some rows changed; later rows than those that it knows are left out."""
    marked = mask.copy()
    marked[rows[rows < len(mask)]] = value
    return marked
