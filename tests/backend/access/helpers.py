"""What the tests of access share."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.access import shared_counts
from backend.config import get_settings
from backend.main import create_app
from ml.encoder.fake import FakeEncoder
from scripts.serving import Server

APP = "tests.backend.access.helpers:fake_app"
BROKEN_APP = "tests.backend.access.helpers:broken_app"
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


class BreaksAtOnce:
    """Middleware with a mistake in it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/outside":
            raise RuntimeError("a mistake outside")
        await self._app(scope, receive, send)


def broken_app() -> FastAPI:
    """The same with mistakes: in a route, behind the beginning of an answer, and in front of what adds headers."""
    app = fake_app()

    async def inside() -> None:
        raise RuntimeError("a mistake inside")

    async def parts() -> AsyncIterator[bytes]:
        yield b"half of"
        raise RuntimeError("a mistake halfway")

    async def halfway() -> StreamingResponse:
        return StreamingResponse(parts())

    app.add_api_route("/inside", inside)
    app.add_api_route("/halfway", halfway)
    app.user_middleware.insert(1, Middleware(BreaksAtOnce))  # where the request has its id
    return app


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
