"""Which sessions are a user's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CompoundSelect, select, union

from backend.interaction.tables import InteractionRow
from backend.recommend.tables import RecommendationRow


def user_sessions(user_id: str) -> CompoundSelect[Any]:
    """Select the ids of sessions in which a user did something or was recommended something."""
    tables = (InteractionRow, RecommendationRow)
    return union(
        *(select(table.session_id).where(table.user_id == user_id, table.session_id.is_not(None)) for table in tables)
    )
