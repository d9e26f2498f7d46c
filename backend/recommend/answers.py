"""Recommendations whose lists are kept: every serving of one has an id of its own and is written down."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import orjson

from backend.cache.answers import AnswerCache, Outcome, Question, digest_of
from backend.cache.memory import Answer, Basis, Use
from backend.metrics import Metrics
from backend.model.engine import Engine
from backend.recommend.ledger import Entry
from backend.recommend.light import is_light
from backend.recommend.render import render
from backend.recommend.repository import Served
from backend.recommend.runtime import Recommendations
from backend.recommend.schemas import RecommendRequest
from backend.recommend.service import Asked, RecommendPage, RecommendService
from backend.recommend.serving import new_list, served_again
from backend.search.answers import search_basis
from ml.ranking.blend import shared_out

KIND = "recommend"
_MADE: Outcome = "miss"


class RecommendAnswers:
    """Answers the recommendations of one engine, with a kept list where it can."""

    def __init__(
        self,
        cache: AnswerCache | None,
        *,
        engine: Engine,
        service: RecommendService,
        shared: Recommendations,
        metrics: Metrics,
        ttl_s: float,
    ) -> None:
        self._cache = cache
        self._engine = engine
        self._service = service
        self._shared = shared
        self._metrics = metrics
        self._ttl_s = ttl_s

    async def answer(self, request: RecommendRequest) -> tuple[Answer, Outcome]:
        """Return a `RecommendResponse` as JSON, and whether its list was made for this request.

        Raises:
            InvalidRequest, InvalidProductId, ProductNotFound, ProductNotSearchable, Overloaded: as
                `RecommendService.recommend`.
        """
        asked = await self._service.asked(request)

        async def make() -> bytes:
            page = await self._service.recommend(asked)
            self._metrics.observe_stages(page.timings_ms)
            return _packed(page, render(request, page, self._engine.info))

        if self._cache is None:
            kept, outcome = Answer(await make(), (), 0.0, monotonic()), _MADE
        else:
            kept, outcome = await self._cache.fetch(await self._question(asked), make)
        return replace(kept, body=self._serve(asked, kept.body, outcome)), outcome

    async def _question(self, asked: Asked) -> Question:
        said = asked.request.model_dump_json(exclude_defaults=True)
        personal = digest_of(f"{said} {asked.key}".encode())
        # A list for one shopper's history is seldom asked for again before they act, and then mostly of this process:
        # telling Redis of it and asking would take a fifth of what the list takes, unless words must be encoded.
        is_own = (
            bool(asked.shopper.vectors) and asked.request.query is None and is_light(self._engine.live, asked.request)
        )
        return Question(KIND, personal, await self._basis(asked), self._ttl_s, Use(), shared=not is_own)

    async def _basis(self, asked: Asked) -> Callable[[], Basis]:
        engine, shared = self._engine, self._shared
        popular = shared.popular if _may_go_by_popularity(asked) else None
        if popular is not None:
            await popular.votes()  # a kept list asks for none: nobody else would have them read again
        has_words = asked.request.query is not None

        def basis() -> Basis:
            shop = search_basis(engine) if has_words else (engine.live.moment, engine.rules.period())
            model = shared.collaborative.of(engine.live.space)
            return (
                *shop,
                engine.live.space.fingerprint,
                None if model is None else model.version,
                None if popular is None else popular.version,
            )

        return basis

    def _serve(self, asked: Asked, kept: bytes, outcome: Outcome) -> bytes:
        """Give a list the id of this serving, and have it written down; None is its id when the log is full."""
        head, _, body = kept.partition(b"\n")
        about = orjson.loads(head)
        list_id, items = about.pop("list_id"), about.pop("items")
        served_id = list_id if outcome == _MADE else served_again(list_id)
        request = asked.request
        served = Served(
            id=served_id,
            user_id=request.user_id,
            session_id=request.session_id,
            context=request.context,
            served_at_us=time.time_ns() // 1000,
            experiments=dict(asked.treatment.variants),
            items=tuple((id_, propensity, explored) for id_, propensity, explored in items),
            **about,
        )
        named = request.user_id is not None or request.session_id is not None
        entry = Entry(served, asked.treatment.exposures, asked.shopper.erasures, named)
        noted = self._shared.ledger.note(entry)
        return b'{"recommendation_id":%b,%b' % (b'"%b"' % served_id.encode() if noted else b"null", body[1:])


def _packed(page: RecommendPage, body: bytes) -> bytes:
    """Return what is kept of a list: a line with what is written down at each serving, and the answer without id."""
    about = {
        "list_id": new_list(),
        "rung": page.rung,
        "state_version": page.state_version,
        "catalogue_version": page.catalogue_version,
        "model_version": page.model_version,
        "weights": page.weights,
        "items": [(one.product_id, round(one.propensity, 6), one.explored) for one in page.picks],
    }
    return b"%b\n%b" % (orjson.dumps(about), body)


def _may_go_by_popularity(asked: Asked) -> bool:
    """Whether nothing may be known to go by; a query counts as nothing, since its words may be filters alone."""
    request = asked.request
    parts = () if request.product_id is None else ("product",)
    return not asked.shopper.vectors and not shared_out(asked.treatment.rules.blend(request.context), parts)
