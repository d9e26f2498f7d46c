"""Answers that the connection gives by itself, in front of the application."""

from __future__ import annotations

import uuid

from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from backend.access.safe_headers import Headers, safe_headers
from backend.config import get_settings
from backend.error_handlers import HTTP_CODES, RETRY_AFTER_S, STATUS, envelope
from backend.errors import Overloaded


def whole_answer(status: int, message: str) -> bytes:
    """Return an error as it goes over the wire, the last of its connection.

    Args:
        status: one of `HTTP_CODES`, or 503.
        message: for whoever reads the answer.
    """
    headers, body = _error(status, message)
    return STATUS_LINE[status] + b"".join(b"%s: %s\r\n" % header for header in headers) + b"\r\n" + body


def refuses(message: str) -> ASGI3Application:
    """Return an application that answers 400 and has the connection closed."""

    async def refuse(_: Scope, __: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        headers, body = _error(400, message)
        await send({"type": "http.response.start", "status": 400, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return refuse


def _error(status: int, message: str) -> tuple[Headers, bytes]:
    id_ = uuid.uuid4().hex
    code = Overloaded.code if status == STATUS[Overloaded.code] else HTTP_CODES[status]
    body = envelope(id_, code, message, {})
    retry = ((b"retry-after", b"%d" % RETRY_AFTER_S),) if code == Overloaded.code else ()
    head = (
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", id_.encode()),
        (b"connection", b"close"),
        *safe_headers(https_only=get_settings().environment == "production"),
        *retry,
    )
    return head, body
