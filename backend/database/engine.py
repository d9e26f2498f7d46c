"""Opens the database; every transaction of the product begins here."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from backend.database.cutting import OpenConnections
from backend.database.direct import DirectConnection
from backend.errors import DependencyUnavailable

T = TypeVar("T")
BUSY_TIMEOUT_S = 30
POOL_TIMEOUT_S = 30.0  # for a connection that is free, where nobody says how long to wait
# A host that is gone without a word is noticed after some 15 s; one that merely doesn't answer never is, by these.
LIVENESS = {"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 15_000}


class Database:
    """One engine and the threads that talk to it; at most as many as the pool has connections.

    Attributes:
        timeout_s: how long anybody waits for a database that doesn't answer; None waits for ever.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 5,
        max_overflow: int = 5,
        connect_timeout_s: int = 10,
        timeout_s: float | None = None,
    ) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._options = {} if self.is_sqlite else {"connect_timeout": connect_timeout_s, **LIVENESS}
        # SQLite answers, or says itself that it was busy for too long.
        self.timeout_s = None if self.is_sqlite else timeout_s
        self.engine = _open(url, pool_size, max_overflow, self._options, self.timeout_s)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._connections = None if self.is_sqlite else OpenConnections(self.engine)
        self._direct: list[DirectConnection] = []
        self._threads = ThreadPoolExecutor(pool_size + max_overflow, thread_name_prefix="db")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose transaction only reads; rolled back at the end."""
        with self._sessions() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose transaction is committed at the end, or rolled back on any exception.

        On SQLite the write lock is taken at the start: a transaction that first reads and then writes would otherwise
        fail when another one wrote in between.
        """
        with self._sessions() as db, db.begin():
            db.connection(execution_options={"begin": "IMMEDIATE"})
            yield db

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a reading transaction on a database thread."""

        def run() -> T:
            with self.reading() as db:
                return work(db)

        return await self.run(run)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a writing transaction on a database thread; committed when this returns."""

        def run() -> T:
            with self.writing() as db:
                return work(db)

        return await self.run(run)

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work`, which opens its own transactions, on a database thread.

        Raises:
            DependencyUnavailable: it took longer than `timeout_s`. Whether it is done some day isn't known.
        """
        return await self.in_time(asyncio.get_running_loop().run_in_executor(self._threads, work))

    async def in_time(self, work: Awaitable[T]) -> T:
        """Wait for work that asks the database, for no longer than `timeout_s`; raises as `run` does."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await work
        except TimeoutError as error:
            raise DependencyUnavailable("the database doesn't answer in time; try again", retry_after_s=1) from error

    def direct(self) -> DirectConnection | None:
        """Return a connection for the event loop alone, beside the pool; None where the database is a file."""
        if self.is_sqlite:
            return None
        self._direct.append(DirectConnection(self.engine, self._options))
        return self._direct[-1]

    @property
    def is_in_use(self) -> bool:
        """Whether anybody has a connection, or is being given one, at this moment."""
        pool = self.engine.pool
        has_some = isinstance(pool, QueuePool) and pool.checkedout() > 0
        return has_some or any(direct.is_in_use for direct in self._direct)

    def cut_off(self) -> None:
        """Break every connection for good: who waits for a database that hangs gets an `OperationalError` at once.

        On the event loop, or where none runs. SQLite doesn't hang: nothing is broken there.
        """
        if self._connections is not None:
            self._connections.cut_off()
            for direct in self._direct:
                direct.cut_off()

    def close(self) -> None:
        """Wait for running work, then close every connection, also of threads of others."""
        self._threads.shutdown()
        self.engine.dispose()
        if self._connections is not None:  # a process doesn't end before its threads do
            self._connections.cut_off()


def _open(url: str, pool_size: int, max_overflow: int, options: Mapping[str, Any], timeout_s: float | None) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=POOL_TIMEOUT_S if timeout_s is None else timeout_s,
            pool_pre_ping=True,
            connect_args=dict(options),
            json_deserializer=orjson.loads,
        )
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=max_overflow,
        connect_args={"timeout": BUSY_TIMEOUT_S},
        json_deserializer=orjson.loads,
    )
    event.listen(engine, "connect", configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def configure_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    """Set what every connection needs: explicit transactions, the write-ahead log, durable commits, foreign keys."""
    connection.isolation_level = None  # the driver's own BEGIN comes too late for consistent reads
    # SQLite's own knows ASCII alone, and PostgreSQL's knows every script.
    connection.create_function("lower", 1, lambda text: text.lower() if isinstance(text, str) else text)
    cursor = connection.cursor()
    _use_wal(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Turn the write-ahead log on, again while others who open the same new file hold it.

    SQLite answers SQLITE_BUSY at once here, whatever the busy timeout: changing the mode upgrades a lock, and of two
    connections that each wait to upgrade theirs neither would ever get it.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
