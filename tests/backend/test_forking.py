"""Workers of a real server: forks of one process that has imported the application."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SERVED = """
import sys, threading, time
from multiprocessing import get_context
from uvicorn import _subprocess
from backend.forking import share_imports

def tell(answers):
    import gc
    answers.put(("backend.main" in sys.modules, gc.get_freeze_count() > 10_000, threading.active_count()))

if __name__ == "__main__":
    share_imports("backend.main:create_app")
    answers = _subprocess.spawn.Queue()
    worker = _subprocess.spawn.Process(target=tell, args=(answers,))
    worker.start()
    print(*answers.get(timeout=60))
    worker.join()
    print("backend.main" in sys.modules)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are started from nothing")
def test_a_worker_has_the_application_before_it_begins(tmp_path: Path) -> None:
    script = tmp_path / "served.py"
    script.write_text(SERVED)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, script], env={"PYTHONPATH": str(root)}, cwd=root, capture_output=True, text=True, check=True
    )
    in_worker, in_command = done.stdout.splitlines()
    assert in_worker == "True True 1"
    assert in_command == "False"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are started from nothing")
def test_a_start_writes_nothing_beside_the_log(tmp_path: Path) -> None:
    folder = tmp_path / "commands"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "served.py").write_text(SERVED)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "commands.served"],
        env={"PYTHONPATH": f"{root}:{tmp_path}"}, cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[0].startswith("True True")
    assert done.stderr == ""
