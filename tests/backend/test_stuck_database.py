"""A database that doesn't answer, breaks off, or isn't there yet: real PostgreSQL, real locks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.pool import NullPool

from backend.config import Settings
from backend.database.engine import Database
from backend.database.grouped import Grouped
from backend.database.migrate import migrate
from backend.errors import DependencyUnavailable
from backend.interaction.events import LoggedEvent
from backend.interaction.popularity import Popularity
from backend.main import create_app
from backend.recommend.popular import FRESH_S, PopularProducts
from ml.encoder.fake import FakeEncoder
from tests.backend.conftest import error_of, found_ids, put, search, serving

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
DOWN = (503, "DEPENDENCY_UNAVAILABLE")
EVENT = {"user_id": "u", "session_id": "s", "product_id": "p", "interaction_type": "view"}


@contextmanager
def locked(url: str, *tables: str) -> Iterator[None]:
    """Keep everybody else waiting who wants one of the tables."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))
        yield


def test_whoever_waits_for_the_database_is_told_in_time(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(db_timeout_s=0.3)
    with serving(settings) as client:
        put(client, "p", "steel mug")
        search(client, "mug")
        with locked(settings.database_url, "products", "interactions", "catalogue_state"):
            for _ in range(12):  # more than there are threads: those that are stuck must not keep the others waiting
                assert error_of(client.get("/api/v1/products/p")) == DOWN
            assert error_of(client.patch("/api/v1/products/p", json={"price": 5, "currency": "EUR"})) == DOWN
            assert error_of(client.post("/api/v1/feedback", json={**EVENT, "event_id": "again"})) == DOWN
            assert error_of(client.get("/api/v1/users/u/state")) == DOWN
            assert error_of(client.get("/ready")) == DOWN
            assert client.get("/status").json()["database_health"] == {"ok": False, "latency_ms": None}
            assert found_ids(search(client, "mug of steel")) == ["p"]
        assert client.get("/api/v1/products/p").status_code == 200
        # It was written behind the answer that nobody could wait for; told again, it is counted once.
        assert client.post("/api/v1/feedback", json={**EVENT, "event_id": "again"}).json()["duplicate"] is True
        assert client.get("/api/v1/users/u/state").json()["long_term"]["events"] == 1
        assert client.patch("/api/v1/products/p", json={"price": 6}).json()["product"]["price"] == 6


async def test_those_who_come_together_wait_no_longer_than_one(database_url: str) -> None:
    database = Database(database_url, timeout_s=1.0)
    grouped: Grouped[int, int] = Grouped(database, partial(asleep, database), at_once=1, most=1)
    began = time.monotonic()
    answers = await asyncio.gather(*(grouped.do(one) for one in range(20)), return_exceptions=True)
    assert time.monotonic() - began < 10  # in groups one after another it would be 20
    assert [type(answer) for answer in answers] == [DependencyUnavailable] * 20
    database.cut_off()
    database.close()


def asleep(database: Database, group: Sequence[int]) -> Sequence[int]:
    """Do what no database does in time."""
    with database.reading() as db:
        db.execute(text("SELECT pg_sleep(60)"))
    return group


async def test_what_was_popular_goes_on_to_count(database_url: str) -> None:
    database = Database(database_url, timeout_s=0.5)
    migrate(database)
    with database.writing() as db:
        Popularity(db).count([("u", None, LoggedEvent(1, "p", "PURCHASE", None, time.time_ns() // 1000, None, None))])
    now = [0.0]
    popular = PopularProducts(database, lambda: now[0])
    votes = await popular.votes()
    assert votes
    now[0] += 2 * FRESH_S
    with locked(database_url, "product_popularity"):
        began = time.monotonic()
        assert await asyncio.gather(*(popular.votes() for _ in range(20))) == [votes] * 20
        assert time.monotonic() - began < 5  # one after another it would be 10
        with pytest.raises(DependencyUnavailable):  # there's nothing that was known
            await PopularProducts(database).votes()
    database.close()


def test_a_server_that_starts_before_its_database_becomes_ready(
    make_settings: Callable[..., Settings], postgres_url: str
) -> None:
    settings = make_settings()
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = settings.database_url.rsplit("/", 1)[1]

    def allow(connections: str) -> None:
        with admin.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {connections}'))

    allow("false")
    with TestClient(create_app(settings, lambda _: FakeEncoder()), raise_server_exceptions=False) as client:
        deadline = time.monotonic() + 20
        while "the database doesn't answer" not in (answer := client.get("/ready")).text:
            assert time.monotonic() < deadline
        assert error_of(answer) == (503, "NOT_READY")
        assert client.get("/live").status_code == 200
        allow("true")
        while client.get("/ready").status_code != 200:
            assert time.monotonic() < deadline
        put(client, "p", "steel mug")


def test_a_server_that_never_got_its_database_can_be_stopped(
    make_settings: Callable[..., Settings], database_url: str
) -> None:
    settings = make_settings().model_copy(update={"database_url": f"{database_url}_that_is_not_there"})
    with TestClient(create_app(settings, lambda _: FakeEncoder()), raise_server_exceptions=False) as client:
        assert error_of(client.get("/ready")) == (503, "NOT_READY")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (InterfaceError("SELECT 1", {}, Exception("connection already closed")), DOWN),
        (DBAPIError("SELECT 1", {}, Exception("no message from the libpq"), connection_invalidated=True), DOWN),
        (DBAPIError("SELECT 1", {}, Exception("a mistake of ours")), (500, "INTERNAL_ERROR")),
    ],
)
def test_a_connection_that_breaks_off_isnt_a_mistake_of_ours(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, error: DBAPIError, expected: tuple[int, str]
) -> None:
    def broken(*_: Any) -> None:
        raise error

    monkeypatch.setattr("backend.catalogue.repository.CatalogueRepository.version", broken)
    assert error_of(client.get("/ready")) == expected
