"""The way of a search, from words to a page of products."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from backend.catalogue.cards import Cards
from backend.catalogue.images import ImageRefused
from backend.catalogue.live import Hit, LiveCatalogue, Ranking
from backend.catalogue.row_filter import RowFilter
from backend.compute import Compute
from backend.errors import InvalidRequest, PictureRefused
from backend.image_queue import EncodedImage
from backend.search.cursor import Cursor
from backend.search.facet_schemas import Facet
from backend.search.facets import check_facets, count_facets
from backend.search.filters import row_filter
from backend.search.listing import Listing, Relevant
from backend.search.paging import Page, take_pinned_page
from backend.search.rules.book import RuleBook
from backend.search.rules.effects import RuleEffects
from backend.search.schemas import ImageSearch, SearchRequest
from ml.types import Embedding, ProductId, RowMask

INLINE_ROWS = 5_000  # up to here a scan takes less time than handing it to a thread and back
NOWHERE = 1e-6  # a sum of unit vectors this short has no direction


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of products, best first, their cards as ready-made JSON."""

    hits: list[Hit]
    cards: list[bytes]
    semantic: bool
    allowed: int
    total: int
    facets: list[Facet]
    offset: int
    next_cursor: str | None
    catalogue_version: int
    timings_ms: dict[str, float]


class SearchService:
    """Searches the catalogue by meaning."""

    def __init__(self, live: LiveCatalogue, cards: Cards, compute: Compute, rules: RuleBook) -> None:
        self._live = live
        self._cards = cards
        self._compute = compute
        self._rules = rules

    async def search(self, request: SearchRequest) -> SearchPage:
        """Answer one request: encode, filter, retrieve, enrich.

        Raises:
            InvalidRequest: the cursor doesn't fit the request.
            Overloaded: too many searches wait for the encoder.
        """
        stages = Stages()
        catalogue_version = self._live.version
        cursor = self._cursor(request, semantic=bool(request.query))
        query = await self._compute.queries.encode(request.query) if request.query else None
        stages.end("encode")
        return await self._page(request, query, cursor, catalogue_version, stages)

    async def search_image(self, search: ImageSearch) -> SearchPage:
        """Answer one search by picture, words or both: decode and encode the picture, encode the words, then go on.

        Raises:
            InvalidRequest: the cursor doesn't fit the request, or picture and words cancel each other out.
            PictureRefused: the picture isn't one that is decoded.
            Overloaded: too many searches wait for the encoder.
        """
        stages = Stages()
        stages.add("check", search.check_ms)
        catalogue_version = self._live.version
        cursor = self._cursor(search.request, semantic=True)
        encoded = None if search.data is None else await self._encode_image(search.data, str(search.request.image))
        stages.end("decode", at=0.0 if encoded is None else encoded.decoded_at)
        stages.end("encode_image")
        words = await self._compute.queries.encode(search.request.query) if search.request.query else None
        query = blended(None if encoded is None else encoded.vector, words, search.request.weights)
        stages.end("encode")
        return await self._page(search.request, query, cursor, catalogue_version, stages)

    async def _encode_image(self, data: bytes, digest: str) -> EncodedImage:
        try:
            return await self._compute.images.encode(data, digest)
        except ImageRefused as error:
            raise PictureRefused(str(error)) from error

    def _cursor(self, request: SearchRequest, *, semantic: bool) -> Cursor | int | None:
        return Cursor.decode(request.cursor, request_key(request), self._basis(semantic=semantic))

    def _basis(self, *, semantic: bool) -> str:
        space = self._live.space
        return f"{space.fingerprint} {space.blend}" if semantic else "browse"

    async def _page(
        self,
        request: SearchRequest,
        query: Embedding | None,
        cursor: Cursor | int | None,
        catalogue_version: int,
        stages: Stages,
    ) -> SearchPage:
        basis = self._basis(semantic=query is not None)

        where = row_filter(request.filters, self._live.columns.attributes)
        effects = self._rules.effects(request)
        if effects.hidden:
            where = replace(where, exclude_ids=where.exclude_ids | effects.hidden)
        check_facets(request.facets, self._live.columns.attributes)

        def retrieve() -> tuple[Page, int, int, list[Facet]]:
            allowed, count = self._live.allowed(where)
            stages.end("filter")

            def relevant(k: int, members: RowMask | None) -> Ranking:
                return self._live.browse(k, members) if query is None else self._live.nearest(query, k, members)

            pins = self._pins(request, effects, where, relevant)
            others = self._without(pins, allowed)
            listing = Listing(self._live, request, relevant, others, count - len(pins))
            page = take_pinned_page(
                listing.best,
                pins,
                listing.total,
                limit=request.limit,
                offset=request.offset,
                after=cursor,
                basis=basis,
            )
            stages.end("retrieve")
            facets = self._facets(request, where, allowed) if request.facets else []
            stages.end("facets")
            return page, listing.total + len(pins), count, facets

        inline = self._live.product_count <= INLINE_ROWS
        found, total, count, facets = retrieve() if inline else await self._compute.run(retrieve)
        cards = await self._cards.of(found.hits)
        hits = [hit for hit in found.hits if hit.product_id in cards and self._live.passes(where, hit.product_id)]
        stages.end("enrich")
        return SearchPage(
            hits=hits,
            cards=[cards[hit.product_id] for hit in hits],
            semantic=query is not None,
            allowed=count,
            total=total,
            facets=facets,
            offset=found.offset,
            next_cursor=found.next.encode(request_key(request)) if found.next is not None else None,
            catalogue_version=catalogue_version,
            timings_ms=stages.timings_ms(),
        )

    def _pins(
        self, request: SearchRequest, effects: RuleEffects, where: RowFilter, relevant: Relevant
    ) -> list[tuple[int, Hit]]:
        """Return the pinned products that pass the filter, each as relevant as it is."""
        if request.sort != "relevance":
            return []
        positions = {id_: position for position, id_ in effects.pinned if self._live.passes(where, ProductId(id_))}
        if not positions:
            return []
        rows = self._live.mask(RowFilter(ids=frozenset(positions)))
        variants = None if request.group is None else 1
        hits = (replace(hit, pinned=True, variants=variants) for hit in relevant(len(positions), rows))
        return sorted(((positions[hit.product_id], hit) for hit in hits), key=lambda pin: pin[0])

    def _without(self, pins: list[tuple[int, Hit]], allowed: RowMask | None) -> RowMask | None:
        if not pins:
            return allowed
        named = self._live.mask(RowFilter(ids=frozenset(hit.product_id for _, hit in pins)))
        others = (self._live.columns.arrays.live if allowed is None else allowed).copy()
        others[: len(named)] &= ~named[: len(others)]
        return others

    def _facets(self, request: SearchRequest, where: RowFilter, allowed: RowMask | None) -> list[Facet]:
        members = self._live.columns.arrays.live if allowed is None else allowed
        return count_facets(
            request.facets,
            self._live.columns,
            where,
            members.copy(),  # products come and go meanwhile; the facets are of one moment
            lambda facet: self._live.mask(where.without(facet)),
        )


_LIST_FIELDS = {"query", "filters", "image", "image_weight", "sort", "group", "max_per_brand"}


def request_key(request: SearchRequest) -> bytes:
    """Return what decides the order of a list, for its cursors."""
    return request.model_dump_json(include=_LIST_FIELDS).encode()


def blended(image: Embedding | None, words: Embedding | None, weights: tuple[float, float]) -> Embedding:
    """Return the query vector: float32, shape (d,), L2 norm 1.

    Args:
        image: embedding of the picture, if there is one.
        words: embedding of the words, if there are any; not both are None.
        weights: of the picture and of the words.

    Raises:
        InvalidRequest: the two point in opposite directions, so that their sum points nowhere.
    """
    if image is None or words is None:
        only = words if image is None else image
        if only is None:
            raise ValueError("neither a picture nor words")
        return only
    both = weights[0] * image.astype(np.float64) + weights[1] * words
    norm = float(np.linalg.norm(both))
    if norm < NOWHERE:
        raise InvalidRequest("picture and words mean opposite things at this `image_weight`: choose another")
    unit: Embedding = (both / norm).astype(np.float32)
    return unit


class Stages:
    """Times the stages of one request."""

    def __init__(self) -> None:
        self._start = self._last = perf_counter()
        self._timings_ms: dict[str, float] = {}

    def add(self, stage: str, value_ms: float) -> None:
        """Book what was done before."""
        self._timings_ms[stage] = value_ms
        self._start -= value_ms / 1000

    def end(self, stage: str, at: float | None = None) -> None:
        """Book the time since the last call under a stage, up to now or to a moment in between."""
        now = perf_counter() if at is None else max(at, self._last)
        self._timings_ms[stage] = (now - self._last) * 1000
        self._last = now

    def timings_ms(self) -> dict[str, float]:
        """Return milliseconds of each stage and in total."""
        timings = {**self._timings_ms, "total": (self._last - self._start) * 1000}
        return {stage: round(value, 3) for stage, value in timings.items()}
