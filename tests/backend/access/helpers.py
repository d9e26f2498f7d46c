"""What the tests of access share."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import Any

import orjson
from fastapi import FastAPI

from backend.access import shared_counts
from backend.config import get_settings
from backend.main import create_app
from ml.encoder.fake import FakeEncoder
from scripts.serving import Server

APP = "tests.backend.access.helpers:fake_app"
STILL_APP = "tests.backend.access.helpers:still_app"
START = 1_000_000_020.0  # the beginning of a minute, in seconds since 1970
BODY = orjson.dumps({"query": "mug"})
HEAD = b"POST /api/v1/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def fake_app() -> FastAPI:
    """An application for a process of its own, by the settings of the environment."""
    return create_app(get_settings(), lambda _: FakeEncoder())


def still_app() -> FastAPI:
    """The same where no minute ends and Redis may take its time, however busy the machine is; in a process alone."""
    shared_counts.TIMEOUT_S = 20.0
    app = fake_app()
    limiter = app.state.runtime.access.limiter
    limiter._now = limiter._shared._now = Clock()
    return app


def answer_of(connection: socket.socket) -> tuple[int, dict[str, str], Any]:
    """Read to the end of the connection; return status, headers and JSON of what came."""
    content = b""
    try:
        while part := connection.recv(65536):
            content += part
    except ConnectionResetError:
        pass
    head, _, body = content.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, orjson.loads(body)


def is_answered(server: Server) -> bool:
    with closing(server.connect()) as connection:
        return bool(server.call(connection, "POST", "/api/v1/search", {"query": "mug"})["total"] == 0)
