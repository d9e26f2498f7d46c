"""Looks at each part of a running server."""

from __future__ import annotations

import os
import time
from time import monotonic

from backend.catalogue.service import CatalogueService
from backend.database.failures import is_database_down
from backend.health.schemas import (
    DatabaseStatus,
    EncoderStatus,
    Health,
    IndexStatus,
    ModelSwitch,
    ProfileLag,
    Readiness,
    RedisStatus,
    Status,
    WorkerStatus,
)
from backend.lifespan import Runtime
from backend.model.active import configured_model
from backend.monitor.exposition import exposition
from backend.monitor.reading import WorkerFigures
from backend.version import VERSION


class HealthService:
    """Answers whether a server can work, and what it is made of.

    Every method but `metrics` raises NotReady while the engine isn't loaded, and `ready` and `health` an
    OperationalError or DependencyUnavailable while the database doesn't answer.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @property
    def _catalogue(self) -> CatalogueService:
        engine = self._runtime.engine
        return CatalogueService(self._runtime.database, engine.live, engine.compute, engine.sync)

    async def ready(self) -> Readiness:
        """Return only when model and index are loaded and the database answers."""
        products = self._runtime.engine.live.product_count
        await self._catalogue.database_version()
        return Readiness(products=products)

    async def health(self) -> Health:
        """Check each part; degraded costs no answer; the schema says what it may mean."""
        engine = self._runtime.engine
        await self._catalogue.database_version()
        redis = await engine.sync.redis_ok()
        failures = (self._runtime.models.failure, engine.live.index.failure)
        sound = redis is not False and engine.sync.is_following and failures == (None, None)
        return Health(
            status="healthy" if sound else "degraded",
            database=True,
            redis=redis,
            products=engine.live.product_count,
        )

    async def status(self) -> Status:
        """Return versions, sizes, the model in use, and how each part fares."""
        runtime, engine = self._runtime, self._runtime.engine
        database, version, pending = await self._database()
        space, encoder, lag = engine.live.space, engine.encoder, runtime.interactions.lag
        return Status(
            version=VERSION,
            environment=runtime.settings.environment,
            database="sqlite" if runtime.database.is_sqlite else "postgresql",
            products=engine.live.product_count,
            pending_embeddings=pending,
            catalogue_version=engine.live.version,
            database_version=version,
            vector_space=space.fingerprint,
            encoder=EncoderStatus(
                name=encoder.name,
                engine=encoder.engine,
                fingerprint=encoder.fingerprint,
                dimension=encoder.dimension,
                has_image_tower=encoder.has_image_tower,
            ),
            model=self._model(),
            index=IndexStatus(failures=runtime.metrics.index_failures, failure=engine.live.index.failure),
            profiles=ProfileLag(lag_events=lag.events, lag_s=round(lag.seconds, 1)),
            database_health=database,
            redis=await self._redis(),
            workers=[_worker(one) for one in (await runtime.monitor.read()).workers],
            uptime_s=round(monotonic() - runtime.started, 1),
        )

    async def _database(self) -> tuple[DatabaseStatus, int | None, int | None]:
        """Return how it answers, its catalogue version, and how many embeddings are pending."""
        asked = monotonic()
        try:
            version = await self._catalogue.database_version()
            answered = monotonic()
            pending = await self._catalogue.pending_embeddings()
        except Exception as error:
            if not is_database_down(error):  # else it is what /status is asked for most of all
                raise
            return DatabaseStatus(ok=False, latency_ms=None), None, None
        return DatabaseStatus(ok=True, latency_ms=round((answered - asked) * 1000, 3)), version, pending

    async def _redis(self) -> RedisStatus | None:
        asked = monotonic()
        ok = await self._runtime.engine.sync.redis_ok()
        if ok is None:
            return None
        return RedisStatus(ok=ok, latency_ms=round((monotonic() - asked) * 1000, 3) if ok else None)

    def _model(self) -> ModelSwitch:
        models = self._runtime.models
        choice = models.engine.choice
        return ModelSwitch(
            model=choice.title,
            chosen_by="settings" if choice.fingerprint is None else "switch_model",
            configured=configured_model(self._runtime.settings).title,
            loading=None if models.loading is None else models.loading.title,
            retiring=models.retiring,
            failure=models.failure,
        )

    async def metrics(self) -> bytes:
        """Return the metrics of all workers in the Prometheus text format."""
        return exposition(await self._runtime.monitor.read(), self._runtime.monitor.target_s)


def _worker(worker: WorkerFigures) -> WorkerStatus:
    gauges = worker.gauges
    return WorkerStatus(
        pid=worker.pid,
        ready=bool(gauges.is_ready),
        catalogue_version=int(gauges.catalogue_version),
        products=int(gauges.products),
        uptime_s=round(time.time() - worker.started, 1),
        resident_mb=round(gauges.resident_bytes / 2**20, 1),
        in_flight=int(gauges.in_flight),
        is_answering=worker.pid == os.getpid(),
    )
