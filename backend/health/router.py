"""`/`, `/live`, `/ready`, `/health`, `/status` and `/metrics`."""

from __future__ import annotations

from time import monotonic

from fastapi import APIRouter, Response

from backend.catalogue.embedding import count_pending
from backend.catalogue.repository import CatalogueRepository
from backend.dependencies import READ_KEY, RuntimeDep
from backend.error_handlers import error_responses
from backend.health.schemas import EncoderStatus, Health, Liveness, Readiness, Status, Welcome
from backend.lifespan import Runtime
from backend.version import VERSION

router = APIRouter(tags=["operations"])
_started = monotonic()


@router.get("/", summary="Where to go from here")
async def welcome() -> Welcome:
    """Name the entry points."""
    return Welcome(name="Vitrine", version=VERSION, docs="/docs", search="POST /api/v1/search", status="/status")


@router.get("/live", summary="Is the process alive?")
async def live() -> Liveness:
    """Answer as long as the event loop runs."""
    return Liveness()


@router.get("/ready", summary="Can it answer searches?", responses=error_responses(503))
@router.get("/api/v1/health/ready", summary="Can it answer searches?", responses=error_responses(503))
async def ready(runtime: RuntimeDep) -> Readiness:
    """Answer 200 only when model and index are loaded and the database answers."""
    products = runtime.engine.live.product_count
    await _database_version(runtime)
    return Readiness(products=products)


@router.get("/health", summary="How are the parts?", responses=error_responses(503))
@router.get("/api/v1/health", summary="How are the parts?", responses=error_responses(503))
async def health(runtime: RuntimeDep) -> Health:
    """Check each part."""
    engine = runtime.engine
    await _database_version(runtime)
    redis = await engine.sync.redis_ok()
    return Health(
        status="degraded" if redis is False else "healthy",
        database=True,
        redis=redis,
        products=engine.live.product_count,
    )


@router.get("/status", summary="What is it made of?", responses=error_responses(503), dependencies=[READ_KEY])
async def status(runtime: RuntimeDep) -> Status:
    """Return versions, sizes and the model in use."""
    engine = runtime.engine
    space = engine.live.space
    pending = await engine.compute.run(lambda: count_pending(runtime.database, space))
    return Status(
        version=VERSION,
        environment=runtime.settings.environment,
        database="sqlite" if runtime.database.is_sqlite else "postgresql",
        products=engine.live.product_count,
        pending_embeddings=pending,
        catalogue_version=engine.live.version,
        database_version=await _database_version(runtime),
        vector_space=space.fingerprint,
        encoder=EncoderStatus(
            name=engine.encoder.name,
            engine=engine.encoder.engine,
            fingerprint=engine.encoder.fingerprint,
            dimension=engine.encoder.dimension,
            has_image_tower=engine.encoder.has_image_tower,
        ),
        uptime_s=round(monotonic() - _started, 1),
    )


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
async def metrics(runtime: RuntimeDep) -> Response:
    """Return the metrics of this process."""
    engine = runtime.engine
    body = runtime.metrics.render(engine.live.product_count, engine.live.version)
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")


async def _database_version(runtime: Runtime) -> int:
    return await runtime.database.read(lambda db: CatalogueRepository(db).version())
