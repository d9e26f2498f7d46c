"""How long a server takes for a number of requests, and what they cost it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scripts.console import UsageError
from scripts.load.generator import closed_loop
from scripts.load.loop import Address
from scripts.load.wire import Request as Ready
from scripts.load.wire import json_request
from scripts.serving import Server

Request = tuple[str, str, bytes | None]
"""Method, path and JSON."""
Asking = Callable[[np.random.Generator], Request]
"""Makes the next request."""

LONGEST_S = 3600.0


def measure(server: Server, asking: Asking, clients: int, requests: int) -> dict[str, float]:
    """Let clients ask one request after another; return how long answers took, and the server's processor time.

    Where others use the machine too, the processor time is the figure to compare. The server's work behind its
    answers is in it, a database server's own isn't.

    Raises:
        UsageError: an answer isn't 200.
    """
    rng = np.random.default_rng(clients)

    def source() -> Ready:
        method, path, body = asking(rng)
        return json_request(path, path, body or b"", method)

    address, before = Address(server.host, server.port), server.processor_s()
    seen = closed_loop(address, source, connections=clients, seconds=LONGEST_S, requests=requests)
    processor = server.processor_s() - before
    if seen.errors:
        raise UsageError(f"of {len(seen)} answers {seen.errors} weren't 200: {seen.statuses}")
    p50, p95, p99 = np.percentile(seen.latency_ms, [50, 95, 99])
    return {
        "per_second": round(len(seen) / seen.elapsed_s),
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "p99_ms": round(float(p99), 2),
        "processor_ms": round(1000 * processor / len(seen), 2),
    }
