"""Breaks connections to PostgreSQL from outside: nothing else ends the wait of a thread for a server that hangs."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import psycopg2
from sqlalchemy import Engine, event


def hang_up(connection: Any) -> None:
    """End the talk of a driver's connection; whoever waits for its answer gets an `OperationalError` at once."""
    with suppress(OSError, psycopg2.Error):  # it is being closed anyway
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)


def cut_off_error() -> psycopg2.OperationalError:
    """Return what those get who want a connection too late."""
    return psycopg2.OperationalError("the connections to the database are being closed")


class OpenConnections:
    """Knows the connections of an engine, whoever has them."""

    def __init__(self, engine: Engine) -> None:
        self._known: WeakSet[Any] = WeakSet()
        self._lock = threading.Lock()
        self._is_cut_off = False
        event.listen(engine, "do_connect", self._refuse)
        event.listen(engine, "connect", self._note)

    def cut_off(self) -> None:
        """Break all of them, and let none be opened any more."""
        with self._lock:
            self._is_cut_off = True
            known = list(self._known)
        for connection in known:
            hang_up(connection)

    def _refuse(self, *_: Any) -> None:
        if self._is_cut_off:
            raise cut_off_error()

    def _note(self, connection: Any, _: Any) -> None:
        with self._lock:
            self._known.add(connection)
            too_late = self._is_cut_off
        if too_late:
            hang_up(connection)
