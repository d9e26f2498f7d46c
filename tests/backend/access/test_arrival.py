"""When a request came, with real sockets and a real event loop that is kept busy."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import closing
from typing import cast

import pytest
import uvloop

from backend.access.arrival import Arrivals

BUSY_S = 0.1
STEP_S = 0.01  # of the kernel's clock, at most
ROUNDED_S = 0.001  # which it tells in whole milliseconds


class Noting(asyncio.Protocol):
    """Notes when what it reads came, and when it read it."""

    def __init__(self) -> None:
        self.noted: list[tuple[float, float]] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        came = Arrivals.of(asyncio.get_running_loop()).at(self._transport)
        self.noted.append((came, time.monotonic()))


async def noted(client: socket.socket, protocol: Noting, *, busy_before_s: float, busy_after_s: float) -> float:
    """Send something while the loop does something else; return how long it says that it lay unread."""
    count = len(protocol.noted)
    time.sleep(busy_before_s)
    client.sendall(b"x")
    time.sleep(busy_after_s)
    while len(protocol.noted) == count:
        await asyncio.sleep(0.001)
    came, read = protocol.noted[-1]
    return read - came


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="the system doesn't tell")
def test_what_waits_in_the_socket_has_come_before() -> None:
    async def run() -> None:
        protocol = Noting()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            client = socket.create_connection(listening.getsockname())
            accepted, _ = listening.accept()
        transport, _ = await asyncio.get_running_loop().create_connection(lambda: protocol, sock=accepted)
        with closing(client):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await noted(client, protocol, busy_before_s=0, busy_after_s=0)
            assert await noted(client, protocol, busy_before_s=0, busy_after_s=BUSY_S) >= BUSY_S - STEP_S
            # Before it was sent it hadn't come, however busy the loop was.
            started = time.monotonic()
            waited_s = await noted(client, protocol, busy_before_s=BUSY_S, busy_after_s=0)
            assert waited_s <= time.monotonic() - started - BUSY_S + STEP_S
            assert waited_s >= 0
        transport.close()

    uvloop.run(run())


def test_what_the_system_says_nothing_of_came_now() -> None:
    async def run() -> None:
        loop, protocol = asyncio.get_running_loop(), Noting()
        ours, theirs = socket.socketpair()  # not TCP
        transport, _ = await loop.create_unix_connection(lambda: protocol, sock=ours)
        with closing(theirs):
            assert await noted(theirs, protocol, busy_before_s=0, busy_after_s=BUSY_S) < BUSY_S / 2
        transport.close()

    uvloop.run(run())


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="the system doesn't tell")
def test_what_a_quiet_server_reads_came_no_more_than_a_step_before_it_was_sent() -> None:
    """Nothing was read for long, so the kernel's clock alone tells; a machine that stood still skips steps."""

    async def run() -> None:
        protocol = Noting()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            client = socket.create_connection(listening.getsockname())
            accepted, _ = listening.accept()
        transport, _ = await asyncio.get_running_loop().create_connection(lambda: protocol, sock=accepted)
        with closing(client):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            early_s = []
            for count in range(1, 32):
                await asyncio.sleep(3 * STEP_S)
                sent = time.monotonic()
                client.sendall(b"x")
                while len(protocol.noted) < count:
                    await asyncio.sleep(0.0001)
                came, read = protocol.noted[-1]
                assert came <= read
                early_s.append(sent - came)
            assert sorted(early_s)[15] <= STEP_S + ROUNDED_S
        transport.close()

    uvloop.run(run())


async def test_a_wait_is_no_longer_than_since_something_was_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's clock may step in between: then it says several milliseconds for a moment."""
    monkeypatch.setattr("backend.access.arrival._waited_s", lambda _: 3600.0)
    earliest = time.monotonic()
    arrivals, transport = Arrivals(), asyncio.Transport()
    for _ in range(3):
        latest = time.monotonic()
        await asyncio.sleep(0.001)
        read = time.monotonic()
        first, second = arrivals.at(transport), arrivals.at(transport)
        assert second == pytest.approx(first)  # both of one look
        assert earliest <= first <= latest
        earliest = read
