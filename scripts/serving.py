"""A server of our own for a measurement, and pictures sent to one."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from backend.config import Settings
from scripts.console import UsageError

START_TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens, and its process."""

    host: str
    port: int
    pid: int


@contextmanager
def running_server(settings: Settings) -> Iterator[Server]:
    """Run a server on a free port until the block ends; yields once it is ready.

    Raises:
        UsageError: it doesn't become ready.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "FAISS_INDEX_PATH": str(settings.faiss_index_path),
        "MEDIA_PATH": str(settings.media_path),
        "CLIP_MODEL": settings.clip_model,
        "CLIP_PRETRAINED": settings.clip_pretrained or "",
        "REDIS_URL": "",
    }
    command = [sys.executable, "-m", "uvicorn", "backend.main:create_app", "--factory", "--port", str(port)]
    process = subprocess.Popen([*command, "--no-access-log", "--log-level", "warning"], env=environment)
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise UsageError(f"the server for {settings.clip_model} did not become ready; see its log above")
            time.sleep(0.1)
        yield Server("127.0.0.1", port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


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
