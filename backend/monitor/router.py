"""`/performance`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from backend.dependencies import ADMIN_KEY, PerformanceServiceDep
from backend.error_handlers import error_responses
from backend.monitor.schemas import Performance, SlowRequests

router = APIRouter(prefix="/performance", tags=["operations"])


@router.get(
    "", summary="How fast are the answers, and why?", responses=error_responses(401), dependencies=[ADMIN_KEY]
)
async def performance(service: PerformanceServiceDep) -> Performance:
    """Return latencies, errors and cache hits of all workers by operation and route, and what to do about them."""
    return await service.performance()


@router.get(
    "/slow-queries",
    summary="Which requests took long?",
    responses=error_responses(401, 422),
    dependencies=[ADMIN_KEY],
)
async def slow_queries(
    service: PerformanceServiceDep, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> SlowRequests:
    """Return the slowest requests; each worker keeps the 64 slowest of the window that are above the threshold.

    Older ones are listed until newer ones need their places.

    With a key where the server has any, since it may be set to show what shoppers asked.
    """
    return await service.slow_requests(limit)
