"""One change of model at a time."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.database.engine import Database
from backend.errors import VitrineError

logger = logging.getLogger(__name__)
_LOCK_KEY = 0x56697473  # any constant of our own: PostgreSQL advisory locks share one number space
_LOCK_SUFFIX = ".switch.lock"


class SwitchUnderWay(VitrineError):
    """Another command changes the model just now."""


@contextmanager
def sole_switch(database: Database) -> Iterator[None]:
    """Keep other switches of this shop out; a killed process frees the lock.

    On PostgreSQL the database holds it, for commands on other hosts too; on SQLite a file beside it does.

    Raises:
        SwitchUnderWay: another command holds it.
    """
    if database.is_sqlite:
        path = Path(database.engine.url.database or ":memory:").resolve()  # by links, too, it is one shop
        with path.with_name(path.name + _LOCK_SUFFIX).open("wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise _under_way() from error
            yield
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK_KEY}).scalar_one():
            raise _under_way()
        try:
            yield
        finally:
            try:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK_KEY})
            except DBAPIError as error:  # the database frees it with the connection; what was done is done
                logger.warning("the connection that held the lock on switching was lost: %s", error)


def _under_way() -> SwitchUnderWay:
    return SwitchUnderWay("another switch_model of this shop is running; wait for it or stop it")
