"""Opens database, encoder and index once, and closes them in reverse order."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from time import monotonic

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Scope

from backend.access.connections import Connections
from backend.access.runtime import Access
from backend.access.visitor import caller_of, is_key_wrong
from backend.cache.figures import tell
from backend.cache.memory import Basis
from backend.cache.runtime import Cache, catalogue_id
from backend.catalogue.embedding import count_pending
from backend.catalogue.space import VectorSpace
from backend.closing import Closable, close_all
from backend.config import Settings
from backend.database.engine import Database
from backend.database.failures import may_work_later
from backend.database.migrate import migrate
from backend.errors import NotReady
from backend.health.gauges import gauges_of
from backend.interaction.runtime import Interactions
from backend.interaction.vectors import StateSpace
from backend.memory import keep
from backend.metrics import Metrics
from backend.model.active import EncoderLoader, configured_model, same_model, wanted_model
from backend.model.engine import Engine, EngineLoader, Opened
from backend.model.follower import ModelFollower
from backend.monitor.gauges import Gauges
from backend.monitor.runtime import Monitor
from backend.recommend.runtime import Recommendations
from backend.rehearsal import rehearse, rehearsed_engine
from backend.search.answers import SearchAnswers, search_basis
from backend.search.personal import Tastes
from backend.search.reranking import RerankStage, open_stage
from backend.search.service import SearchService
from backend.search.warming import Warmer
from backend.siblings import stand_back
from backend.threads import one_blas_thread, one_openmp_thread, with_encoder_threads

logger = logging.getLogger(__name__)
LOAD_AGAIN_S = 1.0


class Runtime:
    """The state of one application: the database from the start, the engine once it is loaded."""

    def __init__(self, settings: Settings, load: EncoderLoader) -> None:
        self.settings = settings
        self.monitor = Monitor(settings)
        self.metrics = Metrics(self.monitor.recorder)
        self.started = monotonic()
        self.database = Database(
            settings.database_url,
            pool_size=settings.db_pool_size,
            max_overflow=settings.db_max_overflow,
            connect_timeout_s=settings.db_connect_timeout_s,
            timeout_s=settings.db_timeout_s,
        )
        self.access = Access(self.database, settings)
        self.interactions = Interactions(self.database, settings)
        self.cache = Cache(self.database, settings)
        self.recommendations = Recommendations(self.database, settings)
        serving = with_encoder_threads(settings)
        self._loader = EngineLoader(self.database, serving, load, self.metrics, self._look_for_model)
        self.rerank_stage: RerankStage | None = None  # read before the first engine serves
        self._models: ModelFollower | None = None
        self._warmer: Warmer | None = None
        self._failure: str | None = None
        self._closing = asyncio.Event()

    @property
    def models(self) -> ModelFollower:
        """What holds the engine and follows the choice of model.

        Raises:
            NotReady: the first engine is still loading, or loading failed; the message says which.
        """
        if self._models is None:
            raise NotReady(self._failure or "the model and the index are still loading; try again in a few seconds")
        return self._models

    @property
    def engine(self) -> Engine:
        """The engine for a request that begins now; it keeps it to its end.

        Raises:
            NotReady: as for `models`.
        """
        rehearsed = rehearsed_engine()
        return self.models.engine if rehearsed is None else rehearsed

    def search_service(self, engine: Engine, *, trusted: bool) -> SearchService:
        """Return what searches with an engine.

        Args:
            engine: of the request.
            trusted: whether it may name users.
        """
        shared = self.recommendations
        return SearchService(
            engine.live,
            engine.cards,
            engine.compute,
            rules=engine.rules,
            shop=engine.shop,
            stage=self.rerank_stage,
            shadow=engine.shadow,
            tastes=Tastes(self.interactions.states, shared.experiments, shared.ledger, engine.live, trusted=trusted),
        )

    def search_answers(self, engine: Engine, *, trusted: bool = False) -> SearchAnswers:
        """Return what answers searches with an engine, from the cache where it can; as for `search_service`."""
        service = self.search_service(engine, trusted=trusted)
        return SearchAnswers(
            self.cache.answers,
            popular=self.cache.popular,
            engine=engine,
            service=service,
            metrics=self.metrics,
            ttl_s=self.settings.api_cache_ttl_search,
        )

    def search_basis(self) -> Basis | None:
        """Return what answers for everybody are made from just now; None while there are none."""
        return None if self._models is None else search_basis(self.engine)

    def may_search(self, scope: Scope) -> bool:
        """Whether a request that the access middleware has looked at may have an answer for everybody."""
        if not self.settings.api_require_key:
            return not is_key_wrong(scope)
        caller = caller_of(scope)
        return caller is not None and caller.may("search")

    def refuses_search(self) -> bool:
        """Whether one more search is refused."""
        return self._models is not None and self._models.engine.compute.admission.refuses()

    async def load(self, app: ASGIApp | None = None) -> None:
        """Load model and index in threads; a failure is kept for `/ready` and logged.

        Args:
            app: is tried once before anybody else is answered; None where there is no server.
        """
        try:
            opened, shop = await self._load_patiently()
            engine = self._loader.start(opened)
            self.cache.open(shop)
            if app is not None:
                await rehearse(app, engine, self.settings.api_keys[0] if self.settings.api_require_key else None)
            self._models = ModelFollower(self.database, self.settings, self._loader, engine)
            engine.live.traits.follow()
            self.interactions.start(lambda: StateSpace.of(self.engine.live.space))
            self.recommendations.start(lambda: self.engine.live.space)
            if self.settings.api_enable_cache:
                self._warmer = Warmer(self.cache, lambda: self.engine, self.search_answers)
                self._warmer.start()
        except (
            Exception
        ) as error:  # whatever it is, the process goes on to answer /live and to say why it isn't ready
            self._failure = f"could not load: {error}"
            logger.exception("could not load the model or the index")
        else:
            Connections.of(asyncio.get_running_loop()).begin()
            logger.info("ready: %d products, catalogue version %d", opened.live.product_count, opened.live.version)
            with suppress(SQLAlchemyError):  # which has just answered; whoever needs it says so
                await asyncio.to_thread(self._tell_of_pending, opened.live.space)

    async def _load_patiently(self) -> tuple[Opened, str]:
        """Load; while the database is down, try again: who started meanwhile must serve when it is back."""
        while True:
            try:
                return await asyncio.to_thread(self._load)
            except Exception as error:
                if self._closing.is_set() or not may_work_later(error):
                    raise
                if self._failure is None:  # once an outage
                    logger.warning("can't load while the database doesn't answer, trying again: %s", error)
                self._failure = "the database doesn't answer; it is tried again every second"
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), LOAD_AGAIN_S)

    def _load(self) -> tuple[Opened, str]:
        gc.disable()  # what is made now stays: looking for garbage in it would take a fifth of the time
        try:
            return self._open()
        finally:
            gc.enable()

    def _open(self) -> tuple[Opened, str]:
        one_blas_thread()
        self.rerank_stage = open_stage(self.settings.rerank_weights_path, self.settings.rerank_depth)
        migrate(self.database)
        self.access.keys.read()
        with self.database.reading() as db:
            choice = wanted_model(db, self.settings)
        opened = self._loader.open(choice, self._stop_if_closing)
        configured = configured_model(self.settings)
        if not same_model(choice, configured):
            logger.warning(
                "CLIP_MODEL names %s, but this shop has switched to %s, which serves", configured.title, choice.title
            )
        keep()
        return opened, catalogue_id(self.database)

    def _stop_if_closing(self) -> None:
        if self._closing.is_set():
            raise NotReady("the server is stopping")

    def _tell_of_pending(self, space: VectorSpace) -> None:
        with self.database.reading() as db:
            if pending := count_pending(db, space):
                logger.warning("%d texts and images aren't embedded: run scripts.embed_catalogue", pending)

    def _look_for_model(self) -> None:
        if self._models is not None:
            self._models.wake()

    async def gauges(self) -> Gauges:
        """Return how this worker fares just now."""
        engine = self._models.engine if self._models is not None else None
        tell(self.cache.stats, self.monitor.recorder)
        return await gauges_of(engine, self.interactions, self.cache)

    def give_up_loading(self) -> None:
        """Have `load` fail before its next step, or where the database keeps it waiting."""
        self._closing.set()

    async def close(self) -> None:
        """Stop in reverse order."""
        gc.unfreeze()  # whoever goes on without the application needs nothing of it
        parts: list[Closable | None] = [self._warmer, self.cache, self.recommendations, self.interactions]
        parts += [self._models, self.access]
        closing = [part.close for part in parts if part is not None]
        database = partial(asyncio.to_thread, self.database.close)
        await close_all([*closing, database, self.monitor.close], self.database)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load in the background, so that `/live` answers and `/ready` says no while it lasts."""
    runtime: Runtime = app.state.runtime
    one_openmp_thread()  # this one, which searches too
    runtime.access.start()
    await runtime.monitor.start(runtime.gauges)
    loading = asyncio.create_task(runtime.load(app))
    await stand_back(runtime.monitor, loading)
    try:
        yield
    finally:
        runtime.give_up_loading()
        await close_all([lambda: loading], runtime.database)
        await runtime.close()
