"""Everything about interactions that the requests of one process share."""

from __future__ import annotations

from collections.abc import Callable

from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.states import UserStates
from backend.interaction.vectors import EventVectors, StateSpace
from backend.interaction.warming import StateWarmer
from backend.interaction.worker import BackgroundWorker, Lag, LogWorker
from backend.interaction.writer import EventWriter
from ml.profile.rules import ProfileRules


class Interactions:
    """The writer, the states, and the worker in the background."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Open nothing yet.

        Raises:
            RulesRefused: the file of `INTERACTION_RULES_PATH` can't be used.
        """
        self.rules = ProfileRules.read(settings.interaction_rules_path)
        self.vectors = EventVectors()
        self.states = UserStates(database, self.rules, self.vectors, settings.state_cache_size)
        self.writer = EventWriter(database, self.vectors, max_waiting=settings.feedback_queue_size)
        self._database = database
        self._settings = settings
        self._background: BackgroundWorker | None = None
        self._warmer: StateWarmer | None = None

    def start(self, space: Callable[[], StateSpace]) -> None:
        """Let worker and warming begin, once an engine serves.

        Args:
            space: of the engine that serves just now.
        """
        worker = LogWorker(self._database, self.rules, self.vectors)
        settings = self._settings
        self._background = BackgroundWorker(worker, space, settings.profile_interval_s, works=settings.profile_worker)
        self._warmer = StateWarmer(self._database, self.states, space)
        self._warmer.start()

    @property
    def lag(self) -> Lag:
        """How far the profiles were behind the log at the last look."""
        return self._background.lag if self._background is not None else Lag(0, 0.0)

    async def close(self) -> None:
        """Write what waits, and stop."""
        if self._warmer is not None:
            await self._warmer.close()
        if self._background is not None:
            await self._background.close()
        await self.writer.close()
        self.states.close()
