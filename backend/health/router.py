"""`/`, `/live`, `/ready`, `/health`, `/status` and `/metrics`."""

from __future__ import annotations

from fastapi import APIRouter, Response

from backend.dependencies import ADMIN_KEY, HealthServiceDep
from backend.error_handlers import error_responses
from backend.health.schemas import Health, Liveness, Readiness, Status, Welcome
from backend.version import VERSION

router = APIRouter(tags=["operations"])
heads = APIRouter(include_in_schema=False)  # for probes that want no body


@heads.head("/")
@router.get("/", summary="Where to go from here")
async def welcome() -> Welcome:
    """Name the entry points."""
    return Welcome(name="Vitrine", version=VERSION, docs="/docs", search="POST /api/v1/search", status="/status")


@heads.head("/live")
@router.get("/live", summary="Is the process alive?")
async def live() -> Liveness:
    """Answer as long as the event loop runs."""
    return Liveness()


@heads.head("/ready")
@heads.head("/api/v1/health/ready")
@router.get("/ready", summary="Can it answer searches?", responses=error_responses(503))
@router.get("/api/v1/health/ready", summary="Can it answer searches?", responses=error_responses(503))
async def ready(service: HealthServiceDep) -> Readiness:
    """Answer 200 only when model and index are loaded and the database answers."""
    return await service.ready()


@heads.head("/health")
@heads.head("/api/v1/health")
@router.get("/health", summary="How are the parts?", responses=error_responses(503))
@router.get("/api/v1/health", summary="How are the parts?", responses=error_responses(503))
async def health(service: HealthServiceDep) -> Health:
    """Check each part."""
    return await service.health()


@router.get(
    "/status", summary="What is it made of?", responses=error_responses(401, 403, 503), dependencies=[ADMIN_KEY]
)
async def status(service: HealthServiceDep) -> Status:
    """Return versions, sizes and the model in use."""
    return await service.status()


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
async def metrics(service: HealthServiceDep) -> Response:
    """Return the metrics of all workers, whichever of them answers."""
    return Response(await service.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")
