"""Opens database, encoder and index once, and closes them in reverse order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from fastapi import FastAPI

from backend.access.runtime import Access
from backend.catalogue.cards import Cards
from backend.catalogue.embedding import count_pending
from backend.config import Settings
from backend.database.engine import Database
from backend.database.migrate import migrate
from backend.errors import NotReady
from backend.interaction.runtime import Interactions
from backend.interaction.vectors import StateSpace
from backend.metrics import Metrics
from backend.model.active import EncoderLoader, configured_model, same_model, wanted_model
from backend.model.engine import Engine, EngineLoader, Opened
from backend.model.follower import ModelFollower
from backend.recommend.runtime import Recommendations
from backend.search.reranking import RerankStage, open_stage

logger = logging.getLogger(__name__)


class Runtime:
    """The state of one application: the database from the start, the engine once it is loaded."""

    def __init__(self, settings: Settings, load: EncoderLoader) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.started = monotonic()
        self.database = Database(
            settings.database_url, pool_size=settings.db_pool_size, max_overflow=settings.db_max_overflow
        )
        self.access = Access(self.database, settings)
        self.interactions = Interactions(self.database, settings)
        self.recommendations = Recommendations(self.database, settings)
        self._loader = EngineLoader(self.database, settings, load, self.metrics, self._look_for_model)
        self.rerank_stage: RerankStage | None = None  # read before the first engine serves
        self._models: ModelFollower | None = None
        self._failure: str | None = None

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
        return self.models.engine

    async def load(self) -> None:
        """Load model and index in threads; a failure is kept for `/ready` and logged."""
        try:
            opened, cards = await asyncio.to_thread(self._load)
            self._models = ModelFollower(
                self.database, self.settings, self._loader, self._loader.start(opened, cards)
            )
            self.interactions.start(lambda: StateSpace.of(self.engine.live.space))
            self.recommendations.start(lambda: self.engine.live.space)
        except (
            Exception
        ) as error:  # whatever it is, the process goes on to answer /live and to say why it isn't ready
            self._failure = f"could not load: {error}"
            logger.exception("could not load the model or the index")
        else:
            logger.info("ready: %d products, catalogue version %d", opened.live.product_count, opened.live.version)

    def _load(self) -> tuple[Opened, Cards]:
        self.rerank_stage = open_stage(self.settings.rerank_weights_path, self.settings.rerank_depth)
        migrate(self.database)
        self.access.keys.read()
        with self.database.reading() as db:
            choice = wanted_model(db, self.settings)
        opened = self._loader.open(choice)
        configured = configured_model(self.settings)
        if not same_model(choice, configured):
            logger.warning(
                "CLIP_MODEL names %s, but this shop has switched to %s, which serves", configured.title, choice.title
            )
        with self.database.reading() as db:
            if pending := count_pending(db, opened.live.space):
                logger.warning("%d texts and images aren't embedded: run scripts.embed_catalogue", pending)
        cards = Cards(self.database, self.settings.card_cache_size)
        cards.warm()
        return opened, cards

    def _look_for_model(self) -> None:
        if self._models is not None:
            self._models.wake()

    async def close(self) -> None:
        """Stop in reverse order."""
        await self.recommendations.close()
        await self.interactions.close()
        if self._models is not None:
            await self._models.close()
        await self.access.close()
        self.database.close()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load in the background, so that `/live` answers and `/ready` says no while it lasts."""
    runtime: Runtime = app.state.runtime
    runtime.access.start()
    loading = asyncio.create_task(runtime.load())
    try:
        yield
    finally:
        await loading
        await runtime.close()
