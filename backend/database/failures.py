"""What tells a database that is down, or a conflict with others, from a mistake in what it was asked."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.errors import DependencyUnavailable

# By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html
_DOWN_CLASSES = (
    "08",  # the connection, also by what a pooler in between says
    "53",  # no connection, memory or disk is left
    "57",  # an operator ends or cancels: the server is starting or stopping, or a time limit set in it has passed
    "58",  # the server's system fails
)
_LOCKED = "55P03"  # a limit for waiting for locks has passed
_CONFLICTS = {"40001", "40P01"}  # not serialisable; a deadlock
_SQLITE_DOWN = {
    sqlite3.SQLITE_BUSY,  # for longer than anybody waits
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,  # as a disk becomes that fails
}


def is_database_down(error: BaseException) -> bool:
    """Whether the database fails whatever it is asked just now: the same may work later, and less at once won't.

    Of a connection that broke off in the middle drivers have many ways to speak, without a code; one that doesn't
    answer keeps others from getting a connection out of the pool. A time limit that somebody has set in the server
    belongs here: it is how locks and disks that are stuck show, and each part of a group would wait as long again.
    """
    if isinstance(error, PoolTimeout | DependencyUnavailable):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_DOWN
    code = _sqlstate(error)
    if code is None:
        return isinstance(error, OperationalError | InterfaceError)
    return code.startswith(_DOWN_CLASSES) or code == _LOCKED


def is_conflict(error: BaseException) -> bool:
    """Whether the database undid this in favour of others: the same may work at once, and more surely in parts."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in _CONFLICTS


def may_work_later(error: BaseException) -> bool:
    """Whether it isn't a mistake in what was asked."""
    return is_database_down(error) or is_conflict(error)


def _sqlstate(error: DBAPIError) -> str | None:
    code: str | None = getattr(error.orig, "pgcode", None)
    return code
