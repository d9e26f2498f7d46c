"""Keeps the collaborative model fresh: has it trained when the log has grown, and loads the new beside the old."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.log import EventLog
from backend.interaction.vectors import StateSpace
from backend.recommend.collaborative import LoadedModel
from backend.recommend.training import folder_of, forgotten, task_of
from ml.errors import IndexDamaged, RecommenderDamaged
from ml.index.files import Current
from ml.recommend.recommender import Recommender
from ml.recommend.storage import load_model
from ml.recommend.weights import load_weights

logger = logging.getLogger(__name__)

LOOK_S = 2.0  # between looks at the folder and the log
LEAST_GAP_S = 30.0  # between trainings, also when they fail


class Refresher:
    """The model of one process."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._weights = load_weights(settings.recommender_weights_path)
        self._loaded: LoadedModel | None = None
        self._current: tuple[Path, Current] | None = None
        self._trained_to = -1
        self._tried_at = time.monotonic()  # a server that has just started has better things to do
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None

    def start(self, space: Callable[[], VectorSpace]) -> None:
        """Begin to look.

        Args:
            space: of the engine that serves just now.
        """
        self._task = asyncio.create_task(self._run(space))

    def of(self, space: VectorSpace) -> LoadedModel | None:
        """Return the model over a vector space, if it is there."""
        loaded = self._loaded
        return loaded if loaded is not None and loaded.space == StateSpace.of(space).key else None

    def load(self, space: VectorSpace) -> None:
        """Load the current model if it is another than before; a request that holds the old one keeps it."""
        folder = folder_of(self._settings, space)
        try:
            current = Current.read(folder)
            if self._current == (folder, current):
                return
            model, manifest = load_model(folder)
        except (IndexDamaged, RecommenderDamaged):
            return  # none yet, or damaged: either way the next training writes one
        key = StateSpace.of(space).key
        self._loaded = LoadedModel(key, manifest.version, manifest.events, Recommender(model, self._weights))
        self._current, self._trained_to = (folder, current), manifest.trained_to
        logger.info("recommending with model %s, of %d events", manifest.version, manifest.events)

    def is_due(self, space: VectorSpace) -> bool:
        """Whether the log has grown enough, or a user was erased whom the model still knows."""
        settings, waited_s = self._settings, time.monotonic() - self._tried_at
        if waited_s < LEAST_GAP_S:
            return False
        with self._database.reading() as db:
            log = EventLog(db)
            trained_to = self._trained_to if self.of(space) is not None else 0
            fresh, erased = log.last_seq() - trained_to, log.erasures() > forgotten(db)
        if erased and self.of(space) is not None:
            return True
        late = waited_s >= 60 * settings.recommender_refresh_minutes
        return fresh >= (1 if late else settings.recommender_refresh_events)

    async def close(self) -> None:
        """Stop; a training that goes on is given up, since the next server begins it again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def _run(self, space: Callable[[], VectorSpace]) -> None:
        failing = False
        while True:
            try:
                serving = space()
                await asyncio.to_thread(self.load, serving)
                if self._settings.profile_worker and await asyncio.to_thread(self.is_due, serving):
                    await self._train(serving)
                    await asyncio.to_thread(self.load, serving)
                failing = False
            except Exception:  # whatever it is, the model must not stay as it is for good
                if not failing:  # once an outage
                    logger.exception("can't refresh the collaborative model, trying again")
                failing = True
            await asyncio.sleep(LOOK_S)

    async def _train(self, space: VectorSpace) -> None:
        self._tried_at = time.monotonic()
        command = (sys.executable, "-m", "backend.recommend.training")
        # Paths in settings are relative to this process's directory, which needn't be that of the code.
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        self._process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, env=environment)
        await self._process.communicate(task_of(self._settings, space))
        if self._process.returncode:
            logger.error("learning the collaborative model failed with exit code %d", self._process.returncode)
