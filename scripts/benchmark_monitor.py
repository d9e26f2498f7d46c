"""Measure what recording costs: one request, its stages, the middleware, and a reading of all of it.

    python -m scripts.benchmark_monitor

Beside it prometheus-client does the same additions, in one process and in its mode for several. Times are processor
time, the best of several rounds taken in turn; they make the table of decision 0021.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import typer
from prometheus_client import CollectorRegistry, Counter, Histogram
from rich.table import Table
from starlette.types import Message, Receive, Scope, Send

from backend.config import Settings
from backend.monitor.exposition import exposition
from backend.monitor.middleware import MonitorMiddleware
from backend.monitor.recorder import REQUEST
from backend.monitor.runtime import Monitor
from backend.monitor.templates import Templates
from scripts.console import console

app = typer.Typer(add_completion=False)
TIMES, ROUNDS = 5_000, 9
STAGES_MS = {"understand": 0.4, "encode": 6.0, "filter": 0.1, "retrieve": 1.2, "facets": 0.1, "enrich": 0.2}
SECONDS = [0.0001 * (1 + number % 997) for number in range(TIMES)]
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"2")]


@app.command(help=__doc__)
def main() -> None:
    """Run the command."""
    if MULTIPROCESS in os.environ:  # asked by the run below, since the mode is chosen by the first import
        sys.stdout.write(str(best({"": prometheus()})[""]))
        return
    monitor = Monitor(Settings(_env_file=None))
    found = best(
        {
            "a request": request(monitor),
            "six stages": stages(monitor),
            "both by prometheus-client, in one process": prometheus(),
            "the middleware with its record, of a cached answer": middleware(monitor),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, MULTIPROCESS: folder}
        command = [sys.executable, "-m", "scripts.benchmark_monitor"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        found["both by prometheus-client, for several processes"] = float(done.stdout)
    start = time.process_time()
    page = exposition(asyncio.run(monitor.read()), monitor.target_s)
    found[f"reading one worker and writing /metrics ({len(page):,} bytes)"] = (time.process_time() - start) * 1e6
    table = Table("", "µs")
    for name, value in found.items():
        table.add_row(name, f"{value:.1f}")
    console.print(table)


def best(works: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Return the least microseconds that one of `TIMES` pieces of each work took, in rounds that take turns."""
    found = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.process_time()
            work()
            found[name] = min(found[name], (time.process_time() - start) / TIMES * 1e6)
    return found


def request(monitor: Monitor) -> Callable[[], None]:
    """Return the recording of requests."""
    recorder = monitor.recorder
    series = recorder.series(REQUEST, "POST", "/api/v1/search")

    def work() -> None:
        for seconds in SECONDS:
            recorder.request(series, seconds, time.monotonic(), 200, "hit", True, False)

    return work


def stages(monitor: Monitor) -> Callable[[], None]:
    """Return the recording of stages."""

    def work() -> None:
        for _ in SECONDS:
            monitor.recorder.stages("search", STAGES_MS, time.monotonic(), is_heavy=False)

    return work


def prometheus() -> Callable[[], None]:
    """Return what prometheus-client does for a request and its stages: a counter and seven histograms."""
    registry = CollectorRegistry()
    requests = Counter("requests", "Requests.", ["route", "status"], registry=registry)
    times = Histogram("times", "Times.", ["route"], registry=registry)
    parts = Histogram("parts", "Stages.", ["operation", "stage"], registry=registry)

    def work() -> None:
        for seconds in SECONDS:
            requests.labels("/api/v1/search", "2xx").inc()
            times.labels("/api/v1/search").observe(seconds)
            for stage, value in STAGES_MS.items():
                parts.labels("search", stage).observe(value / 1000)

    return work


def middleware(monitor: Monitor) -> Callable[[], None]:
    """Return the way of cached answers through the middleware; the answer itself takes less than 1 µs of it."""

    async def cached(scope: Scope, _: Receive, send: Send) -> None:
        scope["vitrine.operation"], scope["vitrine.cache"] = "search", "hit"
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": b"{}"})

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        return None

    measured = MonitorMiddleware(cached, monitor, Templates(()))

    async def ask() -> None:
        for _ in SECONDS:
            scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/api/v1/search", "headers": HEADERS}
            await measured(scope, receive, send)

    return lambda: asyncio.run(ask())


if __name__ == "__main__":
    app()
