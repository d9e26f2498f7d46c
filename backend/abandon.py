"""Ends work that nobody waits for: of clients that have gone, and of requests that take too long."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.error_handlers import vitrine_error_response
from backend.errors import Overloaded

logger = logging.getLogger(__name__)
UNWATCHED_S = 0.02  # most requests have been answered by then, and are never watched


class AbandonMiddleware:
    """Pure ASGI, for routes that only read: what they do may end anywhere."""

    def __init__(self, app: ASGIApp, paths: re.Pattern[str], timeout_s: float) -> None:
        """Prepare.

        Args:
            app: answers.
            paths: what the whole paths of the routes match.
            timeout_s: so long after the whole request has come it gets 503; an upload has its own time.
        """
        self._app = app
        self._paths = paths
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or self._paths.fullmatch(scope["path"]) is None:
            await self._app(scope, receive, send)
            return
        body, started = _Body(scope), False

        async def receive_noting() -> Message:
            body.is_asked_for = True
            message = await receive()
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                body.whole.set()
            return message

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        work = asyncio.ensure_future(self._app(scope, receive_noting, send_noting))
        try:
            await asyncio.wait({work}, timeout=min(UNWATCHED_S, self._timeout_s))
            if not work.done():
                await self._watch(work, receive, body)
            if work.done():
                if not work.cancelled():
                    work.result()
            elif not started:
                error = Overloaded(f"no answer within {self._timeout_s:g} s; try again later", retry_after_s=1)
                await vitrine_error_response(Request(scope), error)(scope, receive, send)
        finally:
            work.cancel()
            await asyncio.wait({work})

    async def _watch(self, work: asyncio.Future[None], receive: Receive, body: _Body) -> None:
        """Wait until the work is done, its time is over or its client has gone, which ends it."""
        arrived: asyncio.Future[Any] = asyncio.create_task(body.whole.wait())
        gone: asyncio.Future[Any] = asyncio.create_task(_gone(receive, body.whole))
        try:
            await asyncio.wait({work, arrived}, timeout=self._timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if body.is_asked_for and not work.done():  # who keeps it waiting is the client
                await asyncio.wait({work, arrived}, return_when=asyncio.FIRST_COMPLETED)
            if body.whole.is_set() and not work.done():
                await asyncio.wait({work, gone}, timeout=self._timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if gone.done() and not work.done():
                logger.info("a client left before its answer")
                work.cancel()
                await asyncio.wait({work})
        finally:
            arrived.cancel()
            gone.cancel()


class _Body:
    """How far the body of a request has come; nobody waits for that of a GET which announces none."""

    def __init__(self, scope: Scope) -> None:
        self.whole = asyncio.Event()
        self.is_asked_for = False
        if scope["method"] == "GET" and not any(
            name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"]
        ):
            self.whole.set()


async def _gone(receive: Receive, whole: asyncio.Event) -> None:
    """Return when the client has gone, having sent its request."""
    await whole.wait()
    while (await receive())["type"] != "http.disconnect":
        pass
