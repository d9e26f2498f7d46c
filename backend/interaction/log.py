"""All SQL about the log of interactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    and_,
    bindparam,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from backend.catalogue.repository import chunks
from backend.interaction.events import LoggedEvent
from backend.interaction.tables import InteractionRow, InteractionStateRow

STREAMED = 5000  # rows of a long read that are in memory at once
_LOG, _STATE = cast(Table, InteractionRow.__table__), cast(Table, InteractionStateRow.__table__)
_FOLDED = [_LOG.c[name] for name in LoggedEvent._fields]

# Statements of every event and every read are built once: building one takes Python longer than the database runs it.
_OF_STATE = _STATE.c.id == 1
_LAST = select(_STATE.c.last_seq).where(_OF_STATE)
_ERASURES = select(_STATE.c.erasures).where(_OF_STATE)
_TAKE = (
    update(_STATE)
    .where(_OF_STATE)
    .values(last_seq=_STATE.c.last_seq + bindparam("count"))
    .returning(_STATE.c.last_seq)
)
_KNOWN = select(_LOG.c.event_id, _LOG.c.content_hash).where(_LOG.c.event_id.in_(bindparam("ids", expanding=True)))
_APPEND = insert(_LOG)
_ADVANCE = update(_STATE).where(_OF_STATE).values(last_seq=bindparam("last"))


def _of_session(*, for_user: bool) -> ColumnElement[bool]:
    """A session's events; for a known user without those that others did in it: a device may be shared."""
    whole = _LOG.c.session_id == bindparam("session_id")
    if not for_user:
        return whole
    return and_(whole, or_(_LOG.c.user_id.is_(None), _LOG.c.user_id == bindparam("user_id")))


def _parts(*, user: bool, session: bool) -> list[tuple[int, ColumnElement[bool], str]]:
    """Where a shopper's events are: 1 of the user and 2 of the session, each with the name of what is known of it."""
    parts: list[tuple[int, ColumnElement[bool], str]] = []
    if user:
        parts.append((1, _LOG.c.user_id == bindparam("user_id"), "user_seq"))
    if session:
        parts.append((2, _of_session(for_user=user), "session_seq"))
    return parts


def _news(*, user: bool, session: bool) -> CompoundSelect[Any]:
    nothing = [sql_cast(null(), column.type) for column in _FOLDED[1:]]
    head: Select[Any] = select(literal(0), _STATE.c.erasures, *nothing).where(_OF_STATE)
    parts = [
        select(literal(kind), *_FOLDED).where(where, _LOG.c.seq > bindparam(known))
        for kind, where, known in _parts(user=user, session=session)
    ]
    return union_all(head, *parts)


def _version(*, user: bool, session: bool) -> Select[Any]:
    """The newest event of a shopper that `news` would count."""
    newest = [
        select(func.max(_LOG.c.seq).label("seq")).where(where) for _, where, _ in _parts(user=user, session=session)
    ]
    return select(func.max(union_all(*newest).subquery().c.seq))


VERSION = {
    (user, session): _version(user=user, session=session)
    for user, session in ((False, True), (True, False), (True, True))
}
"""By whether a user and a session are given: selects the number of the newest event that `news` would count."""
_NEWS = {(user, session): _news(user=user, session=session) for user in (False, True) for session in (False, True)}
_FEW = {key: statement.limit(STREAMED) for key, statement in _NEWS.items()}


class EventLog:
    """Reads and writes events inside the caller's transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db
        self._taken = 0  # the last of the numbers that this transaction has taken

    def take(self, count: int) -> int:
        """Keep other writers out until this transaction ends, and take numbers for so many events.

        Those that aren't used are given back by `append`. Returns the number of the last event before them.
        """
        self._taken = int(self._db.connection().execute(_TAKE, {"count": count}).scalar_one())
        return self._taken - count

    def last_seq(self) -> int:
        """Return the number of the last event."""
        return int(self._db.connection().execute(_LAST).scalar_one())

    def erasures(self) -> int:
        """Return how many users have been erased."""
        return int(self._db.connection().execute(_ERASURES).scalar_one())

    def known(self, event_ids: Sequence[str]) -> dict[str, str]:
        """Return the content hashes of the events that are in the log."""
        found: dict[str, str] = {}
        for chunk in chunks(event_ids):
            found.update((id_, hash_) for id_, hash_ in self._db.connection().execute(_KNOWN, {"ids": chunk}))
        return found

    def append(self, rows: Sequence[dict[str, Any]], last_seq: int) -> None:
        """Write events, whose numbers go on from what `take` returned, and the number of the last one."""
        connection = self._db.connection()
        if rows:
            connection.execute(_APPEND, list(rows))
        if last_seq != self._taken:
            connection.execute(_ADVANCE, {"last": last_seq})

    def actor_version(self, user_id: str | None, session_id: str | None) -> int:
        """Return the number of the newest event that `news` would count; 0 without any."""
        given = {"user_id": user_id, "session_id": session_id}
        statement = VERSION[user_id is not None, session_id is not None]
        return self._db.connection().execute(statement, given).scalar() or 0

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
        key = user_id is not None, session_id is not None
        given = {"user_id": user_id, "user_seq": user_seq, "session_id": session_id, "session_seq": session_seq}
        connection = self._db.connection()
        rows = connection.execute(_FEW[key], given).all()
        if len(rows) < STREAMED:
            return _split(iter(rows))
        return _split(iter(self._db.execute(_NEWS[key].execution_options(yield_per=STREAMED), given)))

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
