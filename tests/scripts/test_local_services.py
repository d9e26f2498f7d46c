"""The test harness itself: its servers are real, its databases are empty and apart from each other."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest
import redis
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from scripts.local_services import (
    Account,
    find_postgres,
    fresh_database,
    postgres_server,
    redis_server,
    runnable,
    server_account,
    server_folder,
    with_driver,
)
from tests.conftest import InternetReached


def query(url: str, statement: str) -> object:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return connection.execute(text(statement)).scalar()


def test_postgresql_is_real(postgres_url: str) -> None:
    assert str(query(postgres_url, "SELECT version()")).startswith("PostgreSQL ")


def test_redis_is_real(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        information = client.info("server")
    assert information["redis_version"]
    assert information["process_id"] > 0


def test_a_database_starts_empty(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE leftovers (id INTEGER PRIMARY KEY)"))
    # The same test runs once more below: a database shared between the two would have the table already.
    assert inspect(engine).get_table_names() == ["leftovers"]


def test_the_next_database_starts_empty_too(database_url: str) -> None:
    assert inspect(create_engine(database_url, poolclass=NullPool)).get_table_names() == []


def test_databases_on_one_server_are_apart_and_dropped(postgres_url: str) -> None:
    count = "SELECT count(*) FROM pg_database WHERE datname LIKE 'vitrine_test_%'"
    before = query(postgres_url, count)
    with fresh_database(postgres_url) as first, fresh_database(postgres_url) as second:
        with create_engine(first, poolclass=NullPool).begin() as connection:
            connection.execute(text("CREATE TABLE only_here (id INTEGER)"))
        assert inspect(create_engine(second, poolclass=NullPool)).get_table_names() == []
    assert query(postgres_url, count) == before


def test_a_database_is_dropped_under_open_connections(postgres_url: str) -> None:
    with fresh_database(postgres_url) as url:
        engine = create_engine(url)
        connection = engine.connect()
        connection.execute(text("SELECT 1"))
        name = engine.url.database
    connection.invalidate()
    engine.dispose()
    assert query(postgres_url, f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == 0


def test_urls_from_the_environment_are_taken(
    postgres_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", postgres_url.replace("postgresql+psycopg2://", "postgresql://"))
    monkeypatch.setenv("TEST_REDIS_URL", redis_url)
    with postgres_server() as database, redis_server() as cache:
        assert (database, cache) == (postgres_url, redis_url)
        assert query(database, "SELECT 1") == 1


def test_a_password_survives_the_driver_name() -> None:
    assert with_driver("postgresql://u:p%40ss@db/x") == "postgresql+psycopg2://u:p%40ss@db/x"


def test_programs_in_a_closed_folder_are_copied() -> None:
    account = server_account()
    source = find_postgres()
    package = source.parent.parent
    with server_folder(Account()) as closed, server_folder(account) as folder:
        site = closed / "site"  # below a folder with mode 0700
        for part in (package / source.parent.name, *package.parent.glob(f"{package.name}.libs/")):
            shutil.copytree(part, site / part.relative_to(package.parent), symlinks=True)
        programs = site / source.relative_to(package.parent)
        found = runnable(programs, account, folder)
        # An ordinary user can read its own folder; only root's database account can't read root's.
        assert (found == programs) == (account == Account())
        assert account.run(found / "initdb", "--version", cwd=folder).returncode == 0


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_the_internet_is_out_of_reach(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as client:
        with pytest.raises(InternetReached):
            client.connect((address, 80))
        with pytest.raises(InternetReached):
            client.connect_ex((address, 80))


def test_names_are_not_looked_up() -> None:
    with pytest.raises(InternetReached):
        socket.create_connection(("shop.example", 443), timeout=1)


def test_this_machine_is_in_reach(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


def test_servers_end_with_their_block() -> None:
    with server_folder(Account()) as folder:
        assert folder.exists()
    assert not folder.exists()
    with redis_server() as url:
        port = int(url.rsplit(":", 1)[1].split("/")[0])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
