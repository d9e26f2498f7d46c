"""A pool without a free connection is a database that is down, and not a mistake in what it was asked."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.database.failures import is_conflict, is_database_down, may_work_later
from backend.database.grouped import together_or_alone
from backend.database.migrate import migrate
from backend.errors import DependencyUnavailable
from backend.interaction.appenders import SMALL
from backend.interaction.events import NewEvent, Outcome
from backend.interaction.vectors import EventVectors, StateSpace
from backend.interaction.writer import EventWriter
from backend.recommend import refresher as refreshing
from backend.recommend.ledger import Ledger
from backend.recommend.refresher import Refresher
from ml.encoder.fake import FakeEncoder
from ml.profile.rules import InteractionType
from scripts.local_services import fresh_database
from tests.backend.recommend.helpers import waiting_list

TIMEOUT_S = 0.2
PATIENCE_S = 20
NO_SPACE = VectorSpace.of(FakeEncoder(), Settings(_env_file=None))


@pytest.fixture
def small(postgres_url: str) -> Iterator[Database]:
    """A database of one connection: whoever has it keeps everybody else waiting."""
    with fresh_database(postgres_url) as url:
        database = Database(url, pool_size=1, max_overflow=0, timeout_s=TIMEOUT_S)
        migrate(database)
        yield database
        database.close()


def event(number: int) -> NewEvent:
    return NewEvent(
        event_id=f"e{number}", has_own_id=True, content_hash="0", user_id="u", session_id=None, product_id="p",
        type=InteractionType.CLICK, rating=None, context=None, position=None, recommendation_id=None, query=None,
        occurred_at_us=1, received_at_us=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "is_down"),
    [
        (OperationalError("SELECT 1", {}, Exception("refused")), True),
        (InterfaceError("SELECT 1", {}, Exception("connection already closed")), True),
        (PoolTimeout("no connection is free"), True),
        (DBAPIError("SELECT 1", {}, Exception("no message"), connection_invalidated=True), True),
        (DependencyUnavailable("in time"), True),
        (DBAPIError("SELECT 1", {}, Exception("a mistake of ours")), False),
        (ProgrammingError("SELEC 1", {}, Exception("syntax")), False),
        (SQLAlchemyError("a mistake of ours"), False),
        (ValueError("bad data"), False),
    ],
)
def test_what_means_that_the_database_is_down(error: Exception, is_down: bool) -> None:
    assert is_database_down(error) is is_down


def refused(database: Database, statement: str) -> Exception:
    """Return the error of a statement."""
    with database.reading() as db, pytest.raises(SQLAlchemyError) as failure:
        db.execute(text(statement))
    return failure.value


@pytest.mark.parametrize(
    ("code", "is_down", "conflicts"),
    [
        ("deadlock_detected", False, True),
        ("serialization_failure", False, True),
        ("lock_not_available", True, False),
        ("query_canceled", True, False),
        ("cannot_connect_now", True, False),
        ("too_many_connections", True, False),
        ("disk_full", True, False),
        ("connection_failure", True, False),
        ("io_error", True, False),
        ("program_limit_exceeded", False, False),
        ("statement_too_complex", False, False),
        ("object_in_use", False, False),
        ("undefined_table", False, False),
        ("unique_violation", False, False),
    ],
)
def test_what_postgresql_says_of_itself(small: Database, code: str, is_down: bool, conflicts: bool) -> None:
    error = refused(small, f"DO $$ BEGIN RAISE EXCEPTION 'of a test' USING ERRCODE = '{code}'; END $$")
    assert (is_database_down(error), is_conflict(error)) == (is_down, conflicts)
    assert may_work_later(error) is (is_down or conflicts)


def test_a_time_limit_in_the_server_is_a_database_that_is_stuck(small: Database) -> None:
    assert is_database_down(refused(small, "SET LOCAL statement_timeout = 10; SELECT pg_sleep(60)"))


@pytest.mark.parametrize("statement", ["SELECT * FROM missing", "SELEC 1", "SELECT nope FROM sqlite_master"])
def test_a_mistake_is_none_of_sqlites_failures(tmp_path: Path, statement: str) -> None:
    database = Database(f"sqlite:///{tmp_path}/s.db")
    error = refused(database, statement)
    database.close()
    assert isinstance(error, OperationalError)
    assert not may_work_later(error)


def test_a_file_that_others_keep_or_that_can_not_be_opened_is_down(tmp_path: Path) -> None:
    database, other = Database(f"sqlite:///{tmp_path}/s.db"), sqlite3.connect(tmp_path / "s.db", isolation_level=None)
    with database.reading() as db:
        db.execute(text("PRAGMA busy_timeout = 1"))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError) as locked:
            db.execute(text("CREATE TABLE t (a)"))
    other.close()
    database.close()
    assert is_database_down(locked.value)
    nowhere = create_engine(f"sqlite:///{tmp_path}/missing/s.db")
    with pytest.raises(OperationalError) as unopened:
        nowhere.connect()
    assert is_database_down(unopened.value)


def test_groups_that_lock_each_other_are_both_done(postgres_url: str) -> None:
    """Each has one row and wants the other's; PostgreSQL ends one of them, and again where that one is back first."""
    with fresh_database(postgres_url) as url:
        database = Database(url)
        with database.writing() as db:
            db.execute(text("CREATE TABLE counts AS SELECT id, 0 AS count FROM generate_series(1, 2) AS id"))
        both, begun, undone = Barrier(2), list[int](), list[OperationalError]()

        def work(group: Sequence[int]) -> list[int]:
            try:
                with database.writing() as db:
                    for id_ in group:
                        db.execute(text("UPDATE counts SET count = count + 1 WHERE id = :id"), {"id": id_})
                        if len(begun) < 2:
                            begun.append(id_)
                            both.wait(PATIENCE_S)
            except OperationalError as error:
                undone.append(error)
                raise
            return list(group)

        with ThreadPoolExecutor(2) as threads:
            results = list(threads.map(together_or_alone, [work, work], [[1, 2], [2, 1]]))
        with database.reading() as db:
            counts = list(db.execute(text("SELECT count FROM counts")).scalars())
        database.close()
    assert undone
    assert all(map(is_conflict, undone))
    assert (results, counts) == ([[1, 2], [2, 1]], [2, 2])


async def test_recommendations_are_written_once_a_connection_is_free(small: Database) -> None:
    ledger = Ledger(small, max_waiting=10, keep_days=1)
    with small.reading() as db:
        db.execute(text("SELECT 1"))
        assert all(ledger.note(waiting_list(number)) for number in range(3))
        await asyncio.sleep(3 * TIMEOUT_S)
    await asyncio.wait_for(ledger.drained(), PATIENCE_S)
    await ledger.close()
    with small.reading() as db:
        assert db.execute(text("SELECT count(*) FROM recommendations")).scalar_one() == 3


async def test_a_group_without_a_connection_is_tried_once(small: Database) -> None:
    tries: list[int] = []

    def work(group: Sequence[int]) -> list[int]:
        tries.append(len(group))
        with small.reading() as db:
            return [db.execute(text("SELECT 1")).scalar_one() for _ in group]

    with small.reading() as db:
        db.execute(text("SELECT 1"))
        results = await asyncio.to_thread(together_or_alone, work, [1, 2, 3])
    assert [type(result) for result in results] == [PoolTimeout] * 3
    assert tries == [3]


async def test_a_large_group_of_events_without_a_connection_is_tried_once(small: Database) -> None:
    writer = EventWriter(small, EventVectors(), max_waiting=1000)
    append, tries = writer._appender.append, []

    async def counted(space: StateSpace, events: Sequence[NewEvent]) -> list[Outcome]:
        tries.append(len(events))
        return await append(space, events)

    writer._appender.append = counted  # type: ignore[method-assign]
    batches = [[event(number) for number in range(SMALL * n, SMALL * (n + 1))] for n in (1, 2, 3)]
    with small.reading() as db:
        db.execute(text("SELECT 1"))
        answers = await asyncio.gather(
            *(writer.write(StateSpace.of(NO_SPACE), batch) for batch in batches), return_exceptions=True
        )
        await writer.close()
    assert {type(answer) for answer in answers} <= {DependencyUnavailable, PoolTimeout}
    assert tries == [3 * SMALL]


async def test_the_refresher_goes_on(small: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "LOOK_S", 0.01)
    monkeypatch.setattr(refreshing, "LEAST_GAP_S", 0.0)
    refresher = Refresher(small, Settings(_env_file=None, recommender_path=tmp_path))
    with small.reading() as db:
        db.execute(text("SELECT 1"))
        refresher.start(lambda: NO_SPACE)
        await asyncio.sleep(3 * TIMEOUT_S)
    assert refresher._task is not None
    assert not refresher._task.done()
    await refresher.close()
