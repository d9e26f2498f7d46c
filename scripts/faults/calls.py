"""Requests of the proof: each is noted with its outcome, whatever becomes of it."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass
from typing import Any

import orjson

from scripts.local_services import LOOPBACK

TIMEOUT_S = 15.0
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One request and what became of it.

    Attributes:
        kind: of request.
        began: monotonic seconds.
        ended: monotonic seconds.
        connected: when its connection was open; None if it never was.
        status: of the answer; `NO_ANSWER` without one.
        code: of the error envelope; empty when there's none.
    """

    kind: str
    began: float
    ended: float
    connected: float | None
    status: int
    code: str


class NotAnswered(Exception):
    """There was no answer, or one that says that something is down."""


class Journal:
    """All calls of all clients, and what was wrong with their answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._wrong: list[tuple[float, str]] = []

    def note(self, call: Call) -> None:
        """Keep a call."""
        with self._lock:
            self._calls.append(call)

    def complain(self, message: str) -> None:
        """Keep what is wrong with an answer."""
        with self._lock:
            self._wrong.append((time.monotonic(), message))

    def since(self, moment: float) -> list[Call]:
        """Return the calls that ended after a moment."""
        with self._lock:
            return [call for call in self._calls if call.ended >= moment]

    def wrong_since(self, moment: float) -> list[str]:
        """Return the complaints after a moment."""
        with self._lock:
            return [message for at, message in self._wrong if at >= moment]


class Connection:
    """A connection that is opened again when it breaks; while it lasts, one worker answers."""

    def __init__(self, port: int, journal: Journal) -> None:
        self.journal = journal
        self.turns = 0  # connections so far
        self._port = port
        self._opened: http.client.HTTPConnection | None = None
        self._connected: float | None = None

    def call(self, kind: str, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON of an answer with status 200.

        Raises:
            NotAnswered: there is none. What else isn't 200 is noted.
        """
        content = None if body is None else orjson.dumps(body)
        began = time.monotonic()
        try:
            opened = self._open()
            opened.request(method, path, content, {"Content-Type": "application/json"})
            answer = opened.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._note(kind, began, NO_ANSWER, type(error).__name__)
            self.close()
            raise NotAnswered from error
        if answer.will_close:
            self.close(keep_moment=True)
        if answer.status == 200:
            self._note(kind, began, 200, "")
            return orjson.loads(text)
        self._note(kind, began, answer.status, _code(text))
        raise NotAnswered

    def close(self, *, keep_moment: bool = False) -> None:
        """Close it; the next call opens another one."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
        if not keep_moment:
            self._connected = None

    def _open(self) -> http.client.HTTPConnection:
        if self._opened is None:
            self._connected = None
            opened = http.client.HTTPConnection(LOOPBACK, self._port, timeout=TIMEOUT_S)
            opened.connect()
            self._opened, self._connected = opened, time.monotonic()
            self.turns += 1
        return self._opened

    def _note(self, kind: str, began: float, status: int, code: str) -> None:
        self.journal.note(Call(kind, began, time.monotonic(), self._connected, status, code))


def _code(text: bytes) -> str:
    """Return the code of an error envelope; what isn't one is named as such."""
    try:
        return str(orjson.loads(text)["error"]["code"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "not an envelope"
