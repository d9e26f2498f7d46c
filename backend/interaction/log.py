"""All SQL about the log of interactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, func, insert, literal, null, or_, select, union_all, update
from sqlalchemy.orm import Session

from backend.catalogue.repository import chunks
from backend.interaction.events import LoggedEvent
from backend.interaction.tables import InteractionRow, InteractionStateRow

STREAMED = 5000  # rows of a long read that are in memory at once
_FOLDED = [getattr(InteractionRow, name) for name in LoggedEvent._fields]


class EventLog:
    """Reads and writes events inside the caller's transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def lock(self) -> int:
        """Keep other writers out until this transaction ends, and return the number of the last event."""
        statement = select(InteractionStateRow.last_seq).where(InteractionStateRow.id == 1).with_for_update()
        return self._db.execute(statement).scalar_one()

    def last_seq(self) -> int:
        """Return the number of the last event."""
        return self._db.execute(select(InteractionStateRow.last_seq).where(InteractionStateRow.id == 1)).scalar_one()

    def erasures(self) -> int:
        """Return how many users have been erased."""
        return self._db.execute(select(InteractionStateRow.erasures).where(InteractionStateRow.id == 1)).scalar_one()

    def known(self, event_ids: Sequence[str]) -> dict[str, str]:
        """Return the content hashes of the events that are in the log."""
        found: dict[str, str] = {}
        for chunk in chunks(event_ids):
            statement = select(InteractionRow.event_id, InteractionRow.content_hash).where(
                InteractionRow.event_id.in_(chunk)
            )
            found.update((id_, hash_) for id_, hash_ in self._db.execute(statement))
        return found

    def append(self, rows: Sequence[dict[str, Any]], last_seq: int) -> None:
        """Write events, whose numbers go on from what `lock` returned, and the number of the last one."""
        if rows:
            self._db.execute(insert(InteractionRow), list(rows))
            self._db.execute(update(InteractionStateRow).where(InteractionStateRow.id == 1).values(last_seq=last_seq))

    def actor_version(self, user_id: str | None, session_id: str | None) -> int:
        """Return the number of the newest event that `news` would count; 0 without any."""
        parts = []
        if user_id is not None:
            parts.append(InteractionRow.user_id == user_id)
        if session_id is not None:
            parts.append(_of_session(session_id, user_id))
        newest = (self._db.execute(select(func.max(InteractionRow.seq)).where(part)).scalar_one() for part in parts)
        return max((seq for seq in newest if seq is not None), default=0)

    def news(
        self, user_id: str | None, user_seq: int, session_id: str | None, session_seq: int
    ) -> tuple[int, Iterator[tuple[bool, LoggedEvent]]]:
        """Return the number of erasures, and the events that are newer than what is known; all as of one moment.

        Args:
            user_id: whose own events are asked for.
            user_seq: number of the last one that is known.
            session_id: whose events are asked for; those of other users than `user_id` don't count, if it is given.
            session_seq: number of the last one that is known.

        Returns:
            Erasures, and events in any order, each with whether it is there for the session: one that belongs to both
            comes twice.
        """
        # One statement is one snapshot: of two, an erasure could come in between.
        head = select(literal(0), InteractionStateRow.erasures, *_nothing()).where(InteractionStateRow.id == 1)
        parts = [head]
        if user_id is not None:
            parts.append(
                select(literal(1), *_FOLDED).where(InteractionRow.user_id == user_id, InteractionRow.seq > user_seq)
            )
        if session_id is not None:
            of_session = select(literal(2), *_FOLDED).where(
                _of_session(session_id, user_id), InteractionRow.seq > session_seq
            )
            parts.append(of_session)
        statement = union_all(*parts)
        rows = self._db.execute(statement.limit(STREAMED)).all()
        if len(rows) < STREAMED:
            return _split(iter(rows))
        return _split(iter(self._db.execute(statement.execution_options(yield_per=STREAMED))))

    def after(self, seq: int, limit: int) -> list[tuple[str | None, str | None, LoggedEvent]]:
        """Return the next events in the order of the log, each with its user and session."""
        statement = (
            select(InteractionRow.user_id, InteractionRow.session_id, *_FOLDED)
            .where(InteractionRow.seq > seq)
            .order_by(InteractionRow.seq)
            .limit(limit)
        )
        return [(user, session, LoggedEvent(*rest)) for user, session, *rest in self._db.execute(statement)]

    def oldest_after(self, seq: int) -> int | None:
        """Return when the next event was received, in microseconds since 1970; None when there's none."""
        statement = (
            select(InteractionRow.received_at_us)
            .where(InteractionRow.seq > seq)
            .order_by(InteractionRow.seq)
            .limit(1)
        )
        return self._db.execute(statement).scalar()

    def recent(self, user_id: str, up_to: int, limit: int) -> list[LoggedEvent]:
        """Return a user's last events up to a number, newest first."""
        statement = select(*_FOLDED).where(InteractionRow.user_id == user_id, InteractionRow.seq <= up_to)
        return [
            LoggedEvent(*row) for row in self._db.execute(statement.order_by(InteractionRow.seq.desc()).limit(limit))
        ]

    def purchases(self, user_id: str, up_to: int, limit: int) -> list[LoggedEvent]:
        """Return a user's last purchases up to a number, newest first."""
        statement = select(*_FOLDED).where(
            InteractionRow.user_id == user_id, InteractionRow.seq <= up_to, InteractionRow.type == "PURCHASE"
        )
        return [
            LoggedEvent(*row) for row in self._db.execute(statement.order_by(InteractionRow.seq.desc()).limit(limit))
        ]


def _of_session(session_id: str, user_id: str | None) -> ColumnElement[bool]:
    """A session's events; for a known user without those that others did in it: a device may be shared."""
    whole = InteractionRow.session_id == session_id
    if user_id is None:
        return whole
    return and_(whole, or_(InteractionRow.user_id.is_(None), InteractionRow.user_id == user_id))


def _nothing() -> list[Any]:
    """NULL for each column of an event but the first, typed for the database."""
    return [cast(null(), column.type) for column in _FOLDED[1:]]


def _split(rows: Iterator[Any]) -> tuple[int, Iterator[tuple[bool, LoggedEvent]]]:
    """Find the head row; a database may return the parts of a union in any order."""
    before: list[tuple[bool, LoggedEvent]] = []
    for kind, *values in rows:
        if kind == 0:
            rest = ((kind == 2, LoggedEvent(*values)) for kind, *values in rows)
            return values[0], _chain(before, rest)
        before.append((kind == 2, LoggedEvent(*values)))
    raise LookupError("interaction_state has no row: the database isn't migrated")


def _chain(
    before: list[tuple[bool, LoggedEvent]], rest: Iterator[tuple[bool, LoggedEvent]]
) -> Iterator[tuple[bool, LoggedEvent]]:
    yield from before
    yield from rest
