"""Keeps the catalogue in memory in step with the database, whoever wrote it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import redis.asyncio as redis
from sqlalchemy.exc import SQLAlchemyError

from backend.catalogue.live import LiveCatalogue
from backend.compute import Compute
from backend.database.engine import Database

logger = logging.getLogger(__name__)
CHANNEL = "vitrine:catalogue"


class CatalogueSync:
    """Applies the change log.

    At once after a write of this process, on a Redis message after one of another, and by polling in any case, since
    a message may be lost and Redis may be down.
    """

    def __init__(
        self, database: Database, live: LiveCatalogue, compute: Compute, redis_url: str | None, poll_interval_s: float
    ) -> None:
        self._database = database
        self._live = live
        self._compute = compute
        self._poll_interval_s = poll_interval_s
        self._redis = (
            redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) if redis_url else None
        )
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to follow other writers."""
        self._tasks = [asyncio.create_task(self._poll())]
        if self._redis is not None:
            self._tasks.append(asyncio.create_task(self._listen(self._redis)))

    async def publish_own_write(self) -> int:
        """Apply what this process has just committed, tell the others, and return the version reached."""
        version = await self._catch_up()
        if self._redis is not None:
            with suppress(redis.RedisError):  # the others find out by polling
                await self._redis.publish(CHANNEL, str(version))
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
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose()

    async def _catch_up(self) -> int:
        return await self._compute.run(lambda: self._live.catch_up(self._database))

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._poll_interval_s)
            try:
                await self._catch_up()
            except SQLAlchemyError as error:
                logger.warning("can't read the catalogue's changes, trying again: %s", error)

    async def _listen(self, client: redis.Redis) -> None:
        while True:
            try:
                async with client.pubsub() as messages:
                    await messages.subscribe(CHANNEL)
                    while True:
                        if await messages.get_message(ignore_subscribe_messages=True, timeout=self._poll_interval_s):
                            await self._catch_up()
            except (redis.RedisError, SQLAlchemyError) as error:
                logger.warning("can't follow Redis, polling goes on: %s", error)
                await asyncio.sleep(self._poll_interval_s)
