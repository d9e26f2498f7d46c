"""Opens database, encoder and index once, and closes them in reverse order."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from fastapi import FastAPI

from backend.catalogue.cards import Cards
from backend.catalogue.embedding import count_pending
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.opening import open_live
from backend.catalogue.space import VectorSpace
from backend.catalogue.sync import CatalogueSync
from backend.compute import Compute, EncoderQueue
from backend.config import Settings
from backend.database.engine import Database
from backend.database.migrate import migrate
from backend.errors import NotReady
from backend.metrics import Metrics
from ml.encoder.base import Encoder
from ml.encoder.load import EncoderSpec

logger = logging.getLogger(__name__)
EncoderLoader = Callable[[EncoderSpec], Encoder]


@dataclass(slots=True)
class Engine:
    """Everything that a loaded server shares between requests."""

    encoder: Encoder
    live: LiveCatalogue
    cards: Cards
    compute: Compute
    sync: CatalogueSync


class Runtime:
    """The state of one application: the database from the start, the engine once it is loaded."""

    def __init__(self, settings: Settings, load: EncoderLoader) -> None:
        self.settings = settings
        self._load_encoder = load
        self.metrics = Metrics()
        self.started = monotonic()
        self.database = Database(
            settings.database_url, pool_size=settings.db_pool_size, max_overflow=settings.db_max_overflow
        )
        self._engine: Engine | None = None
        self._failure: str | None = None

    @property
    def engine(self) -> Engine:
        """The loaded engine.

        Raises:
            NotReady: it is still loading, or loading failed; the message says which.
        """
        if self._engine is None:
            raise NotReady(self._failure or "the model and the index are still loading; try again in a few seconds")
        return self._engine

    async def load(self) -> None:
        """Load model and index in threads; a failure is kept for `/ready` and logged."""
        try:
            encoder, live, cards = await asyncio.to_thread(self._load)
            self._engine = self._start(encoder, live, cards)
        except (
            Exception
        ) as error:  # whatever it is, the process goes on to answer /live and to say why it isn't ready
            self._failure = f"could not load: {error}"
            logger.exception("could not load the model or the index")
        else:
            logger.info("ready: %d products, catalogue version %d", live.product_count, live.version)

    def _start(self, encoder: Encoder, live: LiveCatalogue, cards: Cards) -> Engine:
        settings = self.settings
        queue = EncoderQueue(
            encoder,
            max_waiting=settings.search_queue_size,
            batch_size=settings.encoder_batch_size,
            cache_size=settings.query_cache_size,
        )
        compute = Compute(encoder, queue, threads=os.cpu_count() or 2, max_waiting=settings.search_queue_size)
        sync = CatalogueSync(self.database, live, settings.redis_url, settings.catalogue_poll_interval_s)
        sync.start()
        return Engine(encoder, live, cards, compute, sync)

    def _load(self) -> tuple[Encoder, LiveCatalogue, Cards]:
        migrate(self.database)
        encoder = self._load_encoder(self.settings.encoder_spec)
        encoder.encode_texts(["warm up"])
        space = VectorSpace.of(encoder, self.settings)
        live = open_live(self.database, space, self.settings.faiss_index_path)
        with self.database.reading() as db:
            if pending := count_pending(db, space):
                logger.warning("%d texts and images aren't embedded: run scripts.embed_catalogue", pending)
        cards = Cards(self.database, self.settings.card_cache_size)
        cards.warm()
        return encoder, live, cards

    async def close(self) -> None:
        """Stop in reverse order."""
        if self._engine is not None:
            await self._engine.sync.close()
            self._engine.compute.close()
        self.database.close()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load in the background, so that `/live` answers and `/ready` says no while it lasts."""
    runtime: Runtime = app.state.runtime
    loading = asyncio.create_task(runtime.load())
    try:
        yield
    finally:
        await loading
        await runtime.close()
