"""Clients that ask a server at once, each in a process of its own."""

from __future__ import annotations

import http.client
import multiprocessing
import socket
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scripts.console import UsageError
from scripts.serving import Server

Request = tuple[str, str, bytes | None]
"""Method, path and JSON."""
Asking = Callable[[np.random.Generator], Request]
"""Makes the next request; defined at the top of a module, so that processes can be given it."""


def measure(server: Server, asking: Asking, clients: int, requests: int) -> dict[str, float]:
    """Let clients ask one request after another; return how long answers took, and the server's processor time.

    Where others use the machine too, the processor time is the figure to compare. The server's work behind its
    answers is in it, a database server's own isn't.

    Raises:
        UsageError: an answer isn't 200.
    """
    share = max(1, requests // clients)
    jobs = [(server.host, server.port, asking, share, seed) for seed in range(clients)]
    with multiprocessing.get_context("spawn").Pool(clients) as pool:
        pool.map(_nothing, range(clients), chunksize=1)  # processes have started when the clock does
        start, processor = time.perf_counter(), server.processor_s()
        latencies = np.concatenate(pool.map(_client, jobs, chunksize=1))
        seconds, processor = time.perf_counter() - start, server.processor_s() - processor
    p50, p95, p99 = np.percentile(latencies, [50, 95, 99])
    return {
        "per_second": round(len(latencies) / seconds),
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "p99_ms": round(float(p99), 2),
        "processor_ms": round(1000 * processor / len(latencies), 2),
    }


def _nothing(_: int) -> None:
    pass


def _client(job: tuple[str, int, Asking, int, int]) -> NDArray[np.float64]:
    host, port, asking, count, seed = job
    rng = np.random.default_rng(seed)
    connection = http.client.HTTPConnection(host, port, timeout=60)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    took = np.empty(count)
    for number in range(count):
        method, path, body = asking(rng)
        start = time.perf_counter()
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        took[number] = (time.perf_counter() - start) * 1000
        if answer.status != 200:
            raise UsageError(f"{path} answered {answer.status}: {content[:200]!r}")
    connection.close()
    return took
