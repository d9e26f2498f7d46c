"""The Annotated aliases that routers ask for.

They are `async` though they await nothing: the framework would run plain functions in a thread, each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request, params

from backend.access.keys import Caller, Scope
from backend.access.visitor import Visitor, caller_of, is_key_wrong
from backend.catalogue.service import CatalogueService
from backend.errors import Forbidden, InvalidRequest, Unauthorized
from backend.health.service import HealthService
from backend.interaction.service import FeedbackService
from backend.interaction.user_data import UserDataService
from backend.interaction.vectors import StateSpace
from backend.lifespan import Runtime
from backend.metrics import Metrics
from backend.model.engine import Engine
from backend.monitor.service import PerformanceService
from backend.recommend.answers import RecommendAnswers
from backend.recommend.results import ExperimentService
from backend.recommend.service import RecommendService
from backend.recommend.together import TogetherService
from backend.recommend.viewed import ViewedService
from backend.search.answers import SearchAnswers
from backend.search.personal import Tastes
from backend.search.rules.service import RuleService
from backend.search.schemas import ImageSearch
from backend.search.service import SearchService
from backend.search.similar import SimilarService
from backend.search.upload import read_upload


async def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(_runtime)]


async def _engine(runtime: RuntimeDep) -> AsyncIterator[Engine]:
    """The engine of this request, the same for all its parts, even when another one takes over meanwhile."""
    engine = runtime.engine
    with engine.in_use():
        yield engine


EngineDep = Annotated[Engine, Depends(_engine)]


async def _caller(
    request: Request,
    x_api_key: Annotated[str | None, Header(description="An API key, when the server has any.")] = None,
    authorization: Annotated[str | None, Header(description="`Bearer` and an API key.")] = None,
) -> Caller | None:
    """Who calls. The middleware has read the headers; here they are named for the documentation alone."""
    return caller_of(request.scope)


CallerDep = Annotated[Caller | None, Depends(_caller)]


async def _visitor(request: Request, runtime: RuntimeDep) -> Visitor:
    return Visitor(request.scope, runtime.access.session)


def _is_trusted(runtime: Runtime, request: Request) -> bool:
    """Whether a request may name users: with a key for it, or where the server has none."""
    caller = caller_of(request.scope)
    return caller.may("search") if caller is not None else not runtime.access.keys.any


async def _tastes(runtime: RuntimeDep, engine: EngineDep, request: Request) -> Tastes:
    shared, states = runtime.recommendations, runtime.interactions.states
    trusted = _is_trusted(runtime, request)
    return Tastes(states, shared.experiments, shared.ledger, engine.live, trusted=trusted)


TastesDep = Annotated[Tastes, Depends(_tastes)]


async def _search_service(runtime: RuntimeDep, engine: EngineDep, request: Request) -> SearchService:
    return runtime.search_service(engine, trusted=_is_trusted(runtime, request))


async def _search_answers(runtime: RuntimeDep, engine: EngineDep, request: Request) -> SearchAnswers:
    return runtime.search_answers(engine, trusted=_is_trusted(runtime, request))


async def _image_search(request: Request, runtime: RuntimeDep, engine: EngineDep) -> AsyncIterator[ImageSearch]:
    with engine.compute.images.holding() as room:
        yield await read_upload(request, room, runtime.settings.max_image_upload_bytes)


async def _catalogue_service(runtime: RuntimeDep, engine: EngineDep) -> CatalogueService:
    return CatalogueService(runtime.database, engine.live, engine.compute, engine.sync)


CatalogueServiceDep = Annotated[CatalogueService, Depends(_catalogue_service)]


async def _similar_service(engine: EngineDep, catalogue: CatalogueServiceDep, tastes: TastesDep) -> SimilarService:
    return SimilarService(engine.live, engine.cards, engine.compute, catalogue, tastes)


async def _rule_service(runtime: RuntimeDep, engine: EngineDep) -> RuleService:
    return RuleService(runtime.database, engine.sync)


async def _feedback_service(runtime: RuntimeDep) -> FeedbackService:
    shared = runtime.interactions
    # The space is a value: nothing of the engine is kept, so the request needn't be counted among its users.
    space = StateSpace.of(runtime.engine.live.space)
    return FeedbackService(shared.writer, shared.states, runtime.access.feedback, space)


async def _recommend_answers(
    runtime: RuntimeDep, engine: EngineDep, catalogue: CatalogueServiceDep
) -> RecommendAnswers:
    shared = runtime.recommendations
    return RecommendAnswers(
        runtime.cache.answers,
        engine=engine,
        service=RecommendService(engine, runtime.interactions.states, shared, catalogue),
        shared=shared,
        metrics=runtime.metrics,
        ttl_s=runtime.settings.api_cache_ttl_recommend,
    )


async def _together_service(
    runtime: RuntimeDep, engine: EngineDep, catalogue: CatalogueServiceDep
) -> TogetherService:
    return TogetherService(engine, runtime.interactions.states, runtime.recommendations, catalogue)


async def _experiment_service(runtime: RuntimeDep) -> ExperimentService:
    shared = runtime.recommendations
    return ExperimentService(runtime.database, shared.ledger, shared.experiments.by_name)


async def _viewed_service(runtime: RuntimeDep, engine: EngineDep) -> ViewedService:
    return ViewedService(engine.live, engine.cards, runtime.interactions.states)


async def _user_data_service(runtime: RuntimeDep) -> UserDataService:
    return UserDataService(runtime.database, runtime.recommendations.ledger)


async def _health_service(runtime: RuntimeDep) -> HealthService:
    return HealthService(runtime)


async def _performance_service(runtime: RuntimeDep) -> PerformanceService:
    return PerformanceService(runtime.monitor, runtime.settings)


async def _encoder_info(engine: EngineDep) -> bytes:
    return engine.info


async def _metrics(runtime: RuntimeDep) -> Metrics:
    return runtime.metrics


def _needs(scope: Scope, *, unless_open: bool = False) -> params.Depends:
    """Return what keeps callers away whose key doesn't have a scope.

    Args:
        scope: of the routes.
        unless_open: whether they are open to all, unless `API_REQUIRE_KEY` says otherwise.
    """

    async def check(runtime: RuntimeDep, caller: CallerDep, request: Request) -> None:
        if unless_open and not runtime.settings.api_require_key:
            if is_key_wrong(request.scope) and runtime.access.keys.any:
                raise Unauthorized("this API key is wrong, expired or revoked")
            return
        if caller is None and runtime.access.keys.any:
            raise Unauthorized("this needs a valid API key, in `X-API-Key` or as a bearer token")
        if caller is not None and not caller.may(scope):
            raise Forbidden(f"this API key doesn't have the scope {scope}", scope=scope)

    check.__name__ = f"needs_{scope}"
    return params.Depends(check)


async def _expected_version(
    if_match: Annotated[
        str | None, Header(description="The product version that you read; the write fails with 409 if it changed.")
    ] = None,
) -> int | None:
    if if_match is None:
        return None
    version = if_match.removeprefix("W/").strip('"')
    if not version.isdecimal() or len(version) > 9:
        raise InvalidRequest('If-Match is a product version, such as "3"')
    return int(version)


SearchAnswersDep = Annotated[SearchAnswers, Depends(_search_answers)]
SearchServiceDep = Annotated[SearchService, Depends(_search_service)]
ImageSearchDep = Annotated[ImageSearch, Depends(_image_search)]
SimilarServiceDep = Annotated[SimilarService, Depends(_similar_service)]
RuleServiceDep = Annotated[RuleService, Depends(_rule_service)]
FeedbackServiceDep = Annotated[FeedbackService, Depends(_feedback_service)]
ViewedServiceDep = Annotated[ViewedService, Depends(_viewed_service)]
TogetherServiceDep = Annotated[TogetherService, Depends(_together_service)]
ExperimentServiceDep = Annotated[ExperimentService, Depends(_experiment_service)]
RecommendAnswersDep = Annotated[RecommendAnswers, Depends(_recommend_answers)]
UserDataServiceDep = Annotated[UserDataService, Depends(_user_data_service)]
HealthServiceDep = Annotated[HealthService, Depends(_health_service)]
PerformanceServiceDep = Annotated[PerformanceService, Depends(_performance_service)]
EncoderInfoDep = Annotated[bytes, Depends(_encoder_info)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]
ExpectedVersionDep = Annotated[int | None, Depends(_expected_version)]
VisitorDep = Annotated[Visitor, Depends(_visitor)]
READ_KEY = _needs("search", unless_open=True)
SHOPPER_KEY = _needs("search")
FEEDBACK_KEY = _needs("feedback")
CATALOGUE_KEY = _needs("catalogue")
ADMIN_KEY = _needs("admin")
