"""Requests that the parser takes and HTTP doesn't, over real sockets."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from backend.access.safe_headers import safe_headers
from scripts.serving import Server
from tests.backend.access.helpers import HEAD, WHOLE, answer_of, is_answered

HOST = b" HTTP/1.1\r\nHost: x\r\n\r\n"
BAD_TARGETS = [
    b"GET http://a:99999/", b"GET http://a:b/", b"GET http://[::1/", b"GET http://", b"GET http://@/",
    b"CONNECT evil:443", b"GET ftp://x/", b"GET *",
]  # fmt: skip
BAD_HEADS = [
    b"GET /live HTTP/1.1\r\n\r\n",
    b"GET /live HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    b"GET /live HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /live HTTP/2.0\r\nHost: a\r\n\r\n",
    b"GET /live\r\nHost: a\r\n\r\n",
]


def statuses_of(connection: socket.socket) -> list[bytes]:
    """Read to the end of the connection; return the status of each answer."""
    content = b""
    while part := connection.recv(65536):
        content += part
    return re.findall(rb"HTTP/1.1 (\d+)", content)


@pytest.mark.parametrize("kept_alive", [False, True])
@pytest.mark.parametrize("request_", [*(target + HOST for target in BAD_TARGETS), *BAD_HEADS])
def test_a_head_that_http_forbids_is_refused_once(
    connect: Callable[[], socket.socket], request_: bytes, kept_alive: bool
) -> None:
    connection = connect()
    if kept_alive:
        connection.sendall(WHOLE)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    connection.sendall(request_)
    status, headers, body = answer_of(connection)
    assert (status, body["error"]["code"], headers["connection"]) == (400, "BAD_REQUEST", "close")
    assert body["request_id"] == headers["x-request-id"]


@pytest.mark.parametrize("request_", [BAD_TARGETS[0] + HOST, BAD_TARGETS[5] + HOST, *BAD_HEADS])
def test_it_waits_for_the_answers_before_it(connect: Callable[[], socket.socket], request_: bytes) -> None:
    connection = connect()
    connection.sendall(WHOLE + request_ + WHOLE)
    assert statuses_of(connection)[:1] == [b"200"]


def test_what_is_refused_in_front_of_the_application_has_the_headers_for_browsers(
    connect: Callable[[], socket.socket],
) -> None:
    for request_ in (b"nonsense\r\n\r\n", BAD_HEADS[0]):
        connection = connect()
        connection.sendall(request_)
        _, headers, _ = answer_of(connection)
        for name, value in safe_headers(https_only=False):
            assert headers[name.decode()] == value.decode().lower()


@pytest.mark.parametrize(
    ("head", "path"),
    [
        (b"GET http://shop.example/live?a=1 HTTP/1.1\r\nHost: shop.example\r\n", "/live"),
        (b"GET HTTPS://shop.example HTTP/1.1\r\nHost: shop.example\r\n", "/"),
        (b"GET http://shop.example?a=1 HTTP/1.1\r\nHost: shop.example\r\n", "/"),
        (b"GET /live HTTP/1.0\r\n", "/live"),
        (b"GET /live HTTP/1.1\r\nHost:\r\n", "/live"),
    ],
)
def test_other_forms_that_http_knows_are_served(
    server: Server, connect: Callable[[], socket.socket], head: bytes, path: str
) -> None:
    connection = connect()
    connection.sendall(head + b"Connection: close\r\n\r\n")
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    with closing(server.connect()) as plain:
        plain.request("GET", path)
        assert (answer.status, answer.read()) == (200, plain.getresponse().read())


def test_who_asks_for_another_protocol_is_answered_in_this_one(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    upgrade = b"GET /live HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
    last = b"GET /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    connection.sendall(2 * upgrade + last)
    assert statuses_of(connection) == [b"200"] * 3


@pytest.mark.parametrize(
    "body",
    [b"1;e=" + b"a" * 100_000 + b"\r\n{\r\n0\r\n\r\n", b"1\r\n{\r\n0\r\n" + b"T: " + b"a" * 100_000 + b"\r\n\r\n"],
    ids=["extension", "trailer"],
)
def test_what_stands_around_a_body_is_bounded_in_one_burst_too(
    server: Server, connect: Callable[[], socket.socket], body: bytes
) -> None:
    connection = connect()
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body)
    assert answer_of(connection)[0] == 431
    assert is_answered(server)


def test_a_long_body_in_one_burst_is_read_whole(connect: Callable[[], socket.socket]) -> None:
    content = orjson.dumps({"query": "mug", "filters": {"ids": ["x" * 60 for _ in range(1000)]}})
    connection = connect()
    connection.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
    assert answer_of(connection)[0] == 200


def test_nobody_writes_warnings_into_the_log(log: Path) -> None:
    lines = [orjson.loads(line) for line in log.read_text().splitlines()]
    spoken = [line for line in lines if line["logger"] in {"uvicorn.error", "asyncio"}]
    assert [line for line in spoken if line["level"] not in {"DEBUG", "INFO"}] == []
