"""A connection to PostgreSQL that the event loop itself talks through: no change of threads, no unit of work.

For the few statements that nearly every request sends. Each is a transaction of its own, so a change and what it
depends on are one statement.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any

import psycopg2
from psycopg2.errors import DuplicatePreparedStatement, InvalidSqlStatementName
from psycopg2.extensions import POLL_OK, POLL_READ
from sqlalchemy import ClauseElement, Dialect, Engine
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.exc import DBAPIError

from backend.database.cutting import cut_off_error, hang_up

IDLE_S = 1.0  # after so long a connection is tried before it is used: the server may have gone and come back
_TRY = "SELECT 1"
_VALUE = re.compile(r"%\((\w+)\)s")
DIALECT: Dialect = PGDialect_psycopg2()  # type: ignore[no-untyped-call]

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the driver takes it.

    Attributes:
        text: with values by name, such as ``%(ids)s``; a list is an array.
        fixed: values that are always the same.
    """

    text: str
    fixed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of its values, each once."""
        return list(dict.fromkeys(_VALUE.findall(self.text)))

    def prepared(self) -> tuple[str, str]:
        """Return what has the server plan it once, and what runs it then.

        The name says what is planned: where somebody between us and the server hands out its connections by the
        transaction, a name of ours may meet another process's plan.
        """
        name = f"s{hashlib.blake2b(self.text.encode(), digest_size=16).hexdigest()}"
        names = self.names
        numbered = _VALUE.sub(lambda value: f"${names.index(value[1]) + 1}", self.text).replace("%%", "%")
        values = ", ".join(f"%({value})s" for value in names)
        return f"PREPARE {name} AS {numbered}", f"EXECUTE {name} ({values})" if names else f"EXECUTE {name}"

    @classmethod
    def of(cls, statement: ClauseElement) -> Statement:
        """Return a statement built with SQLAlchemy; its parameters without a value are to be given."""
        compiled = statement.compile(dialect=DIALECT)
        return cls(str(compiled), {name: value for name, value in compiled.params.items() if value is not None})


class DirectConnection:
    """One connection, opened with the first statement and again after it broke; statements take turns."""

    def __init__(self, engine: Engine, options: Mapping[str, Any]) -> None:
        """Open nothing yet.

        Args:
            engine: names the server and the database.
            options: of the driver, beside those.
        """
        self._arguments, named = engine.dialect.create_connect_args(engine.url)
        self._options = {**named, **options}
        self._connection: Any = None
        self._used_at = 0.0
        self._prepared: dict[str, str] = {}  # what runs a statement, by its text
        self._prepares = True
        self._turn = asyncio.Lock()
        self._is_cut_off = False

    async def rows(self, statement: Statement, given: Mapping[str, Any]) -> Sequence[Row]:
        """Run a statement and return its rows; what it changes is committed then.

        Raises:
            DBAPIError: as SQLAlchemy would. Of an `OperationalError` nobody knows whether it was committed.
        """
        async with self._turn:
            try:
                connection = await self._ready()
                rows = await self._run(connection, statement, {**statement.fixed, **given})
            except psycopg2.Error as error:
                if self._connection is not None and self._connection.closed:
                    self._drop()
                raise DBAPIError.instance(statement.text, None, error, psycopg2.Error) from error
            except BaseException:  # what was cancelled is still being answered
                self._drop()
                raise
            self._used_at = monotonic()
            return rows

    @property
    def is_in_use(self) -> bool:
        """Whether a statement is being answered, or waits for its turn."""
        return self._turn.locked()

    def close(self) -> None:
        """Close it, if it is open."""
        self._drop()

    def cut_off(self) -> None:
        """Break it for good: what waits for an answer gets an `OperationalError`, and so does what comes later."""
        self._is_cut_off = True
        if self._connection is not None:
            hang_up(self._connection)

    async def _ready(self) -> Any:
        if self._is_cut_off:
            raise cut_off_error()
        if self._connection is not None and monotonic() - self._used_at > IDLE_S:
            try:
                await self._execute(self._connection, _TRY, None)
            except psycopg2.Error:
                self._drop()
        if self._connection is None:
            # In a thread, since it may have to ask what the name of the host stands for.
            open_ = partial(psycopg2.connect, *self._arguments, **self._options, async_=1)
            self._connection = await asyncio.to_thread(open_)
            try:
                async with asyncio.timeout(self._options.get("connect_timeout")):
                    await _done(self._connection)
            except TimeoutError as error:
                self._drop()
                raise psycopg2.OperationalError("the database server doesn't answer") from error
            except psycopg2.Error:
                self._drop()
                raise
        return self._connection

    async def _run(self, connection: Any, statement: Statement, given: Mapping[str, Any]) -> Sequence[Row]:
        """Run what was planned before: planning takes several times as long."""
        if not self._prepares:
            return await self._execute(connection, statement.text, given)
        execute = self._prepared.get(statement.text)
        try:
            if execute is None:
                prepare, execute = statement.prepared()
                await self._execute(connection, prepare, None)
                self._prepared[statement.text] = execute
            return await self._execute(connection, execute, given)
        except (InvalidSqlStatementName, DuplicatePreparedStatement):
            # Such a one is there.
            self._prepares = False
            return await self._execute(connection, statement.text, given)

    async def _execute(self, connection: Any, text: str, given: Mapping[str, Any] | None) -> Sequence[Row]:
        with connection.cursor() as cursor:
            cursor.execute(text, given)
            await _done(connection)
            rows: Sequence[Row] = cursor.fetchall() if cursor.description is not None else ()
            return rows

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._prepared = {}


async def _done(connection: Any) -> None:
    """Wait until the server has answered."""
    loop = asyncio.get_running_loop()
    while (state := connection.poll()) != POLL_OK:
        watch, forget = (
            (loop.add_reader, loop.remove_reader) if state == POLL_READ else (loop.add_writer, loop.remove_writer)
        )
        descriptor, ready = connection.fileno(), loop.create_future()
        watch(descriptor, _wake, ready)
        try:
            await ready
        finally:
            forget(descriptor)


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
