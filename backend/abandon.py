"""Ends work that nobody waits for: of clients that have gone, and of requests that take too long."""

from __future__ import annotations

import asyncio
import logging

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.error_handlers import vitrine_error_response
from backend.errors import Overloaded

logger = logging.getLogger(__name__)
UNWATCHED_S = 0.02  # most requests have been answered by then, and are never watched


class AbandonMiddleware:
    """Pure ASGI, for routes that only read: what they do may end anywhere."""

    def __init__(self, app: ASGIApp, paths: frozenset[str], timeout_s: float) -> None:
        """Prepare.

        Args:
            app: answers.
            paths: of the routes.
            timeout_s: after so long a request gets 503.
        """
        self._app = app
        self._paths = paths
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        whole, started = asyncio.Event(), False

        async def receive_noting() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                whole.set()
            return message

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        work = asyncio.ensure_future(self._app(scope, receive_noting, send_noting))
        try:
            await asyncio.wait({work}, timeout=min(UNWATCHED_S, self._timeout_s))
            if not work.done():
                await self._watch(work, receive, whole)
            if work.done():
                if not work.cancelled():
                    work.result()
            elif not started:
                error = Overloaded(f"no answer within {self._timeout_s:g} s; try again later", retry_after_s=1)
                await vitrine_error_response(Request(scope), error)(scope, receive, send)
        finally:
            work.cancel()
            await asyncio.wait({work})

    async def _watch(self, work: asyncio.Future[None], receive: Receive, whole: asyncio.Event) -> None:
        """Wait until the work is done, its time is over or its client has gone, which ends it."""
        gone = asyncio.create_task(_gone(receive, whole))
        try:
            await asyncio.wait({work, gone}, timeout=self._timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if gone.done() and not work.done():
                logger.info("a client left before its answer")
                work.cancel()
                await asyncio.wait({work})
        finally:
            gone.cancel()


async def _gone(receive: Receive, whole: asyncio.Event) -> None:
    """Return when the client has gone, having sent its request."""
    await whole.wait()
    while (await receive())["type"] != "http.disconnect":
        pass
