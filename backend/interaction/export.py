"""Everything that a user did, in pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from backend.interaction.events import moment
from backend.interaction.schemas import ExportedEvent, UserExport
from backend.interaction.tables import InteractionRow
from backend.interaction.user_sessions import user_sessions
from ml.profile.rules import InteractionType

_COLUMNS = (
    "event_id", "user_id", "session_id", "product_id", "rating", "context", "position", "recommendation_id", "query",
)  # fmt: skip


def export_user(db: Session, user_id: str, after: int, limit: int) -> UserExport:
    """Return a page of what `erase_user` would delete, in the order of the log.

    Args:
        db: a reading transaction.
        user_id: whose.
        after: `next_after` of the page before; 0 begins.
        limit: events on the page.
    """
    nameless = and_(InteractionRow.user_id.is_(None), InteractionRow.session_id.in_(user_sessions(user_id)))
    statement = (
        select(InteractionRow)
        .where(or_(InteractionRow.user_id == user_id, nameless), InteractionRow.seq > after)
        .order_by(InteractionRow.seq)
        .limit(limit + 1)
    )
    rows = list(db.scalars(statement))
    return UserExport(
        user_id=user_id,
        events=[_exported(row) for row in rows[:limit]],
        next_after=rows[limit - 1].seq if len(rows) > limit else None,
    )


def _exported(row: InteractionRow) -> ExportedEvent:
    values: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    return ExportedEvent(
        **values,
        interaction_type=InteractionType(row.type),
        timestamp=moment(row.occurred_at_us),
        received_at=moment(row.received_at_us),
    )
