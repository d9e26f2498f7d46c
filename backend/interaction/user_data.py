"""A user's right to what is stored of them, and to have it deleted."""

from __future__ import annotations

import asyncio

from backend.database.engine import Database
from backend.interaction.erasure import Eraser, erase_user
from backend.interaction.export import export_user
from backend.interaction.schemas import UserErased, UserExport
from backend.recommend.export import RecommendationExport, export_recommendations
from backend.recommend.repository import erase_recommendations

ERASERS: tuple[Eraser, ...] = (erase_recommendations,)
"""Of the features that store more about users than interactions."""


class UserDataService:
    """Exports and erases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, user_id: str, after: int, limit: int) -> UserExport:
        """Return a page of what a user did."""
        return await self._database.read(lambda db: export_user(db, user_id, after, limit))

    async def export_recommendations(self, user_id: str, after: str | None, limit: int) -> RecommendationExport:
        """Return a page of what was recommended to a user, and their experiments."""
        return await self._database.read(lambda db: export_recommendations(db, user_id, after, limit))

    async def erase(self, user_id: str) -> UserErased:
        """Delete all that is stored of a user."""
        erased = await asyncio.to_thread(erase_user, self._database, user_id, ERASERS)
        return UserErased(
            user_id=user_id,
            deleted=erased.rows,
            sessions=len(erased.sessions),
            awaiting_checkpoint=erased.awaiting_checkpoint,
        )
