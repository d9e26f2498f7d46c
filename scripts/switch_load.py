"""A server process and shoppers that never stop searching; a part of prove_switch."""

from __future__ import annotations

import http.client
import itertools
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from backend.config import Settings
from scripts.console import UsageError

START_TIMEOUT_S = 240.0
READY = '"ready: '  # in the log of each worker that has loaded
REQUESTS_PER_CONNECTION = 20  # then a new one, which another worker may take


@dataclass(frozen=True, slots=True)
class Server:
    """A server with one or more workers."""

    process: subprocess.Popen[bytes]
    port: int

    def connect(self) -> http.client.HTTPConnection:
        """Open a connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def call(self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON of an answer.

        Raises:
            UsageError: its status isn't 200.
        """
        content = None if body is None else orjson.dumps(body)
        connection.request(method, path, content, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise UsageError(f"{method} {path} answered {answer.status}: {text[:300]!r}")
        return orjson.loads(text)

    def is_ready(self) -> bool:
        """Whether a worker can answer searches."""
        try:
            self.call(self.connect(), "GET", "/ready")
        except (OSError, http.client.HTTPException, UsageError):
            return False
        return True

    def processes(self) -> list[int]:
        """Return the ids of the process and its children (Linux)."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split())] if children.exists() else []

    def memory_mb(self) -> int:
        """Return the resident memory of all processes together in MiB."""
        lines = [
            line for process in self.processes() for line in Path(f"/proc/{process}/status").read_text().splitlines()
        ]
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment that gives a command these settings."""
    return {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "FAISS_INDEX_PATH": str(settings.faiss_index_path),
        "MEDIA_PATH": str(settings.media_path),
    }


@contextmanager
def running_server(settings: Settings, workers: int, log: Path) -> Iterator[Server]:
    """Run a server until the block ends; every worker is ready when this yields."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"API_HOST": "127.0.0.1", "API_PORT": str(port), "API_WORKERS": str(workers), "LOG_LEVEL": "INFO"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.run"],
            env=environment(settings) | own,
            stdout=output,
            stderr=output,
        )
        try:
            server = Server(process, port)
            deadline = time.monotonic() + START_TIMEOUT_S
            while log.read_text().count(READY) < workers or not server.is_ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise UsageError(f"the server did not become ready:\n{log.read_text()}")
                time.sleep(0.1)
            yield server
        finally:
            process.terminate()
            process.wait()


@dataclass(frozen=True, slots=True)
class Answer:
    """What one search brought: the model that it names, and products with their scores."""

    query: str
    fingerprint: str
    products: tuple[tuple[str, float], ...]


class Load:
    """Shoppers, each in a thread, who search without a pause until the block ends."""

    def __init__(self, server: Server, queries: Sequence[str], shoppers: int, limit: int = 10) -> None:
        self.limit = limit
        self.failures: list[str] = []
        self._server = server
        self._queries = queries
        self._stopping = threading.Event()
        self.latencies_ms: list[float] = []
        self._answers: list[list[Answer]] = [[] for _ in range(shoppers)]
        self._threads = [threading.Thread(target=self._search, args=(number,)) for number in range(shoppers)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    @property
    def answers(self) -> list[Answer]:
        """Every answer, of one shopper after the other."""
        return list(itertools.chain.from_iterable(self._answers))

    def changes_seen(self) -> int:
        """Return how often a shopper's next answer was of another model than the one before."""
        pairs = itertools.chain.from_iterable(itertools.pairwise(own) for own in self._answers)
        return sum(one.fingerprint != other.fingerprint for one, other in pairs)

    def _search(self, number: int) -> None:
        rng = random.Random(number)  # noqa: S311  reproducible, not secret
        while not self._stopping.is_set():
            connection = self._server.connect()
            for _ in range(REQUESTS_PER_CONNECTION):
                if self._stopping.is_set():
                    break
                query = rng.choice(self._queries)
                request = {"query": query, "limit": self.limit}
                start = time.perf_counter()
                try:
                    page = self._server.call(connection, "POST", "/api/v1/search", request)
                except (OSError, http.client.HTTPException, UsageError) as error:
                    self.failures.append(f"{query!r}: {error!r}")
                    break
                self.latencies_ms.append((time.perf_counter() - start) * 1000)
                products = tuple((item["product"]["id"], item["score"]) for item in page["items"])
                self._answers[number].append(Answer(query, page["encoder"]["fingerprint"], products))
            connection.close()
