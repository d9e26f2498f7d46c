"""Fixtures for every test: real servers, a fresh database per test, and a wall against the internet.

URLs come in the form that the product's own settings take, so tests hand them on as they are.
"""

from __future__ import annotations

import ipaddress
import os
import socket
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
COSTLY_FIXTURES = ("vit_spec", "split_spec")  # exports of models that no other test needs


class InternetReached(RuntimeError):
    """A test tried to leave this machine. Not an OSError, so that no retry or fallback can swallow it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares costly fixtures when tests run in several processes (`--dist loadgroup`)."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        group = next((name for name in COSTLY_FIXTURES if name in fixtures), str(item.path))
        item.add_marker(pytest.mark.xdist_group(group))


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
