"""Which ids a file has already used, without holding them in memory."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Self


class SeenIds:
    """Remembers ids and the line they came from in a private temporary database.

    SQLite keeps a few megabytes of it in memory and spills the rest to an unnamed file, which vanishes when closed.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA cache_size = -16384")
        self._db.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def first_line(self, product_id: str, line: int) -> int | None:
        """Remember an id; return the line that already had it, or None when it is new."""
        if self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (product_id, line)).rowcount:
            return None
        found: tuple[int] = self._db.execute("SELECT line FROM seen WHERE id = ?", (product_id,)).fetchone()
        return found[0]
