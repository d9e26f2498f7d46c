"""Workers of one port share its connections evenly: who has more of them than another hands a new one over.

Whichever worker wakes first takes all connections that wait at the port. Clients that keep theirs open, as a proxy
does, would then be answered by one worker while the others rest. Here a worker that accepts one while another has
fewer open passes its file descriptor on, before a byte of it was read. Whatever is in the way of that, it keeps it.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import socket
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from backend.access.peers import FIGURES, GIVEN, NOT_TAKEN, RECORD, SOCKET, TAKEN, Peer

Stay = Callable[[socket.socket], Awaitable[None]]


class Transport(Protocol):
    """Of a connection that was just made."""

    def get_extra_info(self, name: str) -> socket.socket:
        """Return its socket."""

    def abort(self) -> None:
        """Close it here."""


class Handover:
    """One worker's end: what it tells the others, whom it can hand connections to, and what it gets from them."""

    def __init__(self, folder: Path, stay: Stay) -> None:
        """Make this worker known.

        Args:
            folder: of the server's workers, for nobody else to write to.
            stay: begins to serve a connection that another worker has accepted.

        Raises:
            OSError: the folder can't be written to.
        """
        self._folder, self._stay = folder, stay
        self._name = str(os.getpid())
        self._loop = asyncio.get_running_loop()
        self._peers: dict[str, Peer] = {}
        self._givers: set[socket.socket] = set()
        self._mine = 0
        self._is_ready = False
        self._coming: set[asyncio.Task[None]] = set()  # connections that were taken, and aren't counted yet
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.setblocking(False)
        self._door.bind(str(folder / f"{self._name}{SOCKET}"))
        self._door.listen()
        self._loop.add_reader(self._door.fileno(), self._let_in)
        with (folder / f"{self._name}{FIGURES}").open("wb+") as file:
            file.truncate(RECORD.size)
            self._memory = mmap.mmap(file.fileno(), RECORD.size)
        self.look()

    def look(self) -> None:
        """Say that this worker lives, and see who else does; to be called twice a second."""
        self._tell()
        names = {path.stem for path in self._folder.glob(f"*{FIGURES}")} - {self._name}
        for name in self._peers.keys() - names:
            self._end(self._peers.pop(name))
        for name in names - self._peers.keys():
            with suppress(OSError, ValueError):  # it is just beginning or ending: the next look tells
                self._peers[name] = Peer(self._folder, name, self._loop, self._begin, self._lost)

    def count(self, mine: int, *, is_ready: bool) -> None:
        """Tell the others how this worker stands.

        Args:
            mine: connections that are open here.
            is_ready: whether it can answer: until then they give it nothing, and get all that it accepts.
        """
        self._mine, self._is_ready = mine, is_ready
        self._tell()

    def passes_on(self, transport: Transport) -> bool:
        """Whether a connection that was just accepted has gone to another worker."""
        now = self._loop.time()
        known = [(count, name) for name, peer in self._peers.items() if (count := peer.open_at(now)) is not None]
        if not known or (self._is_ready and min(known)[0] >= self._mine + len(self._coming)):
            return False
        try:
            connection = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
        except OSError:  # too many files are open
            return False
        try:
            self._peers[min(known)[1]].send(connection)
        except OSError:  # its queue is full, or it is ending, which is heard of as well
            connection.close()
            return False
        transport.abort()
        return True

    def close(self) -> None:
        """Take no connections any more but those that are on their way."""
        for suffix in (FIGURES, SOCKET):
            (self._folder / f"{self._name}{suffix}").unlink(missing_ok=True)
        RECORD.pack_into(self._memory, 0, 0.0, 0, False)  # others see it before their next look
        self._memory.close()
        self._loop.remove_reader(self._door.fileno())
        self._door.close()
        for peer in self._peers.values():
            self._end(peer)
        self._peers.clear()

    @staticmethod
    def _end(peer: Peer) -> None:
        """Let go of a worker that lives, or did until it took its leave: what it was sent it has."""
        for connection in peer.close():
            connection.close()

    def _tell(self) -> None:
        if not self._memory.closed:
            RECORD.pack_into(self._memory, 0, self._loop.time(), self._mine + len(self._coming), self._is_ready)

    def _lost(self, peer: Peer, sent: list[socket.socket]) -> None:
        """Serve what was handed to a worker that has been killed, which left its files behind."""
        del self._peers[peer.name]
        for suffix in (FIGURES, SOCKET):
            (self._folder / f"{peer.name}{suffix}").unlink(missing_ok=True)
        self._begin(sent)

    def _begin(self, accepted: Iterable[socket.socket]) -> None:
        for connection in accepted:
            task = self._loop.create_task(self._serve(connection))
            self._coming.add(task)
            task.add_done_callback(self._coming.discard)
        self._tell()

    async def _serve(self, accepted: socket.socket) -> None:
        accepted.setblocking(False)
        try:
            await self._stay(accepted)
        except OSError:  # the client has gone
            accepted.close()

    def _let_in(self) -> None:
        with suppress(BlockingIOError):
            giver, _ = self._door.accept()
            giver.setblocking(False)
            self._givers.add(giver)
            self._loop.add_reader(giver.fileno(), self._take, giver)

    def _take(self, giver: socket.socket) -> None:
        try:
            message, descriptors, _, _ = socket.recv_fds(giver, len(GIVEN), 1)
        except BlockingIOError:
            return
        except OSError:
            message, descriptors = b"", []
        self._begin(socket.socket(fileno=descriptor) for descriptor in descriptors)
        if message:
            with suppress(OSError):  # whoever gave it has ended
                giver.send(TAKEN if descriptors else NOT_TAKEN)  # as there were too many files open here
        else:  # the other worker has ended
            self._loop.remove_reader(giver.fileno())
            self._givers.discard(giver)
            giver.close()
