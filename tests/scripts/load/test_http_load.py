"""The figures of a fixed number of requests."""

from __future__ import annotations

import os
import socket

import numpy as np
import pytest

from scripts.console import UsageError
from scripts.http_load import measure
from scripts.serving import Server
from tests.scripts.load.test_generator import answer, server


def asking(rng: np.random.Generator) -> tuple[str, str, bytes | None]:
    return ("GET", f"/{rng.integers(10)}", None) if rng.random() < 0.5 else ("PATCH", "/x", b'{"price": 1}')


def test_every_request_is_sent_once_and_counted() -> None:
    asked: list[bytes] = []

    def note(connection: socket.socket, data: bytes) -> None:
        asked.append(data)
        answer(connection, data)

    with server(note) as address:
        figures = measure(Server(*address, os.getpid()), asking, clients=3, requests=60)
    assert len(asked) == 60
    assert {data.split(b" ")[0] for data in asked} == {b"GET", b"PATCH"}
    assert all(data.endswith(b'\r\n\r\n{"price": 1}') for data in asked if data.startswith(b"PATCH"))
    assert 0 < figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"]
    assert figures["per_second"] > 0


def test_an_answer_that_is_not_200_ends_it() -> None:
    refused = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 2\r\n\r\n{}"
    with (
        server(lambda connection, data: connection.sendall(refused)) as address,
        pytest.raises(UsageError, match=r"of 10 answers 10 weren't 200: \{429: 10\}"),
    ):
        measure(Server(*address, os.getpid()), asking, clients=2, requests=10)
