"""Plain ASGI middleware."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimitMiddleware:
    """Stops reading a body that is too large: at once when its length is announced, else when it grows too long.

    The error is raised where the body is read, so that it takes the way of every other error, into the envelope.
    """

    def __init__(self, app: ASGIApp, default: int, by_path: Mapping[str, int]) -> None:
        self._app = app
        self._default = default
        self._by_path = by_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._by_path.get(scope["path"], self._default)
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        too_large = HTTPException(413, f"the body is larger than {limit} bytes")
        read = int(announced) if announced.isdigit() and int(announced) > limit else 0

        async def limited_receive() -> Message:
            nonlocal read
            if read > limit:
                raise too_large
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise too_large
            return message

        await self._app(scope, limited_receive, send)
