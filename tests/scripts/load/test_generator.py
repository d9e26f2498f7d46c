"""The load generator: whatever the server does, latencies, statuses and lost requests are told truly."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from scripts.load import generator
from scripts.load.generator import closed_loop, open_loop
from scripts.load.loop import Address
from scripts.load.wire import Request, json_request

BODY = b'{"items": []}'
OK_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)
Serve = Callable[[socket.socket, bytes], None]


@contextmanager
def server(serve: Serve) -> Iterator[Address]:
    """Run a server of threads that hands each request to a function."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk(connection: socket.socket) -> None:
            with connection:
                while True:
                    try:
                        data = connection.recv(65536)
                        if not data:
                            return
                        serve(connection, data)
                    except OSError:
                        return

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield Address(*listening.getsockname())
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def ask() -> Request:
    return json_request("search", "/", b"{}")


def answer(connection: socket.socket, _: bytes) -> None:
    connection.sendall(OK_ANSWER)


def test_a_stall_is_in_the_latency_of_all_that_were_due_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "WARM_CONNECTIONS", 1)
    monkeypatch.setattr(generator, "MOST_CONNECTIONS", 1)
    asked = []

    def stall_once(connection: socket.socket, data: bytes) -> None:
        asked.append(data)
        if len(asked) == 1:
            time.sleep(0.5)
        answer(connection, data)

    with server(stall_once) as address:
        seen = open_loop(address, ask, phases=[(200, 1)])
    answered = seen.begun_s + seen.latency_ms / 1000
    stalled = answered[0]
    meanwhile = seen.begun_s < stalled
    assert meanwhile.sum() > 30  # the moments follow from the seed; a slow machine only makes the stall longer
    assert (answered[meanwhile] >= stalled).all()
    # Counted from when they were sent, one after the other, they would all have been fast.
    assert np.median(seen.latency_ms[meanwhile]) > 100
    assert seen.statuses == {200: len(asked)}


def test_moments_follow_the_phases() -> None:
    with server(answer) as address:
        seen = open_loop(address, ask, phases=[(400, 0.5), (40, 0.5)])
    assert seen.seconds == 1
    assert (seen.begun_s >= 0).all()
    assert (seen.begun_s < 1).all()
    first = int((seen.begun_s < 0.5).sum())
    assert 160 < first < 240
    assert 5 < len(seen) - first < 40


def test_a_closed_loop_asks_again_once_it_is_answered() -> None:
    waiting, most, lock = 0, 0, threading.Lock()

    def counted(connection: socket.socket, data: bytes) -> None:
        nonlocal waiting, most
        with lock:
            waiting += 1
            most = max(most, waiting)
        time.sleep(0.001)
        with lock:
            waiting -= 1
        answer(connection, data)

    with server(counted) as address:
        seen = closed_loop(address, ask, connections=3, seconds=0.3)
    assert 1 <= most <= 3
    assert seen.statuses == {200: len(seen)}
    assert seen.errors == 0
    assert set(seen.kinds) == {"search"}
    assert (seen.latency_ms >= 1).all()


def test_a_closed_loop_ends_with_its_requests() -> None:
    with server(answer) as address:
        seen = closed_loop(address, ask, connections=4, seconds=60, requests=50)
    assert seen.statuses == {200: 50}
    assert seen.seconds < 60


def test_answers_in_pieces_are_one_answer() -> None:
    def piecemeal(connection: socket.socket, _: bytes) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(OK_ANSWER), 7):
            connection.sendall(OK_ANSWER[start : start + 7])
            time.sleep(0.0005)

    bodies = []

    def look(kind: str, body: bytes) -> None:
        bodies.append((kind, body))

    with server(piecemeal) as address:
        seen = closed_loop(address, ask, connections=1, seconds=0.1, check=look)
    assert seen.errors == 0
    assert set(bodies) == {("search", BODY)}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(OK_ANSWER[:-3], id="half an answer"),
        pytest.param(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", id="no length"),
    ],
)
def test_broken_connections_are_counted_and_replaced(broken: bytes) -> None:
    asked = []

    def break_every_second(connection: socket.socket, data: bytes) -> None:
        asked.append(data)
        if len(asked) % 2:
            answer(connection, data)
        else:
            connection.sendall(broken)
            connection.shutdown(socket.SHUT_RDWR)

    with server(break_every_second) as address:
        seen = closed_loop(address, ask, connections=1, seconds=0.5)
    assert len(seen) == len(asked)
    assert seen.statuses == {200: (len(asked) + 1) // 2, 0: len(asked) // 2}
    assert seen.errors == len(asked) // 2 > 0


def test_what_is_never_answered_is_lost() -> None:
    with server(lambda connection, data: None) as address:
        seen = closed_loop(address, ask, connections=2, seconds=0.1, grace_s=0.1)
        due = open_loop(address, ask, phases=[(50, 0.2)], grace_s=0.1)
    assert seen.statuses == {0: 2}
    assert set(due.statuses) == {0}
    assert len(due) == due.errors > 0


def test_other_statuses_are_errors_and_not_checked() -> None:
    refused = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}"
    with server(lambda connection, data: connection.sendall(refused)) as address:
        seen = closed_loop(address, ask, connections=1, seconds=0.1, check=lambda kind, body: "looked at")
    assert seen.statuses == {503: len(seen)}
    assert seen.complaints == []


def test_complaints_are_kept() -> None:
    with server(answer) as address:
        seen = closed_loop(address, ask, connections=1, seconds=0.1, check=lambda kind, body: f"{kind}: {body!r}")
    assert seen.errors == 0
    assert seen.complaints[0] == f"search: {BODY!r}"


def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = Address(*free.getsockname())
    with pytest.raises(OSError, match=r"."):
        closed_loop(address, ask, connections=1, seconds=0.1)
