"""One of several processes that answer on a port: uvicorn's worker, which shares connections with the others."""

from __future__ import annotations

import asyncio
import logging
import socket
from functools import partial
from pathlib import Path
from typing import Any

from uvicorn.config import Config
from uvicorn.server import Server
from uvicorn.supervisors import multiprocess

from backend.access.connections import Connections
from backend.access.handover import Handover
from backend.access.protocol import GuardedProtocol

logger = logging.getLogger(__name__)
UvicornProcess = multiprocess.Process


def share_connections(folder: Path) -> None:
    """Let the workers that uvicorn starts from now on share their connections.

    Args:
        folder: where they meet, for nobody else to write to; it outlives them.
    """
    uvicorn_starts: Any = multiprocess
    uvicorn_starts.Process = partial(WorkerProcess, folder)  # it has no setting for this


class WorkerProcess(UvicornProcess):
    """A worker as its parent has it, and as it finds itself when it begins."""

    def __init__(self, folder: Path, config: Config, sockets: list[socket.socket]) -> None:
        self._folder = folder
        super().__init__(config, sockets)

    def start(self) -> None:
        """Start it, and leave its end of their pipe to it alone.

        With that open here too, the pipe of a worker that has died only says nothing, for as long as a worker may
        take to show that it lives.
        """
        super().start()
        self.child_conn.close()

    @property
    def server(self) -> Server:
        """What answers, in the worker itself."""
        if self._server is None:
            self._server = SharingServer(self.config, self._folder)
        return self._server


class SharingServer(Server):
    """Serves connections that it accepts, and those that other workers hand over."""

    def __init__(self, config: Config, folder: Path) -> None:
        super().__init__(config)
        self._folder = folder

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer; where the folder is gone, with the connections alone that this worker accepts itself."""
        await super().startup(sockets)
        self._book = Connections.of(asyncio.get_running_loop())
        try:
            self._book.handover = Handover(self._folder, self._take)
        except OSError as error:
            logger.warning("this worker doesn't share connections with the others: %s", error)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what has been accepted, and end."""
        if self._book.handover is not None:
            self._book.handover.close()
            self._book.handover = None
        await super().shutdown(sockets)

    async def _take(self, accepted: socket.socket) -> None:
        await asyncio.get_running_loop().connect_accepted_socket(self._protocol, accepted)

    def _protocol(self) -> GuardedProtocol:
        loop = asyncio.get_running_loop()
        protocol = GuardedProtocol(self.config, self.server_state, self.lifespan.state, loop)
        protocol.stay(ending=self._book.handover is None)
        return protocol
