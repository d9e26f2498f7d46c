"""Reads the states of active users into memory before they come: after the start, and for a new vector space."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from backend.database.engine import Database
from backend.interaction.profiles import ProfileRepository
from backend.interaction.states import UserStates
from backend.interaction.vectors import StateSpace

logger = logging.getLogger(__name__)
TOP = 100
PERIOD_S = 5.0  # between two looks at the vector space, and before another try
YIELD_S = 0.05


class StateWarmer:
    """Warms the states of one process, one after another; shoppers go first."""

    def __init__(self, database: Database, states: UserStates, space: Callable[[], StateSpace]) -> None:
        """Prepare.

        Args:
            database: has the profiles.
            states: are warmed.
            space: of the engine that serves just now.
        """
        self._database = database
        self._states = states
        self._space = space
        self._warmed: str | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def warm(self) -> int:
        """Read the states of the users who were active last; return how many there are."""
        space, rules = self._space(), self._states.rules
        users = await self._database.read(lambda db: ProfileRepository(db, space, rules).active(TOP))
        # The most active last: where fewer are kept, these stay.
        for user_id in reversed(users):
            while self._states.is_busy:
                await asyncio.sleep(YIELD_S)
            await self._states.read(user_id, None, space)
        self._warmed = space.key
        return len(users)

    async def _run(self) -> None:
        while True:
            try:
                if self._space().key != self._warmed:
                    await self.warm()
            except Exception:  # whatever it is, warming costs no answer and is tried again
                logger.exception("can't read the states of active users")
            await asyncio.sleep(PERIOD_S)
