"""What a worker knows of another one on its port, and the way over which it hands connections to it."""

from __future__ import annotations

import asyncio
import mmap
import socket
import struct
from collections import deque
from collections.abc import Callable
from pathlib import Path

RECORD = struct.Struct("=dI?")  # when a worker last looked, in monotonic seconds; its connections; is it ready?
STALE_S = 2.0  # without a look: it is stuck, and would leave the client waiting
SETTLED_S = 0.02  # by when a connection that was handed over is in the other's count
GIVEN, TAKEN, NOT_TAKEN = b"c", b"t", b"n"
FIGURES, SOCKET = ".open", ".socket"

Lost = Callable[["Peer", list[socket.socket]], None]
Back = Callable[[list[socket.socket]], None]


class Peer:
    """Another worker: how many connections it has, and the way to it."""

    def __init__(self, folder: Path, name: str, loop: asyncio.AbstractEventLoop, back: Back, lost: Lost) -> None:
        """Find it.

        Args:
            folder: of the server's workers.
            name: of the worker.
            loop: of this process.
            back: gets connections that it couldn't take.
            lost: gets, once, this peer and the connections that it was sent and hasn't taken, when it has ended.

        Raises:
            OSError: it has gone.
            ValueError: it has just begun.
        """
        self.name = name
        self._loop, self._back, self._lost = loop, back, lost
        self._sent: deque[socket.socket] = deque()
        self._base, self._since, self._count = 0, 0.0, 0
        with (folder / f"{name}{FIGURES}").open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), RECORD.size, access=mmap.ACCESS_READ)
        self._way = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._way.setblocking(False)
        try:
            self._way.connect(str(folder / f"{name}{SOCKET}"))
        except OSError:
            self._way.close()
            self._memory.close()
            raise
        loop.add_reader(self._way.fileno(), self._hear)

    def open_at(self, now: float) -> int | None:
        """Return how many connections it has, with those on their way; None when it isn't ready or may be stuck."""
        looked, count, is_ready = RECORD.unpack_from(self._memory)
        if not is_ready or now - looked > STALE_S:
            return None
        if now - self._since > SETTLED_S:
            self._base, self._since, self._count = count, now, 0
        return max(int(count), self._base + self._count)

    def send(self, connection: socket.socket) -> None:
        """Hand a connection over; it is closed here when the other one says that it has it.

        Raises:
            OSError: it doesn't take it.
        """
        socket.send_fds(self._way, [GIVEN], [connection.fileno()])
        self._sent.append(connection)
        self._count += 1

    def close(self) -> list[socket.socket]:
        """Let go of it; return the connections that it hasn't taken yet."""
        self._loop.remove_reader(self._way.fileno())
        self._way.close()
        self._memory.close()
        return list(self._sent)

    def _hear(self) -> None:
        try:
            heard = self._way.recv(1)
        except BlockingIOError:
            return
        except OSError:
            heard = b""
        if heard == TAKEN:  # answers come in the order of what was sent
            self._sent.popleft().close()
        elif heard:
            self._back([self._sent.popleft()])
        else:
            self._lost(self, self.close())
