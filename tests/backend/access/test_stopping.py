"""A server that is told to stop, and clients in the middle of something."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import closing, suppress
from pathlib import Path

from backend.access.protocol import LINGER_S
from backend.config import Settings
from scripts.serving import Server, running_server
from tests.backend.access.helpers import APP

REQUEST = b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n"


def open_connection(server: Server) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=30)


def wait_until_refused(server: Server) -> None:
    deadline = time.monotonic() + 20
    with suppress(OSError):
        while True:
            open_connection(server).close()
            assert time.monotonic() < deadline


def read_all(connection: socket.socket) -> bytes:
    content = b""
    while part := connection.recv(65536):
        content += part
    return content


def test_a_request_whose_beginning_has_come_is_answered(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path / 'test.db'}",
        faiss_index_path=tmp_path / "index",
        media_path=tmp_path / "media",
        recommender_path=tmp_path / "recommender",
        monitor_path=tmp_path / "monitor",
        profile_worker=False,
    )
    with running_server(settings, app=APP, log=tmp_path / "log") as server:
        with closing(open_connection(server)) as idle, closing(open_connection(server)) as begun:
            begun.sendall(REQUEST)
            first = b""
            while not first.endswith(b"}"):  # head and body come apart
                first += begun.recv(65536)
            assert b"connection: close" not in first.lower()
            begun.sendall(REQUEST[:10])
            time.sleep(0.2)  # until the server has it
            os.kill(server.pid, signal.SIGTERM)
            wait_until_refused(server)
            time.sleep(2 * LINGER_S)
            assert read_all(idle) == b""
            begun.sendall(REQUEST[10:])
            answer = read_all(begun)
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"connection: close" in answer.lower()
