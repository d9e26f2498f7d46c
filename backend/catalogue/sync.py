"""Keeps the catalogue in memory in step with the database, whoever wrote it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from sqlalchemy.exc import DBAPIError

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.single_writes import SingleWrites
from backend.database.engine import Database
from backend.errors import DependencyUnavailable

logger = logging.getLogger(__name__)
CHANNEL = "vitrine:catalogue"
MODEL_MESSAGE = b"model"  # on the same channel: another model is to serve


class CatalogueSync:
    """Applies the change log.

    At once after a write of this process, on a Redis message after one of another, and by polling in any case, since
    a message may be lost and Redis may be down.

    Attributes:
        singles: writes single products of this process.
    """

    def __init__(
        self,
        database: Database,
        live: LiveCatalogue,
        redis_url: str | None,
        poll_interval_s: float,
        on_model_message: Callable[[], None],
    ) -> None:
        self._on_model_message = on_model_message
        self._database = database
        self._live = live
        # A thread of its own: a long catch-up, and those that wait for it, must not take the searches' threads.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="catch-up")
        self._poll_interval_s = poll_interval_s
        self._redis = (
            # Not tried again in the same breath: who listens does it, and nobody else waits for more than 2 s.
            redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))
            if redis_url
            else None
        )
        self.singles = SingleWrites(database, live.space)
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[int] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._messages: set[asyncio.Task[None]] = set()
        self._following = True
        self._hears_redis = False
        self._successor: CatalogueSync | None = None

    def start(self) -> None:
        """Begin to follow other writers."""
        self._tasks = [asyncio.create_task(self._poll())]
        if self._redis is not None:
            self._tasks.append(asyncio.create_task(self._listen(self._redis)))

    @property
    def is_following(self) -> bool:
        """Whether the last look for other processes' writes went well."""
        return self._following

    @property
    def hears_redis(self) -> bool | None:
        """Whether messages of others come through; None when no Redis is configured."""
        return None if self._redis is None else self._hears_redis

    def followed_by(self, successor: CatalogueSync) -> None:
        """Name what serves from now on: whoever still writes here reads there next."""
        self._successor = successor

    async def publish_own_write(self) -> int:
        """Apply what this process has just committed, tell the others, and return the version reached.

        When another model has taken over meanwhile, its catalogue has been brought to that version too.
        """
        version = await self._catch_up()
        serving = self
        while serving._successor is not None:
            serving = serving._successor
        if serving is not self:
            await serving._catch_up()
        if self._redis is not None:
            # Not awaited: the others poll anyway, and a Redis that doesn't answer must not hold up the writer.
            message = asyncio.create_task(self._publish(self._redis, version))
            self._messages.add(message)
            message.add_done_callback(self._messages.discard)
        return version

    async def redis_ok(self) -> bool | None:
        """Whether Redis answers; None when none is configured."""
        if self._redis is None:
            return None
        with suppress(redis.RedisError):
            return bool(await self._redis.ping())
        return False

    async def close(self) -> None:
        """Stop following."""
        for task in (*self._tasks, *self._messages):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._messages, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose()
        await asyncio.to_thread(self._thread.shutdown)

    async def _catch_up(self) -> int:
        """Apply what is committed by now. Those who ask while one look lasts share the next one."""
        if self._next is None:
            self._next = asyncio.create_task(self._look())
            self._next.add_done_callback(_heard)
        return await self._database.in_time(asyncio.shield(self._next))

    async def _look(self) -> int:
        async with self._turn:
            self._next = None  # whoever asks from now on may have committed too late for this one
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._live.catch_up, self._database)

    async def _publish(self, client: redis.Redis, version: int) -> None:
        with suppress(redis.RedisError):
            await client.publish(CHANNEL, str(version))

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._poll_interval_s)
            try:
                await self._catch_up()
                self._following = True
            except (DBAPIError, DependencyUnavailable) as error:
                if self._following:  # once an outage, not at every look
                    logger.warning("the database doesn't tell changes, searches go on with what is known: %s", error)
                self._following = False
            except Exception:  # whatever it is, following must not end; /health tells
                self._following = False
                logger.exception("can't apply the catalogue's changes, trying again")

    async def _listen(self, client: redis.Redis) -> None:
        warned = False  # once an outage, not once a second
        while True:
            try:
                async with client.pubsub() as messages:
                    await messages.subscribe(CHANNEL)
                    warned, self._hears_redis = False, True
                    while True:
                        message = await messages.get_message(True, self._poll_interval_s)
                        if message is not None and message["data"] == MODEL_MESSAGE:
                            self._on_model_message()
                        elif message is not None:
                            with suppress(DBAPIError, DependencyUnavailable):  # polling tells, and tries again
                                await self._catch_up()
            except redis.RedisError as error:
                self._hears_redis = False
                if not warned:
                    logger.warning("can't follow Redis, polling goes on: %s", error)
                warned = True
                await asyncio.sleep(max(self._poll_interval_s, 1))
            except Exception:  # as in polling
                logger.exception("can't apply the catalogue's changes, trying again")
                await asyncio.sleep(self._poll_interval_s)


def _heard(look: asyncio.Task[int]) -> None:
    """Take the error of a look for which nobody waits any more; whoever does gets it as well."""
    if not look.cancelled():
        look.exception()
