"""The bridge from the event loop to `ml`: a bounded encoder queue and a thread pool for the index."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np

from backend.admission import FEW, Admission, too_many
from backend.image_queue import ImageQueue
from backend.threads import one_openmp_thread
from ml.encoder.base import Encoder
from ml.types import Embedding, Embeddings

T = TypeVar("T")
BULK_RUN = 16  # texts; of average length some 30 ms on 2 cores
LIGHT_ROWS = 100_000
"""Up to here the work on a plain search, some 2 ms twice, stays on the event loop: nearly all of it holds Python's
lock, so that threads would only take turns. They made it a third dearer and halved what 32 shoppers got a second."""


class EncoderQueue:
    """Encodes queries: takes what waits, never waits itself, and does no work twice.

    While one batch is being encoded, arriving queries queue up and form the next. Equal queries in flight share one
    encoding, recent ones are kept. Embeddings don't depend on their batch, so none of this shows in the answers.
    """

    def __init__(self, encoder: Encoder, *, max_waiting: int, batch_size: int, cache_size: int) -> None:
        self._encoder = encoder
        self._max_waiting = max_waiting
        self._batch_size = batch_size
        self._cache_size = cache_size
        self._recent: OrderedDict[str, Embedding] = OrderedDict()
        self._in_flight: dict[str, asyncio.Future[Embedding]] = {}
        self._wanted: Counter[str] = Counter()  # callers of each text in flight
        self._waiting: deque[str] = deque()
        self._running: asyncio.Future[Embeddings] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encoder")

    @property
    def is_busy(self) -> bool:
        """Whether something is being encoded."""
        return self._running is not None or bool(self._waiting)

    async def encode(self, text: str) -> Embedding:
        """Return the embedding of one query: float32, shape (d,), L2 norm 1.

        Raises:
            Overloaded: too many queries wait already.
        """
        if (known := self._known(text)) is not None:
            return known
        future = self._wish(text)
        try:
            # One caller that goes away must not cancel the encoding that others share.
            return await asyncio.shield(future)
        finally:
            self._leave(text)

    async def encode_beside(self, text: str, work: Callable[[], T]) -> tuple[Embedding, T]:
        """Encode one query, and do a piece of work on the event loop meanwhile; return the outcomes of both.

        Raises:
            Overloaded: too many queries wait already; the work isn't done.
        """
        if (known := self._known(text)) is not None:
            return known, work()
        future = self._wish(text)
        try:
            self._begin()
            done = work()
            return await asyncio.shield(future), done
        finally:
            self._leave(text)

    def _known(self, text: str) -> Embedding | None:
        known = self._recent.get(text)
        if known is not None:
            self._recent.move_to_end(text)
        return known

    def _wish(self, text: str) -> asyncio.Future[Embedding]:
        """Add a caller of a text, whose encoding begins in the next iteration of the loop if none is under way."""
        future = self._in_flight.get(text)
        if future is None:
            if len(self._waiting) >= self._max_waiting:
                raise too_many()
            loop = asyncio.get_running_loop()
            future = self._in_flight[text] = loop.create_future()
            self._waiting.append(text)
            loop.call_soon(self._begin)
        self._wanted[text] += 1
        return future

    def _leave(self, text: str) -> None:
        """Take back a caller; what nobody wants any more isn't encoded, unless that has begun."""
        self._wanted[text] -= 1
        if not self._wanted[text]:
            del self._wanted[text]
            if text in self._waiting:
                self._waiting.remove(text)
                self._in_flight.pop(text).cancel()

    @property
    def waiting(self) -> int:
        """Queries that wait for their encoding to begin."""
        return len(self._waiting)

    @property
    def bound(self) -> int:
        """How many may wait."""
        return self._max_waiting

    def _begin(self) -> None:
        """Have what waits encoded, unless something is."""
        if self._running is not None or not self._waiting:
            return
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch_size))]
        try:
            # Done here, as the thread would have to wait for Python's lock; the rest of its work needs none.
            ready = self._encoder.prepare_texts(batch)
            self._running = asyncio.get_running_loop().run_in_executor(self._thread, ready)
        except Exception as error:
            self._fail(batch, error)
            asyncio.get_running_loop().call_soon(self._begin)
            return
        self._running.add_done_callback(partial(self._end, batch))

    def _end(self, batch: Sequence[str], running: asyncio.Future[Embeddings]) -> None:
        """Hand over what was encoded, and go on."""
        self._running = None
        try:
            encoded = list(zip(batch, running.result(), strict=True))
        except Exception as error:
            self._fail(batch, error)
        else:
            for text, row in encoded:
                self._in_flight.pop(text).set_result(row)
                self._remember(text, row)
        self._begin()

    def _fail(self, batch: Sequence[str], error: Exception) -> None:
        """Tell each caller, whatever it is: else they would wait for ever."""
        for text in batch:
            future = self._in_flight.pop(text)
            future.set_exception(error)
            future.exception()  # the callers may all have gone: then nobody else retrieves it

    def _remember(self, text: str, row: Embedding) -> None:
        if self._cache_size == 0:
            return
        self._recent[text] = row.copy()  # a view would keep the whole batch alive
        if len(self._recent) > self._cache_size:
            self._recent.popitem(last=False)

    def close(self) -> None:
        """Finish the batch that is being encoded and stop the thread."""
        self._thread.shutdown()


class Compute:
    """Runs index work and bulk encoding off the event loop."""

    def __init__(
        self,
        encoder: Encoder,
        queue: EncoderQueue,
        *,
        threads: int,
        max_waiting: int,
        is_light: Callable[[], bool] = lambda: True,
    ) -> None:
        """Start the threads.

        Args:
            encoder: of pictures and of bulk.
            queue: of queries.
            threads: for index work.
            max_waiting: requests of one kind at once.
            is_light: whether index work is mostly done on the event loop.
        """
        self.encoder = encoder
        self.queries = queue
        self.images = ImageQueue(encoder)

        def few() -> int:
            return FEW if is_light() else threads + 1

        self.admission = Admission(max_waiting, few=few)  # of searches
        self.list_admission = Admission(max_waiting, few=few)  # of recommendations, which take turns with searches
        self._max_running = threads + max_waiting
        self._running = 0
        self._turn = asyncio.Lock()
        self._index_threads = ThreadPoolExecutor(threads, "index", one_openmp_thread)
        self._bulk_thread = ThreadPoolExecutor(1, thread_name_prefix="bulk-encoder")

    async def run(self, work: Callable[[], T]) -> T:
        """Run index work on a pool thread.

        Raises:
            Overloaded: too much of it waits already.
        """
        if self._running >= self._max_running:
            raise too_many()
        self._running += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._index_threads, work)
        finally:
            self._running -= 1

    async def run_light(self, work: Callable[[], T]) -> T:
        """Run a few milliseconds of work on the event loop: one piece an iteration, in the order of asking.

        Whatever else is ready gets its turn between two pieces, above all the requests that are refused.
        """
        await self._turn.acquire()
        try:
            return work()
        finally:
            asyncio.get_running_loop().call_soon(self._turn.release)

    @property
    def running(self) -> int:
        """Pieces of index work that run or wait for a thread."""
        return self._running

    @property
    def bound(self) -> int:
        """How many there may be."""
        return self._max_running

    async def encode_many(self, texts: Sequence[str]) -> Embeddings:
        """Embed product texts in short runs, so that queries get their turn in between.

        Texts of like length go together, since a run costs as much as its longest.
        """
        loop = asyncio.get_running_loop()
        order = sorted(range(len(texts)), key=lambda position: len(texts[position]))
        rows = np.empty((len(texts), self.encoder.dimension), np.float32)
        for start in range(0, len(order), BULK_RUN):
            chosen = order[start : start + BULK_RUN]
            run = [texts[position] for position in chosen]
            rows[chosen] = await loop.run_in_executor(self._bulk_thread, self.encoder.encode_texts, run)
        return rows

    def close(self) -> None:
        """Wait for running work and stop every thread."""
        self._index_threads.shutdown()
        self._bulk_thread.shutdown()
        self.images.close()
        self.queries.close()
