"""What nginx says by itself, in the form that clients know from the servers."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.access.protocol import MAX_HEAD_BYTES
from backend.access.safe_headers import safe_headers
from scripts.full.files import nginx_config
from scripts.local_services import free_port

PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="nginx isn't installed")
FEW = 2


class Front:
    """A proxy in front of a server that takes connections and answers nothing."""

    def __init__(self, folder: Path) -> None:
        self.silent = socket.create_server(("127.0.0.1", 0))
        self.silent.settimeout(10)
        self.port = free_port()
        upstream = f"127.0.0.1:{self.silent.getsockname()[1]}"
        content = nginx_config(folder, listen=f"127.0.0.1:{self.port}", upstream=upstream)
        path = folder / "nginx.conf"
        path.write_text(content.replace("limit_conn clients 1000;", f"limit_conn clients {FEW};"))
        command = [PROGRAM, "-c", path, "-p", folder, "-g", "daemon off;"]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen([str(part) for part in command], stderr=log)
        self.passed_on: list[socket.socket] = []

    def hear(self) -> bytes:
        """Return what a server gets next; it is never answered."""
        self.passed_on.append(self.silent.accept()[0])
        self.passed_on[-1].settimeout(10)
        return self.passed_on[-1].recv(4096)

    def hear_more(self) -> bytes:
        """Return what comes on the same connection."""
        part = self.passed_on[-1].recv(65536)
        assert part
        return part

    def connect(self) -> socket.socket:
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=10)
            except ConnectionRefusedError:
                time.sleep(0.02)
        raise AssertionError("nginx doesn't listen")

    def send(self, head: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        with self.connect() as connection:
            connection.sendall(head.encode())
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, json.loads(answer.read())

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        for connection in (self.silent, *self.passed_on):
            connection.close()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    front = Front(tmp_path)
    yield front
    front.close()


def test_errors_of_the_proxy_are_errors_of_the_api(front: Front) -> None:
    too_large = "Content-Length: 2000000\r\n"
    for head, status, code in (
        ("GET /metrics HTTP/1.1\r\nHost: shop\r\n\r\n", 404, "NOT_FOUND"),
        (f"POST /api/v1/search HTTP/1.1\r\nHost: shop\r\n{too_large}\r\n", 413, "PAYLOAD_TOO_LARGE"),
        (f"GET /{'x' * 40_000} HTTP/1.1\r\nHost: shop\r\n\r\n", 414, "URL_TOO_LONG"),
        (f"GET /live HTTP/1.1\r\nHost: shop\r\nX-Big: {'x' * 40_000}\r\n\r\n", 431, "HEADERS_TOO_LARGE"),
        ("POST /live HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400, "BAD_REQUEST"),
        ("GET /live HTTP/9.9\r\nHost: shop\r\n\r\n", 400, "BAD_REQUEST"),
        ("GET /live HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"),
        ("TRACE /live HTTP/1.1\r\nHost: shop\r\n\r\n", 405, "METHOD_NOT_ALLOWED"),
        ("CONNECT evil:443 HTTP/1.1\r\nHost: evil\r\n\r\n", 400, "BAD_REQUEST"),
        ("nonsense\r\n\r\n", 400, "BAD_REQUEST"),
    ):
        got, headers, body = front.send(head)
        assert (got, headers["content-type"], "retry-after" in headers) == (status, "application/json", False)
        assert body.keys() == {"success", "error", "timestamp", "request_id"}
        assert (body["success"], body["error"]["code"], body["error"]["details"]) == (False, code, {})
        assert headers["x-request-id"] == body["request_id"] != ""
        for name, value in safe_headers(https_only=False):
            assert headers[name.decode()] == value.decode()


@pytest.mark.parametrize("big", [f"X-Big: {'x' * 31_000}\r\n", f"A: {'x' * 27}\r\n" * 950], ids=["one", "many"])
def test_a_head_that_the_servers_take_comes_to_them(front: Front, big: str) -> None:
    with front.connect() as connection:
        connection.sendall(f"GET /live HTTP/1.1\r\nHost: shop\r\n{big}\r\n".encode())
        heard = front.hear()
        while b"\r\n\r\n" not in heard:
            heard += front.hear_more()
    assert big.encode() in heard
    assert len(big) < len(heard) < MAX_HEAD_BYTES


def test_one_address_has_a_bound_and_is_told_so(front: Front) -> None:
    waiting = [front.connect() for _ in range(FEW)]
    for connection in waiting:
        connection.sendall(b"GET /live HTTP/1.1\r\nHost: shop\r\n\r\n")
    for _ in waiting:
        assert front.hear()
    status, headers, body = front.send("GET /live HTTP/1.1\r\nHost: shop\r\nX-Request-ID: mine\r\n\r\n")
    assert (status, headers["retry-after"], body["error"]["code"]) == (429, "1", "RATE_LIMIT_EXCEEDED")
    assert body["request_id"] == "mine"
    for connection in waiting:
        connection.close()


def test_a_server_that_is_gone_is_a_503_and_ids_are_checked(front: Front) -> None:
    front.silent.close()
    head = 'GET /live HTTP/1.1\r\nHost: shop\r\nX-Request-ID: a"b\r\n\r\n'
    status, headers, body = front.send(head)
    assert (status, headers["retry-after"], body["error"]["code"]) == (503, "1", "OVERLOADED")
    assert '"' not in body["request_id"]


def test_servers_hear_the_host_with_its_port(front: Front) -> None:
    with front.connect() as connection:
        connection.sendall(b"GET /live HTTP/1.1\r\nHost: shop.example:8443\r\n\r\n")
        assert b"Host: shop.example:8443\r\n" in front.hear()
