"""A server of our own for a measurement or a proof, and pictures sent to one."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import orjson

from backend.config import Settings
from backend.server import APP
from scripts.console import UsageError

START_TIMEOUT_S = 240.0
USER_TICKS, SYSTEM_TICKS = 11, 12  # fields of /proc/PID/stat behind the name: proc_pid_stat(5)
READY = '"ready: '  # in the log of each worker that has loaded


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens, and its process; 0 when that isn't known."""

    host: str
    port: int
    pid: int

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection, which opens with its first request."""
        return http.client.HTTPConnection(self.host, self.port, timeout=60)

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
        with closing(self.connect()) as connection:
            try:
                self.call(connection, "GET", "/ready")
            except (OSError, http.client.HTTPException, UsageError):
                return False
        return True

    def processes(self) -> list[int]:
        """Return the ids of the process and all below it (Linux)."""
        found = [self.pid] if Path(f"/proc/{self.pid}/task").exists() else []
        for process in found:  # which grows
            found += map(int, _told(process, f"task/{process}/children").split())
        return found

    def memory_mb(self) -> int:
        """Return the resident memory of all processes together in MiB; what they share counts for each."""
        return self._sum_kb("status", "VmRSS") // 1024

    def proportional_mb(self) -> int:
        """Return the memory of all processes together in MiB, what is shared counted once (Linux)."""
        return self._sum_kb("smaps_rollup", "Pss:") // 1024

    def own_mb(self) -> float:
        """Return the part of it that isn't files', in MiB: others that use the same files don't move it."""
        return self._sum_kb("smaps_rollup", "Pss_Anon:") / 1024

    def processor_s(self) -> float:
        """Return the processor time of all processes so far, in seconds; 0 where it isn't told (not Linux)."""
        ticks = 0
        for process in self.processes():
            # The name comes second, in parentheses, and may hold anything.
            fields = _told(process, "stat").rpartition(")")[2].split()
            ticks += int(fields[USER_TICKS]) + int(fields[SYSTEM_TICKS]) if fields else 0
        return ticks / os.sysconf("SC_CLK_TCK")

    def _sum_kb(self, file: str, name: str) -> int:
        lines = [line for process in self.processes() for line in _told(process, file).splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith(name))


def _told(process: int, file: str) -> str:
    """Return what the kernel says of a process; nothing when it has just ended."""
    try:
        return Path(f"/proc/{process}/{file}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment that gives a command exactly these settings, whatever `.env` says."""
    return {**os.environ, **{name.upper(): _written(value) for name, value in settings}}


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


@contextmanager
def running_server(
    settings: Settings, *, workers: int = 1, log: Path | None = None, app: str = APP, wait: bool = True
) -> Iterator[Server]:
    """Run a server on a free port until the block ends; yields once every worker is ready.

    Args:
        settings: of the server, but for address, workers, log level and the limit of a session.
        workers: processes that answer; of several without a log, only one is known to be ready.
        log: gets what the server says, at level INFO; without it warnings go where this process's go.
        app: makes the application, as "module:function".
        wait: until it is ready.

    Raises:
        UsageError: it doesn't become ready.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "scripts.serve", "--app", app]
    own = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    # What is measured is the server: nobody else's shoppers have to be kept from taking it all.
    changes = {"LOG_LEVEL": "WARNING" if log is None else "INFO", "RATE_LIMIT_PER_MINUTE": "0"}
    changes["PYTHONDONTWRITEBYTECODE"] = ""  # else each start compiles every module again: seconds of it
    with nullcontext() if log is None else log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *own],
            env=environment(settings) | changes,
            stdout=output,
            stderr=output,
        )
        try:
            server = Server("127.0.0.1", port, process.pid)
            deadline = time.monotonic() + START_TIMEOUT_S
            while wait and not (server.is_ready() and (log is None or log.read_text().count(READY) >= workers)):
                if process.poll() is not None or time.monotonic() > deadline:
                    said = "see its log above" if log is None else f"its log:\n{log.read_text()}"
                    raise UsageError(f"the server for {settings.clip_model} did not become ready; {said}")
                time.sleep(0.1)
            yield server
        finally:
            process.terminate()
            process.wait()


class UploadClient:
    """Sends forms with a picture over one connection."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=30)
        self._path = path

    def __enter__(self) -> Self:
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(self, data: bytes, declared: str, fields: Mapping[str, str]) -> tuple[int, bytes, float]:
        """Send one form; return status, answer and milliseconds until the answer was there."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="upload"\r\n'
        body = b"".join(
            [*parts, f"{head}Content-Type: {declared}\r\n\r\n".encode(), data, f"\r\n--{boundary}--\r\n".encode()]
        )
        start = time.perf_counter()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        self._connection.request("POST", self._path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, content, (time.perf_counter() - start) * 1000
