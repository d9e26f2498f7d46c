"""INSERT that copes with rows that are there already, on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.database.base import Base

Rows = Sequence[Mapping[str, Any]]


def insert_new(db: Session, table: type[Base], rows: Rows) -> None:
    """Insert rows; those whose key exists are left as they are."""
    if rows:
        connection = db.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        statement = _insert_new(table, is_sqlite=is_sqlite, together=len(rows) > 1 and not is_sqlite)
        connection.execute(statement, [dict(row) for row in rows])


def upsert(db: Session, table: type[Base], rows: Rows) -> None:
    """Insert rows of distinct keys; those whose key exists are replaced."""
    if rows:
        insert, key = _insert(db, table), [column.name for column in _table(table).primary_key]
        changes = {name: insert.excluded[name] for name in rows[0] if name not in key}
        statement = insert.on_conflict_do_update(index_elements=key, set_=changes)
        several = len(rows) > 1 and isinstance(insert, postgresql.Insert)
        db.connection().execute(_together(statement, table) if several else statement, [dict(row) for row in rows])


def add_up(db: Session, table: type[Base], rows: Rows, counter: str) -> None:
    """Insert rows of distinct keys; of those whose key exists a counter grows, and the rest is replaced."""
    if rows:
        insert, key = _insert(db, table), [column.name for column in _table(table).primary_key]
        changes: dict[str, Any] = {name: insert.excluded[name] for name in rows[0] if name not in key}
        changes[counter] = _table(table).c[counter] + insert.excluded[counter]
        statement = insert.on_conflict_do_update(index_elements=key, set_=changes)
        db.connection().execute(statement, [dict(row) for row in rows])


@cache
def _insert_new(table: type[Base], *, is_sqlite: bool, together: bool) -> Insert:
    """Build the statement once: that takes longer than inserting a row."""
    if is_sqlite:
        return sqlite.insert(_table(table)).on_conflict_do_nothing()
    insert = postgresql.insert(_table(table)).on_conflict_do_nothing()
    return _together(insert, table) if together else insert


def _together(insert: Insert, table: type[Base]) -> Insert:
    """Have PostgreSQL take many rows in a statement.

    SQLAlchemy sends rows that may meet others one by one, unless it is to return something.
    """
    returning: Insert = insert.returning(next(iter(_table(table).primary_key)))
    return returning


def _insert(db: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    is_sqlite = db.connection().dialect.name == "sqlite"
    return sqlite.insert(_table(table)) if is_sqlite else postgresql.insert(_table(table))


def _table(table: type[Base]) -> Table:
    return cast(Table, table.__table__)
