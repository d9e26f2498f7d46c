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
# What takes long to make: made once in a run, by the process that gets all tests that need it.
COSTLY_FIXTURES = ("vit_spec", "split_spec", "small_spec", "default_spec", "noisy_model", "bench_folder", "ground")
WHOLE_SERVERS = Path(__file__).parent / "e2e"
APPLICATIONS_CLOSED = pytest.StashKey[int]()
APPLICATIONS_KEPT = 10  # whose garbage may lie about, some megabytes each

# Else each server that a test starts compiles every module again, for seconds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


class InternetReached(RuntimeError):
    """A test tried to leave this machine. Not an OSError, so that no retry or fallback can swallow it."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in this hook too
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests go together when they run in several processes (`--dist loadgroup`), and which begin.

    What shares a costly fixture stays together, and so does a file, but for the tests of whole servers: each of those
    is long. Long ones go first, so that at the end of a run no process waits for another's.
    """
    groups: dict[pytest.Item, str] = {}
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        whole = item.path.is_relative_to(WHOLE_SERVERS)
        group = next((name for name in COSTLY_FIXTURES if name in fixtures), None)
        if whole or group is not None:
            item.add_marker(pytest.mark.slow)
        groups[item] = group or (item.nodeid if whole else str(item.path))
        if group is not None or not whole:
            item.add_marker(pytest.mark.xdist_group(groups[item]))
    sizes = Counter(groups.values())
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, -sizes[groups[item]], groups[item]))


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
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    # Asked for here and not in the signature: tests on SQLite alone (-k sqlite) then start no server.
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        yield url
