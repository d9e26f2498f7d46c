"""The way of a search, from words to a page of products."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from backend.catalogue.cards import Cards
from backend.catalogue.columns import RowFilter
from backend.catalogue.live import Hit, LiveCatalogue, Ranking
from backend.catalogue.records import to_cents
from backend.compute import Compute
from backend.search.cursor import Cursor
from backend.search.paging import Page, take_page
from backend.search.schemas import SearchFilters, SearchRequest

INLINE_ROWS = 5_000  # up to here a scan takes less time than handing it to a thread and back


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of products, best first, their cards as ready-made JSON."""

    hits: list[Hit]
    cards: list[bytes]
    semantic: bool
    allowed: int
    offset: int
    next_cursor: str | None
    catalogue_version: int
    timings_ms: dict[str, float]


class SearchService:
    """Searches the catalogue by meaning."""

    def __init__(self, live: LiveCatalogue, cards: Cards, compute: Compute) -> None:
        self._live = live
        self._cards = cards
        self._compute = compute

    async def search(self, request: SearchRequest) -> SearchPage:
        """Answer one request: encode, filter, retrieve, enrich.

        Raises:
            InvalidRequest: the cursor doesn't fit the request.
            Overloaded: too many searches wait for the encoder.
        """
        stages = Stages()
        cursor = Cursor.decode(request)
        catalogue_version = self._live.version
        query = await self._compute.queries.encode(request.query) if request.query else None
        stages.end("encode")

        def retrieve() -> tuple[Page, int]:
            allowed, count = self._live.allowed(row_filter(request.filters))
            stages.end("filter")

            def best(k: int) -> Ranking:
                return self._live.browse(k, allowed) if query is None else self._live.nearest(query, k, allowed)

            return take_page(best, limit=request.limit, offset=request.offset, after=cursor), count

        inline = self._live.product_count <= INLINE_ROWS
        found, count = retrieve() if inline else await self._compute.run(retrieve)
        stages.end("retrieve")
        cards = await self._cards.of(found.hits)
        hits = [hit for hit in found.hits if hit.product_id in cards]
        stages.end("enrich")
        return SearchPage(
            hits=hits,
            cards=[cards[hit.product_id] for hit in hits],
            semantic=query is not None,
            allowed=count,
            offset=found.offset,
            next_cursor=found.next.encode(request) if found.next is not None else None,
            catalogue_version=catalogue_version,
            timings_ms=stages.timings_ms(),
        )


def row_filter(filters: SearchFilters) -> RowFilter:
    """Translate filters to what the columns understand."""
    return RowFilter(
        min_price_cents=to_cents(filters.min_price),
        max_price_cents=to_cents(filters.max_price),
        **filters.model_dump(exclude={"min_price", "max_price"}),
    )


class Stages:
    """Times the stages of one request."""

    def __init__(self) -> None:
        self._start = self._last = perf_counter()
        self._timings_ms: dict[str, float] = {}

    def end(self, stage: str) -> None:
        """Book the time since the last call under a stage."""
        now = perf_counter()
        self._timings_ms[stage] = (now - self._last) * 1000
        self._last = now

    def timings_ms(self) -> dict[str, float]:
        """Return milliseconds of each stage and in total."""
        timings = {**self._timings_ms, "total": (self._last - self._start) * 1000}
        return {stage: round(value, 3) for stage, value in timings.items()}
