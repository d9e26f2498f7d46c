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
from backend.access.peers import FIGURES, RECORD, SETTLED_S, SOCKET, STALE_S
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
        here.count(2, is_ready=True)
        assert not here.passes_on(transport)  # the other isn't ready
        other.count(2, is_ready=True)
        assert not here.passes_on(transport)  # it has as many
        other.count(1, is_ready=True)
        await asyncio.sleep(2 * SETTLED_S)  # until then what was read counts
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
    here.count(5, is_ready=True)
    figures, door = tmp_path / f"2{FIGURES}", tmp_path / f"2{SOCKET}"
    now = asyncio.get_running_loop().time()
    client, accepted = socket.socketpair()
    with closing(client), closing(accepted), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        transport = FakeTransport(accepted)
        figures.write_bytes(RECORD.pack(now + 60, 0, True))
        here.look()
        assert not here.passes_on(transport)  # no door yet
        listening.bind(str(door))
        listening.listen()
        figures.write_bytes(RECORD.pack(now - 2 * STALE_S, 0, True))
        here.look()
        assert not here.passes_on(transport)  # stuck
        assert not transport.gone
    here.close()


async def test_what_was_handed_to_a_worker_that_is_killed_is_served_here(tmp_path: Path) -> None:
    served: list[socket.socket] = []

    async def take(given: socket.socket) -> None:
        served.append(given)

    here = Handover(tmp_path, take)
    here.count(5, is_ready=True)
    figures, door = tmp_path / f"2{FIGURES}", tmp_path / f"2{SOCKET}"
    figures.write_bytes(RECORD.pack(asyncio.get_running_loop().time() + 60, 0, True))
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


async def test_who_is_not_ready_gives_all_to_who_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Handover(tmp_path, refuse)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    taken: list[socket.socket] = []

    async def take(given: socket.socket) -> None:
        taken.append(given)

    other = Handover(tmp_path, take)
    here.look()
    client, accepted = socket.socketpair()
    with closing(client):
        transport = FakeTransport(accepted)
        assert not here.passes_on(transport)  # nobody is ready
        other.count(200, is_ready=True)
        assert here.passes_on(transport)
        while not taken:
            await asyncio.sleep(0.01)
        taken[0].close()
    here.close()
    other.close()


async def test_what_the_other_has_no_file_for_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[socket.socket] = []

    async def take(given: socket.socket) -> None:
        served.append(given)

    here = Handover(tmp_path, take)
    here.count(5, is_ready=True)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    other = Handover(tmp_path, refuse)
    other.count(0, is_ready=True)
    here.look()
    while not other._givers:  # the way between them is open
        await asyncio.sleep(0.01)
    received = socket.recv_fds

    def without_files(giver: socket.socket, size: int, most: int) -> tuple[bytes, list[int], int, tuple[str, int]]:
        message, descriptors, flags, address = received(giver, size, most)
        for descriptor in descriptors:
            os.close(descriptor)
        return message, [], flags, address

    monkeypatch.setattr(socket, "recv_fds", without_files)
    client, accepted = socket.socketpair()
    with closing(client):
        assert here.passes_on(FakeTransport(accepted))
        while not served:
            await asyncio.sleep(0.01)
        served[0].sendall(b"HTTP/1.1 200")
        served[0].close()
        assert client.recv(16) == b"HTTP/1.1 200"
    here.close()
    other.close()
