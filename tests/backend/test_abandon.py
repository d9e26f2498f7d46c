"""Work that nobody waits for ends: its client has gone, or it took too long."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import orjson
import pytest
from starlette.types import Message, Receive, Scope, Send

from backend.abandon import AbandonMiddleware
from backend.main import READING_PATHS
from backend.monitor.operations import OPERATIONS


class Slow:
    """An application that answers after a while, and notes how it ended."""

    def __init__(self, seconds: float, *, error: bool = False) -> None:
        self.seconds = seconds
        self.error = error
        self.ended = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while (await receive()).get("more_body"):
                pass
            await asyncio.sleep(self.seconds)
            if self.error:
                raise ValueError("broken")
        except BaseException as error:
            self.ended = type(error).__name__
            raise
        self.ended = "answered"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


class Client:
    """Sends a body in pieces, then stays or goes."""

    def __init__(self, *pieces: bytes, leaves_after_s: float | None = None, piece_s: float = 0.0) -> None:
        self.messages: list[Message] = [
            {"type": "http.request", "body": piece, "more_body": piece is not pieces[-1]} for piece in pieces
        ]
        self.leaves_after_s = leaves_after_s
        self.piece_s = piece_s
        self.sends = bool(pieces)
        self.got: list[Message] = []

    async def receive(self) -> Message:
        if self.messages:
            await asyncio.sleep(self.piece_s)
            return self.messages.pop(0)
        await asyncio.sleep(60 if self.leaves_after_s is None else self.leaves_after_s)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.got.append(message)

    @property
    def status(self) -> int | None:
        return self.got[0]["status"] if self.got else None


async def call(app: Slow, client: Client, *, path: str = "/search", timeout_s: float = 30.0) -> None:
    scope: dict[str, Any] = {
        "type": "http",
        "path": path,
        "method": "POST" if client.sends else "GET",
        "request_id": "id",
    }
    scope["headers"] = [(b"content-length", b"2")] if client.sends else []
    await AbandonMiddleware(app, re.compile("/search"), timeout_s)(scope, client.receive, client.send)


@pytest.mark.parametrize("seconds", [0.0, 0.1])
async def test_who_stays_is_answered(seconds: float) -> None:
    app, client = Slow(seconds), Client(b"{", b"}")
    await call(app, client)
    assert (app.ended, client.status) == ("answered", 200)


async def test_who_leaves_ends_the_work() -> None:
    app, client = Slow(60), Client(b"{}", leaves_after_s=0.1)
    await call(app, client)
    assert (app.ended, client.got) == ("CancelledError", [])


async def test_other_routes_go_on_without_their_client() -> None:
    app, client = Slow(0.2), Client(b"{}", leaves_after_s=0.05)
    await call(app, client, path="/feedback")
    assert app.ended == "answered"


async def test_what_takes_too_long_ends_with_an_error_in_the_envelope() -> None:
    app, client = Slow(60), Client(b"{}")
    await call(app, client, timeout_s=0.1)
    assert (app.ended, client.status) == ("CancelledError", 503)
    body = orjson.loads(client.got[1]["body"])
    assert (body["error"]["code"], body["request_id"]) == ("OVERLOADED", "id")
    assert (b"retry-after", b"1") in client.got[0]["headers"]


@pytest.mark.parametrize("seconds", [0.0, 0.1])
async def test_errors_of_the_work_get_out(seconds: float) -> None:
    with pytest.raises(ValueError, match="broken"):
        await call(Slow(seconds, error=True), Client(b"{}"))


async def test_a_server_that_stops_ends_the_work() -> None:
    app, client = Slow(60), Client(b"{}")
    serving = asyncio.create_task(call(app, client))
    await asyncio.sleep(0.1)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert app.ended == "CancelledError"


class Unread(Slow):
    """One that has no use for a body, as routes of GET."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def nothing() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        await super().__call__(scope, nothing, send)


async def test_who_leaves_without_having_sent_a_body_ends_the_work() -> None:
    app, client = Unread(60), Client(leaves_after_s=0.1)
    await call(app, client)
    assert (app.ended, client.got) == ("CancelledError", [])


async def test_a_body_that_nobody_reads_keeps_no_request_alive() -> None:
    app, client = Unread(60), Client(b"{}")
    await call(app, client, timeout_s=0.1)
    assert (app.ended, client.status) == ("CancelledError", 503)


async def test_the_time_of_a_slow_upload_is_not_the_works() -> None:
    app, client = Slow(0.05), Client(b"{", b"}", piece_s=0.2)
    await call(app, client, timeout_s=0.3)
    assert (app.ended, client.status) == ("answered", 200)


READS = {
    "search", "search.image", "similar", "suggest", "recommend", "recommend.cart", "recommend.together",
}  # fmt: skip


@pytest.mark.parametrize(("template", "operation"), [(route[1], name) for route, name in OPERATIONS.items()])
def test_routes_of_searches_and_recommendations_are_watched(template: str, operation: str) -> None:
    path = template.replace("{product_id}", "A-17").replace("{user_id}", "u")
    assert (READING_PATHS.fullmatch(path) is not None) == (operation in READS)
