"""Real processes that live, die and don't listen."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.full.child import Child, ChildFailed
from scripts.full.supervisor import Supervisor

SLEEP = "import time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP
PARENT = (
    "import subprocess, sys; one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print(one.pid, flush=True); one.wait()"
)


def child(folder: Path, name: str, code: str, grace_s: float = 20.0) -> Child:
    log = folder / f"{name}.log"

    def has_spoken() -> bool:
        return log.exists() and log.stat().st_size > 0

    return Child(name, [sys.executable, "-c", code], log, grace_s=grace_s, ready=has_spoken)


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_what_dies_is_started_again_and_all_end_in_reverse_order(tmp_path: Path) -> None:
    stopping, told = threading.Event(), list[str]()
    supervisor = Supervisor(stopping, told.append)
    first, second = child(tmp_path, "first", SLEEP), child(tmp_path, "second", SLEEP)
    supervisor.start(first)
    supervisor.start(second)
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    killed = first.pid
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: first.pid != killed and first.is_running())
    assert "first has ended" in told[0]
    stopping.set()
    watching.join()
    supervisor.stop()
    assert not first.is_running()
    assert not second.is_running()
    assert second.returncode == first.returncode == -signal.SIGTERM


def test_who_doesnt_listen_is_killed(tmp_path: Path) -> None:
    told = list[str]()
    supervisor = Supervisor(threading.Event(), told.append)
    supervisor.start(deaf := child(tmp_path, "deaf", DEAF, grace_s=0.2))
    supervisor.stop()
    assert deaf.returncode == -signal.SIGKILL
    assert "was killed" in told[0]


def test_nothing_that_a_process_started_is_left_behind(tmp_path: Path) -> None:
    parent = child(tmp_path, "parent", PARENT)
    parent.start()
    parent.wait_until_ready(30)
    grandchild = int(parent.log.read_text())
    parent.stop()
    wait_until(lambda: is_gone(grandchild))


def test_a_start_that_fails_shows_what_was_said(tmp_path: Path) -> None:
    supervisor = Supervisor(threading.Event(), print)
    broken = Child("broken", [sys.executable, "-c", "raise SystemExit('no such shop')"], tmp_path / "log")
    broken.ready = lambda: False
    with pytest.raises(ChildFailed, match="no such shop"):
        supervisor.start(broken)
    with pytest.raises(ChildFailed, match="no such shop"):
        supervisor.run(broken)


def test_who_is_told_to_stop_starts_nothing(tmp_path: Path) -> None:
    stopping = threading.Event()
    stopping.set()
    supervisor = Supervisor(stopping, print)
    supervisor.start(late := child(tmp_path, "late", SLEEP))
    supervisor.run(late)
    assert late.pid == 0
