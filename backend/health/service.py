"""Looks at each part of a running server."""

from __future__ import annotations

from time import monotonic

from backend.catalogue.service import CatalogueService
from backend.health.schemas import EncoderStatus, Health, IndexStatus, ModelSwitch, ProfileLag, Readiness, Status
from backend.lifespan import Runtime
from backend.model.active import configured_model
from backend.monitor.exposition import exposition
from backend.version import VERSION


class HealthService:
    """Answers whether a server can work, and what it is made of.

    Every method but `metrics` asks the database, and raises NotReady while the engine isn't loaded.
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
        """Return versions, sizes and the model in use."""
        runtime, engine = self._runtime, self._runtime.engine
        space, encoder, lag = engine.live.space, engine.encoder, runtime.interactions.lag
        return Status(
            version=VERSION,
            environment=runtime.settings.environment,
            database="sqlite" if runtime.database.is_sqlite else "postgresql",
            products=engine.live.product_count,
            pending_embeddings=await self._catalogue.pending_embeddings(),
            catalogue_version=engine.live.version,
            database_version=await self._catalogue.database_version(),
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
            uptime_s=round(monotonic() - runtime.started, 1),
        )

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
        return exposition(await self._runtime.monitor.read())
