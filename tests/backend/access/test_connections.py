"""A real server process and hostile clients with real sockets."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from scripts.serving import Server
from tests.backend.access.helpers import BODY, HEAD, WHOLE, answer_of, is_answered


@pytest.mark.parametrize(
    "beginning",
    [
        b"\r\n",
        b"POST /api/v1/se",
        HEAD,
        HEAD + b"Content-Length: 15\r\n\r\n",
        HEAD + b"Content-Length: 15\r\n\r\n" + BODY[:-1],
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n" + BODY[:5],
        b"POST /api/v1/products/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
        b'Content-Length: 999\r\n\r\n{"id": "p", ',
    ],
)
def test_a_request_that_doesnt_end_is_cut_off_with_408(
    connect: Callable[[], socket.socket], beginning: bytes
) -> None:
    connection = connect()
    connection.sendall(beginning)
    status, headers, body = answer_of(connection)
    assert (status, body["error"]["code"]) == (408, "REQUEST_TIMEOUT")
    assert body["request_id"] == headers["x-request-id"]
    assert headers["connection"] == "close"


def test_a_connection_that_says_nothing_is_closed_without_a_word(connect: Callable[[], socket.socket]) -> None:
    assert connect().recv(65536) == b""


def test_drops_that_keep_coming_dont_help(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    connection.sendall(HEAD)
    with pytest.raises(OSError):  # noqa: PT011  reset or broken pipe, as it happens
        drip(connection, seconds=30)


def drip(connection: socket.socket, seconds: float) -> None:
    """Send a small header now and then."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection.sendall(b"X-Drop: 1\r\n")
        time.sleep(0.05)


def test_the_second_request_of_a_connection_may_not_be_slow_either(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
    connection.sendall(whole)
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    connection.sendall(whole[:40])
    assert answer_of(connection)[0] == 408


def test_slow_connections_keep_no_good_one_waiting(server: Server, connect: Callable[[], socket.socket]) -> None:
    slow = [connect() for _ in range(200)]
    for number, connection in enumerate(slow):
        connection.sendall(HEAD + (b"Content-Length: 15\r\n\r\n{" if number % 2 else b"X-Slow: "))
    assert all(is_answered(server) for _ in range(50))
    assert [answer_of(connection)[0] for connection in slow] == [408] * 200
    assert is_answered(server)


def test_of_too_many_connections_the_slowest_make_room(server: Server, connect: Callable[[], socket.socket]) -> None:
    slow = [connect() for _ in range(250)]
    for connection in slow:
        connection.sendall(HEAD)
    time.sleep(1.0)  # a look at who is slow
    late = [connect() for _ in range(50)]
    for connection in late:
        connection.sendall(HEAD)
    assert is_answered(server)
    statuses = [answer_of(connection)[0] for connection in slow + late]
    assert set(statuses) <= {408, 503}
    assert is_answered(server)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (b"GET /live HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 40_000 + b"\r\n\r\n", 431, "HEADERS_TOO_LARGE"),
        (b"GET /live HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 6000 + b"\r\n", 431, "HEADERS_TOO_LARGE"),
        (b"GET /live HTTP/1.1\r\nHost: x\r\nX-Endless: " + b"a" * 200_000, 431, "HEADERS_TOO_LARGE"),
        (b"GET /" + b"a" * 200_000, 431, "HEADERS_TOO_LARGE"),
        (b"GET /live?" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "URL_TOO_LONG"),
        (
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n" + b"T: " + b"a" * 600_000,
            431,
            "HEADERS_TOO_LARGE",
        ),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;e=" + b"a" * 600_000, 431, "HEADERS_TOO_LARGE"),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, "BAD_REQUEST"),
        (b"GET /live HTTP/1.1\r\nHost: x\r\nX-Null: a\x00b\r\n\r\n", 400, "BAD_REQUEST"),
        (b"GET /live HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, "BAD_REQUEST"),
        (HEAD + b"Content-Length: " + b"0" * 5000 + b"5\r\n\r\n12345", 400, "BAD_REQUEST"),
        (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "BAD_REQUEST"),
    ],
)
def test_what_is_too_long_or_isnt_http_is_refused(
    server: Server, connect: Callable[[], socket.socket], request_: bytes, status: int, code: str
) -> None:
    connection = connect()
    try:
        connection.sendall(request_)
        got, _, body = answer_of(connection)
    except (ConnectionResetError, BrokenPipeError):  # it closed while we were still sending
        got, body = status, {"error": {"code": code}}
    assert (got, body["error"]["code"]) == (status, code)
    assert is_answered(server)


@pytest.mark.parametrize("whole", [1, 2])
@pytest.mark.parametrize(
    "next_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        HEAD + b"Content-Length: " + b"0" * 30 + b"\r\n\r\n",
        HEAD + b"X-Big: " + b"a" * 40_000 + b"\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nno number\r\n",
    ],
)
def test_a_bad_request_costs_those_before_it_no_answer(
    server: Server, connect: Callable[[], socket.socket], next_: bytes, whole: int
) -> None:
    connection = connect()
    connection.sendall(whole * WHOLE + next_)
    content = b""
    while part := connection.recv(65536):
        content += part
    statuses = re.findall(rb"HTTP/1.1 (\d+)", content)
    assert statuses[:whole] == [b"200"] * whole
    assert content.count(b'"total":0') == whole
    assert is_answered(server)


def test_whoever_doesnt_read_answers_holds_nothing_up(server: Server, connect: Callable[[], socket.socket]) -> None:
    greedy = connect()
    greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    greedy.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
    assert is_answered(server)


def test_the_server_doesnt_say_what_it_is_made_of(server: Server) -> None:
    with closing(server.connect()) as connection:
        connection.request("GET", "/live")
        answer = connection.getresponse()
        assert answer.read()
        assert answer.getheader("Server") is None


def test_its_log_has_no_stack_trace(log: Path) -> None:
    text = log.read_text()
    assert "Traceback" not in text
    assert '"level":"ERROR"' not in text
