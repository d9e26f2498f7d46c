"""The way of a search, from words to a page of products."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial

from backend.catalogue.cards import Cards
from backend.catalogue.images import ImageRefused
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.ranking import Hit
from backend.catalogue.row_filter import RowFilter
from backend.compute import LIGHT_ROWS, Compute
from backend.errors import InvalidRequest, PictureRefused
from backend.image_queue import EncodedImage
from backend.search.candidates import Work
from backend.search.cursor import Cursor
from backend.search.explanation import Explanation
from backend.search.facet_schemas import Facet
from backend.search.facets import check_facets
from backend.search.filter_schemas import SearchFilters
from backend.search.filters import row_filter
from backend.search.meant import likeliest
from backend.search.personal import Tastes
from backend.search.reading import Interpreted, Reading, plain, read
from backend.search.reranking import RerankStage
from backend.search.retrieval import Found, Retrieval
from backend.search.rules.book import RuleBook
from backend.search.schemas import ImageSearch, ImageSearchRequest, SearchRequest
from backend.search.shadow import ShadowSearches
from backend.search.stages import Stages
from backend.search.taste import NO_TASTE, Personal, Taste
from backend.search.understanding.shop_words import ShopWords
from ml.ranking.calibration import Calibration
from ml.ranking.composition import Opposed, composed
from ml.types import Embedding, ProductId

INLINE_ROWS = 5_000  # up to here a scan takes less time than handing it to a thread and back
LIGHT_QUERY, LIGHT_DEPTH = 100, 100  # characters, products
MOVE_S = 0.005  # by when a product has changed rows
LOOKS = 3  # at most, where products of a page are written or deleted while it is made


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of products, best first, their cards as ready-made JSON."""

    hits: list[Hit]
    cards: list[bytes]
    explanations: dict[ProductId, Explanation]
    interpreted: Interpreted | None
    rules: tuple[str, ...]
    work: Work
    taste: Taste
    personal: Personal | None
    allowed: int
    total: int
    reranked: int
    facets: list[Facet]
    offset: int
    next_cursor: str | None
    catalogue_version: int
    timings_ms: dict[str, float]


class SearchService:
    """Searches the catalogue by words and meaning, and by pictures."""

    def __init__(
        self,
        live: LiveCatalogue,
        cards: Cards,
        compute: Compute,
        *,
        rules: RuleBook,
        shop: ShopWords,
        stage: RerankStage | None,
        shadow: ShadowSearches,
        tastes: Tastes,
    ) -> None:
        self._live = live
        self._cards = cards
        self._compute = compute
        self._rules = rules
        self._shop = shop
        self._stage = stage
        self._shadow = shadow
        self._tastes = tastes

    async def taste_of(self, request: SearchRequest) -> Taste:
        """Return what is known of the shopper of a request.

        Raises:
            Unauthorized: it names a user, and has no key where the server needs one for that.
        """
        return await self._tastes.of(request)

    async def search(self, request: SearchRequest, taste: Taste = NO_TASTE) -> SearchPage:
        """Answer one request: encode, filter, retrieve, enrich.

        Raises:
            InvalidRequest: the cursor doesn't fit the request.
            Overloaded: too many searches are at work or wait.
        """
        async with self._compute.admission.enter():
            return await self._search(request, taste)

    async def _search(self, request: SearchRequest, taste: Taste) -> SearchPage:
        stages, version = Stages(), self._live.version
        where = row_filter(request.filters, self._live.columns.attributes)
        self._shop.follow(self._live.version)
        reading = await self._read(request, where, stages, literal=False)
        page = await self._read_page(request, reading, taste, stages)
        if not page.total and reading.implied and not await self._finds(request, taste, stages):
            page = await self._read_page(
                request, await self._read(request, where, stages, literal=True), taste, stages
            )
        return replace(page, catalogue_version=min(version, page.catalogue_version))

    async def _finds(self, request: SearchRequest, taste: Taste, stages: Stages) -> bool:
        """Whether the words find anything without the filters of the request.

        If they don't, a colour or brand that they imply must not be why. If they do, it is the filters that leave
        nothing, and more than nothing would be another answer than the wider one.
        """
        if request.filters == SearchFilters():
            return False
        update = {"filters": SearchFilters(), "facets": (), "limit": 1, "offset": 0, "cursor": None}
        wider = request.model_copy(update=update)
        reading = await self._read(wider, RowFilter(), stages, literal=False)
        return (await self._read_page(wider, reading, taste, stages)).total > 0

    async def _read_page(self, request: SearchRequest, reading: Reading, taste: Taste, stages: Stages) -> SearchPage:
        stages.end("understand")
        reading, query = await self._encoded(request, reading) if reading.words else (reading, None)
        stages.end("encode")
        return await self._page(request, query, reading, stages, taste)

    async def _encoded(self, request: SearchRequest, reading: Reading) -> tuple[Reading, Embedding]:
        """Encode the words; of readings that these can't tell apart take the one that's likeliest by meaning."""
        if len(reading.meant) < 2:
            if not self._is_light(request):
                return reading, await self._compute.queries.encode(reading.words)
            match = partial(self._live.texts.match, reading.words)
            vector, matches = await self._compute.queries.encode_beside(reading.words, match)
            return replace(reading, matches=matches), vector
        vectors = await asyncio.gather(*(self._compute.queries.encode(meant.text) for meant in reading.meant))
        choose = partial(likeliest, self._live, reading.meant, vectors)
        chosen = choose() if self._live.product_count <= INLINE_ROWS else await self._compute.run(choose)
        return reading.taken(chosen), vectors[reading.meant.index(chosen)]

    async def _read(self, request: SearchRequest, where: RowFilter, stages: Stages, *, literal: bool) -> Reading:
        if not request.query or not request.interpret:
            return plain(request.query, where)

        def work() -> Reading:
            stages.end("wait")
            return read(request.query, where, self._live, self._shop, literal=literal)

        return await (self._compute.run_light(work) if self._is_light(request) else self._compute.run(work))

    def _is_light(self, request: SearchRequest) -> bool:
        """Whether the work on a request is so little that it's done on the event loop."""
        count = self._live.product_count
        return count <= INLINE_ROWS or (count <= LIGHT_ROWS and is_plain(request))

    async def search_image(self, search: ImageSearch) -> SearchPage:
        """Answer one search by picture, words or both: decode and encode the picture, encode the words, then go on.

        Raises:
            InvalidRequest: the cursor doesn't fit the request, or picture and words cancel each other out.
            PictureRefused: the picture isn't one that is decoded.
            Overloaded: too many searches wait for the encoder.
        """
        stages = Stages()
        stages.add("check", search.check_ms)
        where = row_filter(search.request.filters, self._live.columns.attributes)
        reading = plain(search.request.query, where)
        encoded = None if search.data is None else await self._encode_image(search.data, str(search.request.image))
        stages.end("decode", at=0.0 if encoded is None else encoded.decoded_at)
        stages.end("encode_image")
        words = await self._compute.queries.encode(search.request.query) if search.request.query else None
        query = blended(
            None if encoded is None else encoded.vector, words, search.request.weights, self._live.calibration
        )
        stages.end("encode")
        return await self._page(search.request, query, reading, stages)

    async def _encode_image(self, data: bytes, digest: str) -> EncodedImage:
        try:
            return await self._compute.images.encode(data, digest)
        except ImageRefused as error:
            raise PictureRefused(str(error)) from error

    async def _page(
        self,
        request: SearchRequest,
        query: Embedding | None,
        reading: Reading,
        stages: Stages,
        taste: Taste = NO_TASTE,
    ) -> SearchPage:
        catalogue_version = self._live.version
        check_facets(request.facets, self._live.columns.attributes)
        effects = self._rules.effects(request)
        browsing = f"browse {effects.order}"  # whatever the model
        basis = browsing if query is None else score_basis(self._live, reading, effects.order, self._stage)
        key = request_key(request)
        cursor = partial(Cursor.decode, request.cursor, key)
        retrieval = Retrieval(
            self._live, request, query, reading=reading, effects=effects, taste=taste, stage=self._stage
        )

        def run() -> Found:
            stages.end("wait")
            return retrieval.run(cursor, basis, stages)

        inline = self._is_light(request)
        for _ in range(LOOKS):
            moves = self._live.moves
            found = await (self._compute.run_light(run) if inline else self._compute.run(run))
            page = found.page
            cards = await self._cards.of(page.hits)
            hits = [hit for hit in page.hits if hit.product_id in cards and retrieval.passes(hit)]
            stages.end("enrich")
            # Of few results each counts, and one whose row changes just now may be missing from the total as well.
            complete = found.total >= request.limit or (moves == self._live.moves and not moves % 2)
            if complete and not _lacks(request, found, len(hits)):
                break
            if not complete:
                await asyncio.sleep(MOVE_S)
        if found.work.mode == "approximate":
            self._shadow.offer(found.recall, found.allowed / max(1, self._live.product_count))
        return SearchPage(
            hits=hits,
            cards=[cards[hit.product_id] for hit in hits],
            explanations=found.explanations,
            interpreted=reading.interpreted,
            rules=effects.rules,
            work=found.work,
            taste=taste,
            personal=found.personal,
            allowed=found.allowed,
            total=found.total,
            reranked=found.reranked,
            facets=found.facets,
            offset=page.offset,
            next_cursor=page.next.encode(key) if page.next is not None else None,
            catalogue_version=catalogue_version,
            timings_ms=stages.timings_ms(),
        )


def is_plain(request: SearchRequest) -> bool:
    """Whether a request asks for the first products for a few words, and for nothing that takes longer."""
    asks_more = request.facets or request.explain or request.exact or request.group or request.max_per_brand
    return (
        not asks_more
        and request.sort == "relevance"
        and request.offset + request.limit <= LIGHT_DEPTH
        and request.cursor is None
        and 0 < len(request.query) <= LIGHT_QUERY
        and not isinstance(request, ImageSearchRequest)
    )


def _lacks(request: SearchRequest, found: Found, shown: int) -> bool:
    """Whether a page has fewer products than its total says: then some were written or deleted meanwhile."""
    page = found.page
    behind_cursor = request.cursor is not None  # where by the list's changes more or fewer may be left
    return shown < (len(page.hits) if behind_cursor else min(request.limit, found.total - page.offset))


_LIST_FIELDS = {
    "exact", "query", "interpret", "filters", "image", "image_weight", "sort", "group", "max_per_brand",
}  # fmt: skip


def score_basis(live: LiveCatalogue, reading: Reading, rules: str, stage: RerankStage | None = None) -> str:
    """Name all that scores depend on besides the request: a cursor compares only ranks that were made alike.

    Args:
        live: the catalogue.
        reading: what the query was taken to mean.
        rules: `RuleEffects.order`.
        stage: the second stage, if there is one.
    """
    meant = None if reading.interpreted is None else reading.interpreted.model_dump_json()
    return f"{live.space.fingerprint} {live.space.blend} {live.fusion} {rules} {stage and stage.name} {meant}"


def request_key(request: SearchRequest) -> bytes:
    """Return what decides the order of a list for everybody, for its cursors; a shopper's taste is in their basis."""
    return request.model_dump_json(include=_LIST_FIELDS).encode()


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
