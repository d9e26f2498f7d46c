"""Follows the database's choice of model, and changes engines without losing a request."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from time import monotonic

from backend.catalogue.embedding import Embedder, count_pending
from backend.catalogue.images import MediaStore
from backend.config import Settings
from backend.database.engine import Database
from backend.memory import keep_anew
from backend.model.active import ModelChoice, same_model, wanted_model
from backend.model.engine import Engine, EngineLoader, Opened
from ml.types import Fingerprint

logger = logging.getLogger(__name__)

DRAIN_S = (
    3600.0  # how long requests that began with the old model may go on: searches take milliseconds, uploads minutes
)
SWEEP_EVERY_S = 5.0  # between looks for products that such requests, long uploads, have written meanwhile
SWEEP_LIMIT = 20_000  # pending parts; more than a switch leaves behind is work for a command, not for a server
MAX_BACKOFF_S = 300.0
MAX_DOUBLINGS = 16  # more would overflow some day


class _Closing(Exception):
    """Ends a sweep between two blocks, and a load between two steps."""


class ModelFollower:
    """Holds the engine that serves, and replaces it when the database names another model.

    The new engine is loaded in a thread beside the old one and takes over by one assignment. Requests under way keep
    the old engine; it is closed when the last of them has ended.
    """

    def __init__(self, database: Database, settings: Settings, loader: EngineLoader, engine: Engine) -> None:
        self.engine = engine
        self.loading: ModelChoice | None = None
        self.failure: str | None = None
        self._database = database
        self._settings = settings
        self._loader = loader
        self._wake = asyncio.Event()
        self._failed: ModelChoice | None = None
        self._attempts = 0
        self._retry_at = 0.0
        self._left: tuple[Fingerprint, int] | None = None
        self._closing = False
        self._retiring: dict[Engine, asyncio.Task[None]] = {}
        self._freeing: asyncio.Task[None] | None = None
        self._task = asyncio.create_task(self._follow())

    def wake(self) -> None:
        """Look at the database now."""
        self._wake.set()

    @property
    def retiring(self) -> int:
        """Engines that only finish what they began."""
        return len(self._retiring)

    async def close(self) -> None:
        """Stop following, then every engine, also where this is cancelled meanwhile.

        A model that is just being loaded isn't waited for, but its thread can't be ended: it goes on to its next
        step, and a process lives as long as its threads.
        """
        self._closing = True
        self._task.cancel()
        try:
            await asyncio.gather(self._task, return_exceptions=True)
            await asyncio.gather(*self._retiring.values(), return_exceptions=True)  # each has logged its own
            if self._freeing is not None:
                await self._freeing
        finally:
            await self.engine.close()

    async def _follow(self) -> None:
        unreadable = False
        while not self._closing:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._settings.catalogue_poll_interval_s)
            self._wake.clear()
            try:
                await self._look()
                unreadable = False
            except Exception as error:  # as with the catalogue: whatever it is, following must not end
                if not unreadable:  # once an outage, not once a second
                    logger.warning("can't read which model is to serve, trying again: %s", error)
                unreadable = True

    async def _look(self) -> None:
        wanted = await self._database.read(lambda db: wanted_model(db, self._settings))
        if self._closing:
            return
        if self._serves(wanted):
            self.engine.choice = wanted  # who chose it may have changed
            self.failure = self._failed = None
            return
        if wanted != self._failed:
            self._failed, self._attempts = wanted, 0
        elif monotonic() < self._retry_at:
            return
        self.loading = wanted
        try:
            await self._change(wanted)
            self.failure = self._failed = None
        except Exception as error:  # the old engine goes on, and /health and /status say why
            self._attempts += 1
            doubled = self._settings.catalogue_poll_interval_s * 2 ** min(self._attempts, MAX_DOUBLINGS)
            backoff = min(doubled, MAX_BACKOFF_S)
            self._retry_at = monotonic() + backoff
            self.failure = f"could not switch to {wanted.title}: {error}"
            logger.exception(
                "could not switch to %s; %s goes on, next attempt in %.0f s",
                wanted.title, self.engine.encoder.name, backoff,
            )  # fmt: skip
        finally:
            self.loading = None

    def _serves(self, wanted: ModelChoice) -> bool:
        if wanted == self.engine.choice:
            return True
        if wanted.fingerprint is not None:
            return wanted.fingerprint == self.engine.encoder.fingerprint
        return same_model(wanted, self.engine.choice)

    async def _change(self, wanted: ModelChoice) -> None:
        logger.info("loading %s beside %s", wanted.title, self.engine.encoder.name)
        opened = await self._opened(wanted)
        old = self.engine
        if opened.encoder.fingerprint == old.encoder.fingerprint:  # another name of the same model
            old.choice = wanted
            return
        # A client that has just written has been told a version; no later answer may be of an earlier one. What
        # still is written through the old engine sees to that itself: it waits for the one that follows.
        try:
            while opened.live.version < old.live.version:
                await asyncio.to_thread(opened.live.catch_up, self._database)
        except BaseException:
            opened.live.close()
            raise
        new = self._loader.start(opened)
        self.engine = new
        old.sync.followed_by(new.sync)
        logger.info("%s serves; %s ends what it began", new.encoder.name, old.encoder.name)
        retiring = self._retiring[old] = asyncio.create_task(self._retire(old))
        retiring.add_done_callback(self._forget)

    async def _opened(self, wanted: ModelChoice) -> Opened:
        loading = asyncio.get_running_loop().run_in_executor(None, self._loader.open, wanted, self._stop_if_closing)
        try:
            return await asyncio.shield(loading)
        except asyncio.CancelledError:  # the thread goes on
            loading.add_done_callback(_abandon)
            raise

    async def _retire(self, old: Engine) -> None:
        """Close an engine once nothing uses it.

        What was written through it has no embedding of the new model yet, so that is made up for at once, while it
        still drains, and after its last request.
        """
        try:
            try:
                await self._drain(old)
            finally:  # also where the server can't wait for that any longer
                await old.close()
        except Exception:  # nobody waits for this task before the process ends
            logger.exception("can't close %s", old.encoder.name)
        finally:
            self._retiring.pop(old, None)

    async def _drain(self, old: Engine) -> None:
        deadline = monotonic() + DRAIN_S
        await self._sweep()
        while not await old.drained(SWEEP_EVERY_S) and monotonic() < deadline and not self._closing:
            await self._sweep()
        self._left = None  # the last one tries everything
        await self._sweep()
        if not await old.drained(0):
            logger.warning("cutting off requests that began with %s and don't end", old.encoder.name)

    def _forget(self, _: asyncio.Task[None]) -> None:
        """Free what a retired engine held, now that nobody does: parts of it hold each other.

        The collector alone wouldn't, since it is spared what was loaded at the start.
        """
        if not self._closing:
            self._freeing = asyncio.create_task(asyncio.to_thread(keep_anew))

    async def _sweep(self) -> None:
        engine = self.engine
        try:
            if await asyncio.to_thread(self._embed_pending, engine):
                await engine.sync.publish_own_write()
        except _Closing:
            pass
        except Exception:  # the command that switches sweeps too, and /status counts what is left
            logger.exception("can't embed what was written during the switch")

    def _embed_pending(self, engine: Engine) -> int:
        space = engine.live.space
        with self._database.reading() as db:
            pending = count_pending(db, space)
        if pending > SWEEP_LIMIT:
            logger.warning("%d texts and images aren't embedded: run scripts.embed_catalogue", pending)
        if not 0 < pending <= SWEEP_LIMIT or self._left == (space.fingerprint, pending):
            return 0
        done = Embedder(self._database, engine.encoder, space, MediaStore(self._settings.media_path)).run(
            lambda _: self._stop_if_closing()
        )
        # Unreadable pictures stay pending: they aren't read again until something else is.
        self._left = None if done else (space.fingerprint, pending)
        return done

    def _stop_if_closing(self) -> None:
        if self._closing:
            raise _Closing


def _abandon(loading: asyncio.Future[Opened]) -> None:
    """Close what was opened for a server that has stopped meanwhile."""
    if not loading.cancelled() and loading.exception() is None:
        loading.result().live.close()
