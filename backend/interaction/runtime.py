"""Everything about interactions that the requests of one process share."""

from __future__ import annotations

from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.limiter import ActorLimiter
from backend.interaction.states import UserStates
from backend.interaction.vectors import EventVectors
from backend.interaction.writer import EventWriter
from ml.profile.rules import ProfileRules


class Interactions:
    """The writer, the states and the limits."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Open nothing yet.

        Raises:
            RulesRefused: the file of `INTERACTION_RULES_PATH` can't be used.
        """
        self.rules = ProfileRules.read(settings.interaction_rules_path)
        self.vectors = EventVectors()
        self.states = UserStates(database, self.rules, self.vectors, settings.state_cache_size)
        self.writer = EventWriter(database, self.vectors, max_waiting=settings.feedback_queue_size)
        self.limiter = ActorLimiter(settings.feedback_rate_per_minute)

    async def close(self) -> None:
        """Write what waits, and stop."""
        await self.writer.close()
