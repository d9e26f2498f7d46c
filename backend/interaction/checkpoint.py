"""Takes erased rows out of SQLite's write-ahead log, and out of the file as it was before them."""

from __future__ import annotations

from backend.database.engine import BUSY_TIMEOUT_S, Database
from backend.interaction.log import EventLog
from backend.interaction.profiles import lock_progress, read_progress, set_progress

CHECKPOINTED = "erasures out of the files"  # how many of them are


def finish_erasures(database: Database, wait_ms: int = 0) -> bool:
    """Let what was erased leave SQLite's files; return False while somebody reads what was there before.

    Who calls again later gets it done, in any process. Other databases do it by themselves.

    Args:
        database: where users were erased.
        wait_ms: for readers to end. Writers wait as long.
    """
    if not database.is_sqlite:
        return True
    with database.reading() as db:
        erasures = EventLog(db).erasures()
        if read_progress(db, CHECKPOINTED) == erasures:
            return True
    if not _truncated(database, wait_ms):
        return False
    with database.writing() as db:
        done = lock_progress(db, CHECKPOINTED) or 0
        set_progress(db, CHECKPOINTED, max(done, erasures))
    return True


def _truncated(database: Database, wait_ms: int) -> bool:
    """Write the whole log into the file and empty it; return whether nobody was in the way."""
    raw = database.engine.raw_connection()  # outside of a transaction
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {wait_ms}")
        try:
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    finally:
        raw.close()
    return not busy
