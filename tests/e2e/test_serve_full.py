"""`make serve-full` with real PostgreSQL, Redis, model, nginx and Prometheus, as far as they are installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from scripts.local_services import LOOPBACK, free_port, server_account, server_folder
from scripts.serving import Server
from tests.e2e.conftest import ROOT

PATIENCE_S = 240.0


def wait_until(reached: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def named(server: Server, module: str) -> set[int]:
    """Return the processes below that run a module."""
    found = set()
    for pid in server.processes():
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            continue
        if module.encode() in arguments:
            found.add(pid)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process does anything still; one that was left to the system may take a moment to be counted out."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.timeout(600)
def test_the_whole_topology_starts_mends_itself_and_ends(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    unset = ("API_", "CLIP_", "REDIS_", "DATABASE_", "FAISS_", "MEDIA_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(unset)}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "ENCODER_CACHE_PATH": str(ROOT / "var/encoders"),
        "ENCODER_THREADS": "1",
    }
    with server_folder(server_account()) as folder, log.open("w") as output:
        demo = ("--demo", tmp_path / "demo", "--demo-products", "30")
        command = [sys.executable, "-m", "scripts.serve_full", "--port", str(port), "--folder", folder, *demo]
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=output, stderr=output)
        server = Server(LOOPBACK, port, process.pid)
        try:
            wait_until(lambda: "ready: " in log.read_text() or process.poll() is not None, log)
            assert process.poll() is None, log.read_text()
            with closing(server.connect()) as connection:
                answer = server.call(connection, "POST", "/api/v1/search", {"query": "", "limit": 1})
                assert answer["total"] == 30
            (worker,) = named(server, "scripts.worker")
            os.kill(worker, signal.SIGKILL)
            wait_until(lambda: named(server, "scripts.worker") not in (set(), {worker}), log)
            (front,) = named(server, "scripts.serve")
            os.kill(front, signal.SIGKILL)  # it has no chance to end its workers, which hold the port
            wait_until(lambda: named(server, "scripts.serve") not in (set(), {front}) and server.is_ready(), log)
            everything = server.processes()
            process.terminate()
            assert process.wait(PATIENCE_S) == 0, log.read_text()
            wait_until(lambda: not any(map(is_alive, everything)), log)
            assert (folder / "postgres/data/PG_VERSION").exists()
        finally:
            process.kill()
            process.wait()
