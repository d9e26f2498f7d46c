"""Recommendations over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Response

from backend.dependencies import WRITE_KEY, EncoderInfoDep, MetricsDep, RecommendServiceDep
from backend.error_handlers import error_responses
from backend.recommend.render import render
from backend.recommend.schemas import RecommendRequest, RecommendResponse

# With a key where the server has any: reasons tell what a shopper did.
router = APIRouter(prefix="/api/v1", tags=["recommendations"], dependencies=[WRITE_KEY])


@router.post(
    "/recommend",
    summary="Recommend products to a shopper",
    response_model=RecommendResponse,
    responses=error_responses(400, 401, 404, 409, 413, 422, 503),
)
async def recommend(
    request: RecommendRequest, service: RecommendServiceDep, encoder: EncoderInfoDep, metrics: MetricsDep
) -> Response:
    """Return products that can be bought, each with a score and a reason.

    Everything that the shopper did up to this moment counts. Without a shopper, or for a new one, the list goes by
    the query, product or category, by what is popular, or by what is new.
    """
    page = await service.recommend(request)
    metrics.observe_recommend(page.timings_ms)
    return Response(render(request, page, encoder), media_type="application/json")
