"""Several worker processes on one port, and clients that keep their connections open."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from backend.access.handover import Handover
from backend.access.peers import FIGURES, RECORD, SOCKET, STALE_S
from backend.config import Settings
from scripts.serving import Server, running_server
from tests.backend.access.helpers import APP

WORKERS = 3
CLIENTS = 30


def spread(server: Server) -> Counter[int]:
    """Open connections at once, ask over each; return how many each worker has."""
    answered: Counter[int] = Counter()
    with ExitStack() as stack:
        connections = [stack.enter_context(closing(server.connect())) for _ in range(CLIENTS)]
        for connection in connections:
            connection.connect()
        for connection in connections:
            workers = server.call(connection, "GET", "/status")["workers"]
            answered[next(worker["pid"] for worker in workers if worker["is_answering"])] += 1
    return answered


def is_shared(found: Counter[int]) -> bool:
    return len(found) == WORKERS and max(found.values()) - min(found.values()) <= WORKERS


def test_connections_are_shared_evenly_whoever_comes_and_goes(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path / 'test.db'}",
        faiss_index_path=tmp_path / "index",
        media_path=tmp_path / "media",
        recommender_path=tmp_path / "recommender",
        monitor_path=tmp_path / "monitor",
        profile_worker=False,
    )
    with running_server(settings, workers=WORKERS, app=APP, log=tmp_path / "log") as server:
        deadline = time.monotonic() + 60
        while not is_shared(before := spread(server)):  # workers find each other within half a second
            assert time.monotonic() < deadline, before
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        while Path(f"/proc/{victim}/fd").exists() and any(Path(f"/proc/{victim}/fd").iterdir()):
            time.sleep(0.01)
        while not is_shared(after := spread(server)):  # every one of them is answered meanwhile
            assert time.monotonic() < deadline, after
        assert victim not in after


class FakeTransport:
    """A connection that was just accepted."""

    def __init__(self, accepted: socket.socket) -> None:
        self._socket = accepted
        self.gone = False

    def get_extra_info(self, name: str) -> socket.socket:
        return self._socket

    def abort(self) -> None:
        self.gone = True
        self._socket.close()


async def refuse(given: socket.socket) -> None:
    pytest.fail("nobody hands anything over")


async def test_a_connection_goes_with_its_bytes_to_who_has_fewer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Handover(tmp_path, refuse)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    taken: list[socket.socket] = []

    async def take(given: socket.socket) -> None:
        taken.append(given)

    other = Handover(tmp_path, take)
    here.look()
    client, accepted = socket.socketpair()
    with closing(client):
        client.sendall(b"GET /")
        transport = FakeTransport(accepted)
        assert not here.passes_on(transport)  # both have none
        here.count(2)
        assert here.passes_on(transport)
        assert transport.gone
        while not taken:
            await asyncio.sleep(0.01)
        with closing(taken[0]) as given:
            assert given.recv(16) == b"GET /"
            given.sendall(b"HTTP/1.1 200")
        assert client.recv(16) == b"HTTP/1.1 200"
    here.close()
    other.close()
    assert not list(tmp_path.iterdir())


async def test_a_connection_stays_where_nobody_can_take_it(tmp_path: Path) -> None:
    here = Handover(tmp_path, refuse)
    here.count(5)
    figures, door = tmp_path / f"2{FIGURES}", tmp_path / f"2{SOCKET}"
    now = asyncio.get_running_loop().time()
    client, accepted = socket.socketpair()
    with closing(client), closing(accepted), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        transport = FakeTransport(accepted)
        figures.write_bytes(RECORD.pack(now + 60, 0))
        here.look()
        assert not here.passes_on(transport)  # no door yet
        listening.bind(str(door))
        listening.listen()
        figures.write_bytes(RECORD.pack(now - 2 * STALE_S, 0))
        here.look()
        assert not here.passes_on(transport)  # stuck
        assert not transport.gone
    here.close()


async def test_what_was_handed_to_a_worker_that_is_killed_is_served_here(tmp_path: Path) -> None:
    served: list[socket.socket] = []

    async def take(given: socket.socket) -> None:
        served.append(given)

    here = Handover(tmp_path, take)
    here.count(5)
    figures, door = tmp_path / f"2{FIGURES}", tmp_path / f"2{SOCKET}"
    figures.write_bytes(RECORD.pack(asyncio.get_running_loop().time() + 60, 0))
    client, accepted = socket.socketpair()
    with closing(client):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            listening.bind(str(door))
            listening.listen()
            here.look()
            assert here.passes_on(FakeTransport(accepted))
            await asyncio.sleep(0.05)
            assert not served
        while not served:
            await asyncio.sleep(0.01)
        with closing(served[0]) as given:
            given.sendall(b"HTTP/1.1 200")
        assert client.recv(16) == b"HTTP/1.1 200"
    assert not figures.exists()
    assert not door.exists()
    here.close()
