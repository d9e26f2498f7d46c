"""`/cache/stats`."""

from __future__ import annotations

from fastapi import APIRouter

from backend.cache.schemas import CacheStatus
from backend.cache.service import cache_status
from backend.dependencies import ADMIN_KEY, RuntimeDep
from backend.error_handlers import error_responses

router = APIRouter(tags=["operations"])


@router.get(
    "/cache/stats", summary="What does the cache do?", responses=error_responses(401), dependencies=[ADMIN_KEY]
)
async def stats(runtime: RuntimeDep) -> CacheStatus:
    """Return hits and misses by type, times of memory and Redis, and how much is kept, of all workers together."""
    return cache_status(await runtime.monitor.read())
