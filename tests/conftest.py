"""Fixtures for every test: real servers, a fresh database per test, and a wall against the internet.

URLs come in the form that the product's own settings take, so tests hand them on as they are.
"""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest

from scripts.local_services import fresh_database, postgres_server, redis_server

# How long a case takes says something about the machine, not about the product.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
SLOW_FOLDERS = ("tests/e2e/", "tests/ml/encoder/")
APPLICATIONS_CLOSED = pytest.StashKey[int]()
APPLICATIONS_KEPT = 10  # whose garbage may lie about, some megabytes each

# Else each server that a test starts compiles every module again, for seconds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Processes that each bring a team of threads for every core hold each other up, by minutes.
os.environ.setdefault("OMP_NUM_THREADS", "1")


class InternetReached(RuntimeError):
    """A test tried to leave this machine. Not an OSError, so that no retry or fallback can swallow it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let files of slow tests begin, and files of many tests go before files of few.

    Of several processes one runs a whole file (`--dist loadfile`), so that what is costly to make is made once; at
    the end no process is to wait for another's long file.
    """
    files = {item: item.nodeid.partition("::")[0] for item in items}
    sizes = Counter(files.values())
    slow = {file for item, file in files.items() if file.startswith(SLOW_FOLDERS) or item.get_closest_marker("slow")}
    items.sort(key=lambda item: (files[item] not in slow, -sizes[files[item]], files[item]))


def pytest_collection_finish() -> None:
    """Let Python's collector look through what tests make, and not each time through every module and test too."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Freeze again after an application, which thaws everything as it closes and is looked through as it starts.

    What it left that is garbage is collected some tests later.
    """
    if gc.get_freeze_count():
        return
    closed = item.session.stash[APPLICATIONS_CLOSED] = item.session.stash.get(APPLICATIONS_CLOSED, 0) + 1
    if closed % APPLICATIONS_KEPT == 0:
        gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def no_internet() -> Iterator[None]:
    """Refuse every connection and name look-up that is not for this machine or the Redis given for the tests.

    PostgreSQL connections are made inside libpq and are not seen here.
    """
    allowed = {"", "localhost", urlsplit(os.environ.get("TEST_REDIS_URL", "")).hostname}
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if name is None or name in allowed:
            return
        try:
            local = ipaddress.ip_address(str(name)).is_loopback
        except ValueError:
            local = False
        if not local:
            raise InternetReached(f"tests stay on this machine, but one asked for {name}")

    def check_address(address: Any) -> None:
        if isinstance(address, tuple):  # a Unix socket's address is a path
            check(address[0])

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check_address(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check_address(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        found = getaddrinfo(host, *args, **kwargs)
        allowed.update(str(entry[4][0]) for entry in found)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a real PostgreSQL server's maintenance database; make databases of your own in it."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """URL of a real Redis server, shared by the tests of a run: use key prefixes of your own."""
    with redis_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of this test's own; the test runs once on each kind."""
    yield from _database(request, tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a database for those tests of a file that only read; each runs once on each kind."""
    yield from _database(request, tmp_path_factory.mktemp("database"))


def _database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'test.db'}"
        return
    # Asked for here and not in the signature: tests on SQLite alone (-k sqlite) then start no server.
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        yield url
