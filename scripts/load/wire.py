"""Requests as ready bytes, and one keep-alive connection that sends them and reads the answers."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Callable
from typing import NamedTuple, cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_KEPT = re.compile(rb"\r\nx-cache: *hit\r", re.IGNORECASE)
_STATUS = slice(9, 12)  # of "HTTP/1.1 200 OK"
_HEAD_END = b"\r\n\r\n"
LOST = 0  # stands for the status of a request whose connection broke, or that was never answered

Answered = Callable[["Connection", int, bytes], None]
"""Gets the connection, the status, and the body's bytes; status 0 and no bytes when the connection broke."""


class Request(NamedTuple):
    """What is asked: the name that its figures go by, and all the bytes."""

    kind: str
    data: bytes

    @property
    def body(self) -> bytes:
        """What follows the head."""
        return self.data.partition(_HEAD_END)[2]


def json_request(kind: str, path: str, body: bytes, method: str = "POST") -> Request:
    """Return a request with JSON."""
    return Request(kind, _head(method, path, "application/json", len(body)) + body)


def _head(method: str, path: str, kind: str, length: int) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", "Host: bench", f"Content-Type: {kind}", f"Content-Length: {length}", "", "")
    return "\r\n".join(lines).encode()


def post_picture(kind: str, path: str, picture: bytes, fields: dict[str, str]) -> Request:
    """Return a form of multipart/form-data with a JPEG as `image`."""
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    file = f'--{mark}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n'
    head = f"{file}Content-Type: image/jpeg\r\n\r\n".encode()
    body = b"".join([*parts, head, picture, f"\r\n--{mark}--\r\n".encode()])
    return Request(kind, _head("POST", path, f"multipart/form-data; boundary={mark}", len(body)) + body)


class Connection(asyncio.Protocol):
    """Sends one request after another; the next only once the last is answered.

    Attributes:
        waits: for an answer.
        was_kept: whether the last answer says that it came from a cache.
    """

    def __init__(self, answered: Answered) -> None:
        self._answered = answered
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._parts: list[bytes] = []
        self._missing = -1  # bytes of the body still to come; -1 while the head isn't complete
        self._status = LOST
        self.waits = False
        self.was_kept = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; the loop turns Nagle's algorithm off."""
        self._transport = cast(asyncio.Transport, transport)  # TCP has nothing else

    def send(self, request: Request) -> None:
        """Send one request."""
        self.waits = True
        if self._transport is None:
            self._lose()
        else:
            self._transport.write(request.data)

    def data_received(self, data: bytes) -> None:
        """Read the answer; its end calls back."""
        if self._missing < 0:
            data = self._head + data if self._head else data
            end = data.find(_HEAD_END)
            if end < 0:
                self._head = data
                return
            length = _LENGTH.search(data, 0, end + 2)
            if length is None:  # chunked, or no HTTP at all: nothing that the servers measured here send
                self.close()
                return
            self._head, self._status = b"", int(data[_STATUS])
            self.was_kept = _KEPT.search(data, 0, end + 2) is not None
            self._missing, data = int(length[1]), data[end + len(_HEAD_END) :]
        self._parts.append(data)
        self._missing -= len(data)
        if self._missing > 0:
            return
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts, self._missing, self.waits = [], -1, False
        self._answered(self, self._status, body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count what wasn't answered as lost."""
        self._transport = None
        if self.waits:
            self._lose()

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    @property
    def is_open(self) -> bool:
        """Whether a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def _lose(self) -> None:
        self._head, self._parts, self._missing, self.waits, self.was_kept = b"", [], -1, False, False
        self._answered(self, LOST, b"")
