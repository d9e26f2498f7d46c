"""A real server process, and clients with real sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from backend.config import Settings
from scripts.serving import Server, running_server
from tests.backend.access.helpers import APP

TIMEOUT_S = 1.5


def small_settings(folder: Path, **changes: Any) -> Settings:
    """Return the settings of a server that keeps all it has in a folder, and waits for nobody for long."""
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'test.db'}",
        faiss_index_path=folder / "index",
        media_path=folder / "media",
        recommender_path=folder / "recommender",
        profile_worker=False,
        request_timeout_s=TIMEOUT_S,
        max_connections=260,
        **changes,
    )


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "log"


@pytest.fixture(scope="module")
def server(log: Path) -> Iterator[Server]:
    """A server with little patience, and no second process."""
    with running_server(small_settings(log.parent), app=APP, log=log) as server:
        yield server


@pytest.fixture
def connect(server: Server) -> Iterator[Callable[[], socket.socket]]:
    """Opens connections to it; all are closed in the end."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(socket.create_connection((server.host, server.port), timeout=30)))
