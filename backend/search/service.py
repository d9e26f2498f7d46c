"""The way of a search, from words to a page of products."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from backend.catalogue.cards import Cards
from backend.catalogue.columns import RowFilter
from backend.catalogue.images import ImageRefused
from backend.catalogue.live import Hit, LiveCatalogue, Ranking
from backend.catalogue.records import to_cents
from backend.compute import Compute
from backend.errors import InvalidRequest, PictureRefused
from backend.image_queue import EncodedImage
from backend.search.cursor import Cursor
from backend.search.paging import Page, take_page
from backend.search.schemas import ImageSearch, SearchFilters, SearchRequest
from ml.ranking.calibration import Calibration
from ml.ranking.composition import Opposed, composed
from ml.types import Embedding

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
        query = blended(
            None if encoded is None else encoded.vector, words, search.request.weights, self._live.calibration
        )
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

        def retrieve() -> tuple[Page, int]:
            allowed, count = self._live.allowed(row_filter(request.filters))
            stages.end("filter")

            def best(k: int) -> Ranking:
                return self._live.browse(k, allowed) if query is None else self._live.nearest(query, k, allowed)

            return take_page(best, limit=request.limit, offset=request.offset, after=cursor, basis=basis), count

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
            next_cursor=found.next.encode(request_key(request)) if found.next is not None else None,
            catalogue_version=catalogue_version,
            timings_ms=stages.timings_ms(),
        )


def request_key(request: SearchRequest) -> bytes:
    """Return what decides the order of a list, for its cursors."""
    return request.model_dump_json(include={"query", "filters", "image", "image_weight"}).encode()


def blended(
    image: Embedding | None, words: Embedding | None, weights: tuple[float, float], calibration: Calibration
) -> Embedding:
    """Return the query vector: float32, shape (d,), L2 norm 1.

    Args:
        image: embedding of the picture, if there is one.
        words: embedding of the words, if there are any; not both are None.
        weights: of the picture and of the words.
        calibration: of the catalogue.

    Raises:
        InvalidRequest: the two cancel each other out.
    """
    if image is None or words is None:
        only = words if image is None else image
        if only is None:
            raise ValueError("neither a picture nor words")
        return only
    try:
        return composed(image, words, weights, calibration)
    except Opposed as error:
        message = "picture and words mean opposite things at this `image_weight`: choose another"
        raise InvalidRequest(message) from error


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
