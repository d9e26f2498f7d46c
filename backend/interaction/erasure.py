"""Erases a user, and looks for what may be left of one."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, Text, and_, cast, delete, inspect, select, text, update
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.orm import Session

from backend.catalogue.repository import chunks
from backend.database.engine import Database
from backend.interaction.checkpoint import finish_erasures
from backend.interaction.log import EventLog
from backend.interaction.popularity import Popularity
from backend.interaction.tables import InteractionRow, InteractionStateRow, ProfileRow, ProgressRow
from backend.interaction.user_sessions import user_sessions
from backend.recommend.tables import RecommendationRow

logger = logging.getLogger(__name__)

CHECKPOINT_WAIT_MS = 100

Eraser = Callable[[Session, str, Sequence[str]], dict[str, int]]
"""Deletes what a feature holds of a user and the sessions tied to them; returns the rows deleted by table."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was deleted of a user.

    Attributes:
        rows: by table.
        sessions: that were tied to the user; what was done in them without a name is gone too.
        awaiting_checkpoint: whether it is still in the files of SQLite, as somebody is reading them. A worker goes on
            trying.
    """

    rows: dict[str, int]
    sessions: tuple[str, ...]
    awaiting_checkpoint: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """Rows that name somebody."""

    table: str
    column: str
    rows: int


def erase_user(database: Database, user_id: str, erasers: Sequence[Eraser] = ()) -> Erased:
    """Delete all that is stored of a user, in one transaction; whoever reads later, in any process, finds nothing.

    What others did in a session that the user took part in stays theirs.

    Args:
        database: where everything is.
        user_id: an id that was never seen is erased too: nothing happens.
        erasers: of the features that store more about users.
    """
    with database.writing() as db:
        if database.is_sqlite:
            db.execute(text("PRAGMA secure_delete = ON"))  # overwrites what it deletes; the connection keeps it
        EventLog(db).take(0)
        _hold_off(db, database)
        sessions = tuple(sorted(db.scalars(user_sessions(user_id))))
        rows = {"interactions": _delete(db, InteractionRow, InteractionRow.user_id == user_id)}
        for chunk in chunks(sessions):
            nameless = and_(InteractionRow.session_id.in_(chunk), InteractionRow.user_id.is_(None))
            rows["interactions"] += _delete(db, InteractionRow, nameless)
        rows["profiles"] = _delete(db, ProfileRow, ProfileRow.user_id == user_id)
        rows["popularity_votes"] = Popularity(db).forget([f"u:{user_id}", *(f"s:{id_}" for id_ in sessions)])
        for erase in erasers:
            rows |= erase(db, user_id, sessions)
        db.execute(
            update(InteractionStateRow)
            .where(InteractionStateRow.id == 1)
            .values(erasures=InteractionStateRow.erasures + 1)
        )
    finished = finish_erasures(database, CHECKPOINT_WAIT_MS)
    if not finished:
        logger.warning("what was erased is still in the database's files: somebody is reading; a worker tries again")
    return Erased(rows, sessions, awaiting_checkpoint=not finished)


def find_traces(database: Database, id_: str) -> list[Trace]:
    """Look for an id in every text of every table, as a whole value or as a word of its own in a longer one."""
    word = re.compile(rf"(?<![\w.-]){re.escape(id_)}(?![\w.-])")
    traces = []
    with database.reading() as db:
        inspector = inspect(db.connection())
        for name in inspector.get_table_names():
            for column in inspector.get_columns(name):
                if not isinstance(column["type"], String | Text) and "JSON" not in str(column["type"]).upper():
                    continue
                values = cast(sql_column(column["name"]), Text)
                statement = select(values).select_from(sql_table(name)).where(values.contains(id_, autoescape=True))
                found = sum(
                    1 for (value,) in db.execute(statement.execution_options(yield_per=1000)) if word.search(value)
                )
                if found:
                    traces.append(Trace(name, column["name"], found))
    return traces


def _hold_off(db: Session, database: Database) -> None:
    """Wait for a worker's step and what is being served, and keep others from writing back what is deleted here."""
    if not database.is_sqlite:  # where the write lock is held
        for table in (ProgressRow, RecommendationRow):
            db.execute(text(f"LOCK TABLE {table.__tablename__} IN EXCLUSIVE MODE"))


def _delete(db: Session, table: type[InteractionRow | ProfileRow], where: ColumnElement[bool]) -> int:
    done = db.connection().execute(delete(table).where(where))
    return done.rowcount
