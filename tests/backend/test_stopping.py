"""A server that is told to stop ends, also while PostgreSQL keeps all of it waiting: real PostgreSQL, real locks."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from backend.closing import close_all
from backend.config import Settings
from backend.database.direct import Statement
from backend.database.engine import Database
from backend.main import create_app
from ml.encoder.fake import FakeEncoder
from tests.backend.conftest import error_of, put, search, serving
from tests.backend.recommend.helpers import waiting_list

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
EVENT = {"user_id": "u", "session_id": "s", "product_id": "p", "interaction_type": "view"}
TIMEOUT_S = 0.5
HUNG_S = 30  # then the lock is given up, and who has waited for it so long has failed
SOON_S = 15
TABLES = "products", "interactions", "interaction_state", "recommendations", "popular_requests", "active_model"


@contextmanager
def locked(url: str, *tables: str) -> Iterator[None]:
    """Keep everybody else waiting who wants one of the tables, until the block ends or `HUNG_S` have passed."""
    engine = create_engine(url, poolclass=NullPool)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with engine.begin() as connection:
            connection.execute(text(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))
            held.set()
            done.wait(HUNG_S)

    with ThreadPoolExecutor(1) as thread:
        holding = thread.submit(hold)
        try:
            assert held.wait(HUNG_S)
            yield
        finally:
            done.set()
            holding.result()


def test_a_server_whose_database_hangs_can_be_stopped(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(db_timeout_s=TIMEOUT_S)
    with ExitStack() as holding:
        with serving(settings) as client:
            put(client, "p", "steel mug")
            for limit in (*range(1, 6), 5, 5, 5, 5):  # often enough to be written down at the end
                search(client, "mug", limit=limit)
            assert client.post("/api/v1/feedback", json=EVENT).status_code == 200
            holding.enter_context(locked(settings.database_url, *TABLES))
            assert error_of(client.post("/api/v1/feedback", json=EVENT)) == (503, "DEPENDENCY_UNAVAILABLE")
            runtime = client.app.state.runtime  # type: ignore[attr-defined]
            assert client.portal.call(runtime.recommendations.ledger.note, waiting_list(1))  # type: ignore[union-attr]
            assert runtime.cache.popular.untold()
            began = time.monotonic()
        assert time.monotonic() - began < SOON_S
    assert runtime.database._threads._shutdown
    assert not runtime.recommendations.ledger._waiting


def test_a_server_that_still_loads_from_a_database_that_hangs_can_be_stopped(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings(db_timeout_s=TIMEOUT_S)
    with serving(settings):
        pass
    with locked(settings.database_url, *TABLES):
        with TestClient(create_app(settings, lambda _: FakeEncoder()), raise_server_exceptions=False) as client:
            assert error_of(client.get("/ready")) == (503, "NOT_READY")
            began = time.monotonic()
        assert time.monotonic() - began < SOON_S


async def test_one_part_that_fails_keeps_no_other_open(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    closed = []

    async def fails() -> None:
        raise LookupError("a part")

    async def closes() -> None:
        closed.append(1)

    await close_all([fails, closes], database)
    assert closed
    assert "LookupError: a part" in caplog.text


async def test_a_database_that_answers_is_not_cut_off_for_what_something_else_keeps(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(database_url, timeout_s=TIMEOUT_S)

    async def computes() -> None:
        for _ in range(10):
            await asyncio.sleep(0.3 * TIMEOUT_S)
            await database.read(lambda db: db.execute(text("SELECT 1")))

    await close_all([computes], database)
    assert await database.read(lambda db: db.execute(text("SELECT 2")).scalar_one()) == 2
    assert not caplog.text
    database.close()


async def test_who_waits_when_the_connections_are_broken_hears_of_it(database_url: str) -> None:
    database = Database(database_url, timeout_s=HUNG_S)
    direct = database.direct()
    assert direct is not None
    sleep = f"SELECT pg_sleep({HUNG_S})"
    began = time.monotonic()
    waiting = asyncio.gather(
        database.read(lambda db: db.execute(text(sleep))), direct.rows(Statement(sleep), {}), return_exceptions=True
    )
    await asyncio.sleep(1)
    database.cut_off()
    assert [type(error) for error in await waiting] == [OperationalError] * 2
    with pytest.raises(OperationalError):
        await direct.rows(Statement("SELECT 1"), {})
    with pytest.raises(OperationalError):
        await database.read(lambda db: db.execute(text("SELECT 1")))
    assert time.monotonic() - began < SOON_S
    database.close()
