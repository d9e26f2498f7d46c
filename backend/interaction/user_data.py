"""A user's right to what is stored of them, and to have it deleted."""

from __future__ import annotations

import asyncio

from backend.database.engine import Database
from backend.interaction.erasure import Eraser, erase_user
from backend.interaction.export import export_user
from backend.interaction.schemas import UserErased, UserExport
from backend.recommend.export import RecommendationExport, export_recommendations
from backend.recommend.ledger import Ledger
from backend.recommend.repository import erase_recommendations

ERASERS: tuple[Eraser, ...] = (erase_recommendations,)
"""Of the features that store more about users than interactions."""


class UserDataService:
    """Exports and erases."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def export(self, user_id: str, after: int, limit: int) -> UserExport:
        """Return a page of what a user did."""
        await self._ledger.drained()  # a list that waits to be written may name a session of theirs
        return await self._database.read(lambda db: export_user(db, user_id, after, limit))

    async def export_recommendations(self, user_id: str, after: str | None, limit: int) -> RecommendationExport:
        """Return a page of what was recommended to a user, with what this process has still to write down."""
        await self._ledger.drained()
        return await self._database.read(lambda db: export_recommendations(db, user_id, after, limit))

    async def erase(self, user_id: str) -> UserErased:
        """Delete all that is stored of a user."""
        await self._ledger.drained()
        erased = await asyncio.to_thread(erase_user, self._database, user_id, ERASERS)
        return UserErased(
            user_id=user_id,
            deleted=erased.rows,
            sessions=len(erased.sessions),
            awaiting_checkpoint=erased.awaiting_checkpoint,
        )
