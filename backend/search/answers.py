"""Searches by words whose answers are kept."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from backend.cache.answers import AnswerCache, Outcome, Question, digest_of
from backend.cache.memory import Answer, Basis, Use
from backend.cache.popular import Popular
from backend.metrics import Metrics
from backend.model.engine import Engine
from backend.search.render import named, render
from backend.search.schemas import SearchRequest
from backend.search.service import SearchService
from backend.search.taste import NO_TASTE, Taste

KIND = "search"
PERSONAL_TTL_S = 300.0  # taste fades, and a kept answer doesn't


def search_basis(engine: Engine) -> Basis:
    """Return all that an answer for everybody depends on besides the request; a few attribute reads."""
    live, shop = engine.live, engine.shop
    version = live.version
    shop.follow(version)  # a kept answer reads no words: nobody else would have them counted again
    return live.moment, shop.counted, shop.stamp, engine.rules.period(), live.space.fingerprint


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
        taste = await self._service.taste_of(request)  # each time: what they did a moment ago counts
        if not taste.does_nothing:
            return await self._fetch(request, taste, ahead=ahead)
        answer, outcome = await self._fetch(for_nobody(request), NO_TASTE, ahead=ahead)
        return answer if taste.version is None else replace(answer, body=named(answer.body, taste)), outcome

    async def _fetch(self, request: SearchRequest, taste: Taste, *, ahead: bool) -> tuple[Answer, Outcome]:
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
        if taste.does_nothing:
            return Question(KIND, said, lambda: search_basis(engine), self._ttl_s, self._popular.use_of(said))
        personal = digest_of(b"%b %b" % (said, taste.key.encode()))
        return Question(
            KIND,
            personal,
            lambda: (*search_basis(engine), engine.live.traits.counted),
            min(self._ttl_s, PERSONAL_TTL_S),
            Use(),
        )


def for_nobody(request: SearchRequest) -> SearchRequest:
    """Return a request without its shopper."""
    if request.user_id is None and request.session_id is None and request.personal:
        return request
    return request.model_copy(update={"user_id": None, "session_id": None, "personal": True})
