"""Searches by words whose answers are kept."""

from __future__ import annotations

from time import monotonic

from backend.cache.answers import AnswerCache, Outcome, Question, anonymous
from backend.cache.memory import Answer, Basis, Use
from backend.cache.popular import Popular
from backend.metrics import Metrics
from backend.model.engine import Engine
from backend.search.render import render
from backend.search.schemas import SearchRequest
from backend.search.service import SearchService
from backend.search.taste import Taste

KIND = "search"


def search_basis(engine: Engine) -> Basis:
    """Return all that an answer for everybody depends on besides the request; a few attribute reads."""
    live, shop = engine.live, engine.shop
    version = live.version
    shop.follow(version)  # a kept answer reads no words: nobody else would have them counted again
    return version, shop.counted, engine.rules.period(), live.space.fingerprint


class SearchAnswers:
    """Answers the searches of one engine, from the cache where it can."""

    def __init__(
        self,
        cache: AnswerCache | None,
        *,
        popular: Popular,
        engine: Engine,
        service: SearchService,
        metrics: Metrics,
        ttl_s: float,
    ) -> None:
        self._cache = cache
        self._popular = popular
        self._engine = engine
        self._service = service
        self._metrics = metrics
        self._ttl_s = ttl_s

    async def answer(self, request: SearchRequest, *, ahead: bool = False) -> tuple[Answer, Outcome]:
        """Return a `SearchResponse` as JSON, and whether it was made for this request.

        Args:
            request: what is asked.
            ahead: nobody asks yet.

        Raises:
            InvalidRequest, Unauthorized, Overloaded: as `SearchService.search`.
        """
        taste = await self._service.taste_of(request)

        async def make() -> bytes:
            page = await self._service.search(request, taste)
            if not ahead:
                self._metrics.observe_search(page.timings_ms, page.work.mode)
            return render(request, page, self._engine.info)

        if self._cache is None:
            return Answer(await make(), (), 0.0, monotonic()), "miss"
        return await self._cache.fetch(self._question(request, taste), make, ahead=ahead)

    def _question(self, request: SearchRequest, taste: Taste) -> Question:
        said = request.model_dump_json(exclude_defaults=True).encode()
        engine = self._engine
        if request.user_id is None and request.session_id is None:
            return Question(KIND, said, lambda: search_basis(engine), self._ttl_s, self._popular.use_of(said))
        personal = anonymous(b"%b %b" % (said, taste.key.encode()))
        return Question(
            KIND, personal, lambda: (*search_basis(engine), engine.live.traits.counted), self._ttl_s, Use()
        )
