"""Everything of one model that requests share: encoder, index, threads."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import orjson

from backend.catalogue.cards import Cards
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.opening import open_live, open_saved
from backend.catalogue.space import VectorSpace
from backend.catalogue.sync import CatalogueSync
from backend.compute import LIGHT_ROWS, Compute, EncoderQueue
from backend.config import Settings
from backend.database.engine import Database
from backend.metrics import Metrics
from backend.model.active import EncoderLoader, ModelChoice, expected_space, load_choice
from backend.search.rules.book import RuleBook
from backend.search.shadow import ShadowSearches
from backend.search.understanding.shop_words import ShopWords
from ml.encoder.base import Encoder
from ml.errors import IndexDamaged
from ml.lexical.correct import MAX_READINGS

logger = logging.getLogger(__name__)
COUNTED_AT_ONCE = 3_000  # products whose words are counted before the first search: half a second


@dataclass(slots=True, eq=False)
class Engine:
    """One model at work. A request holds one engine from its start to its end, so its answer is of one model."""

    choice: ModelChoice
    encoder: Encoder
    live: LiveCatalogue
    cards: Cards
    compute: Compute
    sync: CatalogueSync
    rules: RuleBook
    shop: ShopWords
    shadow: ShadowSearches
    info: bytes = field(init=False)
    _users: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        encoder = self.encoder
        self.info = orjson.dumps({"name": encoder.name, "engine": encoder.engine, "fingerprint": encoder.fingerprint})
        self._idle.set()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Count a request; on the event loop's thread alone."""
        self._users += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._idle.set()

    async def drained(self, timeout_s: float) -> bool:
        """Wait until no request uses it; return whether that is so."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), timeout_s)
        return not self._users

    async def close(self) -> None:
        """Stop its threads."""
        await self.sync.close()
        await asyncio.to_thread(self.shadow.close)
        await asyncio.to_thread(self.compute.close)
        await asyncio.to_thread(self.live.close)


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that is loaded and doesn't serve yet."""

    choice: ModelChoice
    encoder: Encoder
    live: LiveCatalogue
    rules: RuleBook
    shop: ShopWords


@dataclass(frozen=True, slots=True)
class _Shelf:
    live: LiveCatalogue
    rules: RuleBook
    shop: ShopWords


class EngineLoader:
    """Builds engines: first `open` in a thread, which takes seconds, then `start` on the event loop."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        load: EncoderLoader,
        metrics: Metrics,
        on_model_message: Callable[[], None],
    ) -> None:
        self._metrics = metrics
        self._database = database
        self._settings = settings
        self._load = load
        self._on_model_message = on_model_message

    def open(self, choice: ModelChoice, go_on: Callable[[], None] = lambda: None) -> Opened:
        """Load encoder and index and use both once, so that the first request finds them warm.

        Args:
            choice: the model.
            go_on: is called between steps, in this thread; what it raises ends the loading.

        Raises:
            ModelNotFound, ExportRejected: the model can't be used.
            FingerprintMismatch: it isn't what was chosen, or no product is embedded for it.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="encoder") as beside:  # which hardly needs Python's lock
            loading = beside.submit(load_choice, choice, self._settings, self._load)
            expected = expected_space(choice, self._settings, self._load)
            ahead = None if expected is None else self._ahead(expected)
            try:
                encoder = loading.result()
            except BaseException:
                if ahead is not None:
                    ahead.live.close()
                raise
        settings, failed = self._settings, self._metrics.count_index_failure
        space = VectorSpace.of(encoder, settings)
        try:
            go_on()
        except BaseException:
            if ahead is not None:
                ahead.live.close()
            raise
        if ahead is not None and ahead.live.space != space:  # the model's files are others than those of the export
            ahead.live.close()
            ahead = None
        shelf = ahead or self._shelf(
            open_live(self._database, space, settings.faiss_index_path, settings.search_options, failed)
        )
        try:
            go_on()
            shelf.live.nearest(encoder.encode_texts(["warm up"])[0], 10, None)
            shelf.live.catch_up(self._database)
        except BaseException:
            shelf.live.close()
            raise
        return Opened(choice, encoder, shelf.live, shelf.rules, shelf.shop)

    def _ahead(self, space: VectorSpace) -> _Shelf | None:
        """Open what there is for a space that is only expected: nothing is built for it, no error counts."""
        settings, failed = self._settings, self._metrics.count_index_failure
        try:
            return self._shelf(
                open_saved(self._database, space, settings.faiss_index_path, settings.search_options, failed)
            )
        except IndexDamaged as error:
            logger.info("opening the index after the encoder: %s", error)
        except Exception:  # whatever it is, it is told once more where the space turns out to be this one
            logger.warning("can't open the index beside the encoder", exc_info=True)
        return None

    def _shelf(self, live: LiveCatalogue) -> _Shelf:
        """Make what else doesn't need the encoder itself, and use it once."""
        rules = RuleBook()
        live.followers.append(rules.refresh)
        with self._database.reading() as db:
            rules.refresh(db)
        shop = ShopWords(self._database)
        if live.product_count <= COUNTED_AT_ONCE:
            shop.count()
            live.traits.count()
        # Of a larger one the first search begins it, in the background: this must not wait for that.
        # The first ones look at every word, which would keep the first shopper of a large shop waiting for seconds.
        live.texts.suggest("a", 1)
        live.texts.readings("warm up")
        return _Shelf(live, rules, shop)

    def start(self, opened: Opened) -> Engine:
        """Give an opened model its threads, and begin to follow the catalogue."""
        settings = self._settings
        queue = EncoderQueue(
            opened.encoder,
            # Of whoever was let in to search every reading may be encoded, and the words of as many lists.
            max_waiting=settings.search_queue_size * (MAX_READINGS + 1),
            batch_size=settings.encoder_batch_size,
            cache_size=settings.query_cache_size,
        )
        compute = Compute(
            opened.encoder,
            queue,
            threads=os.cpu_count() or 2,
            max_waiting=settings.search_queue_size,
            is_light=lambda: opened.live.product_count <= LIGHT_ROWS,
        )
        sync = CatalogueSync(
            self._database,
            opened.live,
            settings.redis_url,
            settings.catalogue_poll_interval_s,
            self._on_model_message,
        )
        shadow = ShadowSearches(settings.search_shadow_share, self._metrics, lambda: opened.live.version)
        cards = Cards(self._database, settings.card_cache_size, opened.live.saved_cards)
        sync.start()
        return Engine(
            opened.choice, opened.encoder, opened.live, cards, compute, sync, opened.rules, opened.shop, shadow
        )
