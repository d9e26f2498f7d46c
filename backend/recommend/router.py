"""Recommendations over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from backend.cache.front import kept_response
from backend.dependencies import (
    ADMIN_KEY,
    SHOPPER_KEY,
    EncoderInfoDep,
    ExperimentServiceDep,
    MetricsDep,
    RecommendAnswersDep,
    TogetherServiceDep,
    UserDataServiceDep,
    ViewedServiceDep,
    VisitorDep,
)
from backend.error_handlers import error_responses
from backend.interaction.router import ActorPath, ActorQuery
from backend.interaction.schemas import MAX_EXPORT
from backend.lean_route import LeanRoute
from backend.monitor.current import note_asked
from backend.recommend.export import AFTER, RecommendationExport
from backend.recommend.render import render_together
from backend.recommend.results import ExperimentList, ExperimentResult
from backend.recommend.schemas import (
    CartRequest,
    RecommendRequest,
    RecommendResponse,
    TogetherResponse,
    ViewedResponse,
)
from backend.recommend.viewed import render_viewed
from backend.search.schemas import MAX_LIMIT

# With a key where the server has any: reasons tell what a shopper did.
router = APIRouter(prefix="/api/v1", tags=["recommendations"], dependencies=[SHOPPER_KEY], route_class=LeanRoute)
admin_router = APIRouter(prefix="/api/v1", tags=["recommendations"], dependencies=[ADMIN_KEY], route_class=LeanRoute)

ProductPath = Annotated[str, Path()]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


@router.post(
    "/recommend",
    summary="Recommend products to a shopper",
    response_model=RecommendResponse,
    responses=error_responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
async def recommend(
    request: RecommendRequest, visitor: VisitorDep, answers: RecommendAnswersDep, received: Request
) -> Response:
    """Return products that can be bought, each with a score and a reason.

    Everything that the shopper did up to this moment counts. Without a shopper, or for a new one, the list goes by
    the query, product or category, by what is popular, or by what is new. A kept list is served again, with a new
    `recommendation_id`, while nothing that it depends on has changed; `X-Cache` and `Age` say so, and its times are
    those of when it was made.
    """
    note_asked(request)
    await visitor.admit(request.session_id, request.user_id)
    answer, outcome = await answers.answer(request)
    return kept_response(received, answer, outcome, for_everybody=False)


@router.post(
    "/recommend/cart",
    summary="What goes with a cart?",
    response_model=TogetherResponse,
    responses=error_responses(401, 403, 413, 422, 429, 503),
)
async def recommend_for_cart(
    request: CartRequest, service: TogetherServiceDep, encoder: EncoderInfoDep, metrics: MetricsDep
) -> Response:
    """Return accessories and complements: what is bought together with the cart, then what goes with its categories.

    Another of what is in the cart isn't one. The categories are those whose products are bought with the cart's
    categories or, where nothing is known of that, the others of the same department; two products of each.
    """
    note_asked(request)
    page = await service.with_cart(request)
    metrics.observe_stages(page.timings_ms)
    return Response(render_together(page, encoder, explain=request.explain), media_type="application/json")


@router.get(
    "/products/{product_id}/bought-together",
    summary="What is bought together with a product?",
    response_model=TogetherResponse,
    responses=error_responses(400, 401, 403, 404, 409, 422, 429, 503),
)
async def products_bought_together(
    product_id: ProductPath,
    service: TogetherServiceDep,
    encoder: EncoderInfoDep,
    metrics: MetricsDep,
    limit: Limit = 5,
) -> Response:
    """Return what at least three shoppers bought within a day of the product, far more often than by chance."""
    page = await service.with_product(product_id, limit)
    metrics.observe_stages(page.timings_ms)
    return Response(render_together(page, encoder, explain=False), media_type="application/json")


@router.get(
    "/users/{user_id}/recently-viewed",
    summary="What has a user looked at?",
    response_model=ViewedResponse,
    responses=error_responses(401, 403, 422, 429, 503),
)
async def viewed_by_user(
    user_id: ActorPath, service: ViewedServiceDep, session_id: ActorQuery = None, limit: Limit = 20
) -> Response:
    """Return the products that a user looked at, the last one first; with a session, those of the visit too."""
    return Response(render_viewed(await service.viewed(user_id, session_id, limit)), media_type="application/json")


@router.get(
    "/sessions/{session_id}/recently-viewed",
    summary="What was looked at in a session?",
    response_model=ViewedResponse,
    responses=error_responses(401, 403, 422, 429, 503),
)
async def viewed_in_session(session_id: ActorPath, service: ViewedServiceDep, limit: Limit = 20) -> Response:
    """Return the products that were looked at in a visit, the last one first."""
    return Response(render_viewed(await service.viewed(None, session_id, limit)), media_type="application/json")


@admin_router.get(
    "/users/{user_id}/export/recommendations",
    summary="Export what was recommended to a user",
    responses=error_responses(401, 403, 422, 429, 503),
)
async def export_recommendations(
    user_id: ActorPath,
    service: UserDataServiceDep,
    after: Annotated[str | None, Query(pattern=AFTER, description="`next_after` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_EXPORT)] = MAX_EXPORT,
) -> RecommendationExport:
    """Return the lists that a user, or a nameless visit of theirs, was shown; on the first page, experiments too.

    What this process has still to write down is in it. Propensities and which places were drawn are left out.
    """
    return await service.export_recommendations(user_id, after, limit)


@admin_router.get("/experiments", summary="Which experiments run?", responses=error_responses(401, 403, 429))
async def experiments(service: ExperimentServiceDep) -> ExperimentList:
    """Return the experiments as they are configured."""
    return service.all()


@admin_router.get(
    "/experiments/{name}",
    summary="What has an experiment shown?",
    responses=error_responses(401, 403, 404, 429, 503),
)
async def experiment(name: Annotated[str, Path()], service: ExperimentServiceDep) -> ExperimentResult:
    """Return what the shoppers of each variant did after they met it."""
    return await service.results(name)
