"""Workers find each other's figures, and nothing that was counted is lost or counted twice."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from backend.config import Settings
from backend.monitor.carried import FILE, Totals
from backend.monitor.gauges import Gauges
from backend.monitor.layout import Layout
from backend.monitor.overview import Overview
from backend.monitor.recorder import REQUEST, Recorder
from backend.monitor.runtime import Monitor
from backend.monitor.sharing import SharedFolder, folder_of

LAYOUT = Layout(window_s=60, slices=6, budget_s=600)
WORKER = """
import sys, time
from pathlib import Path
from backend.monitor.layout import Layout
from backend.monitor.recorder import REQUEST, Recorder
from backend.monitor.sharing import SharedFolder
layout = Layout(window_s=60, slices=6, budget_s=600)
recorder = Recorder(layout)
recorder.move(SharedFolder(Path(sys.argv[1]), layout).join())
recorder.request(recorder.series(REQUEST, "GET", "/x"), 0.01, time.monotonic(), 200, "", True, False)
recorder.count("vitrine_x", ("a",), 5)
print("counted", flush=True)
time.sleep(600)
"""


def joined(folder: SharedFolder) -> Recorder:
    recorder = Recorder(LAYOUT)
    recorder.count("vitrine_x", ("a",))  # before it is shared
    recorder.move(folder.join())
    return recorder


def counted(folder: SharedFolder) -> tuple[int, float]:
    """Return living workers and what all together counted."""
    workers, carried = folder.read()
    overview = Overview(workers, carried, LAYOUT, time.monotonic())
    return len(workers), overview.counters.get(("vitrine_x", "a"), 0.0)


def gone(recorder: Recorder) -> None:
    recorder.move(mmap.mmap(-1, LAYOUT.size))


def test_what_a_killed_worker_counted_is_carried_on(tmp_path: Path) -> None:
    own = SharedFolder(tmp_path, LAYOUT)
    recorder = joined(own)
    with subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"counted\n"
        assert counted(own) == (2, 6.0)
        sizes = {path.stat().st_size for path in tmp_path.glob("*.worker")}
        other.send_signal(signal.SIGKILL)
    for _ in range(3):
        assert counted(own) == (1, 6.0)
    workers, carried = own.read()
    totals = list(Overview(workers, carried, LAYOUT, time.monotonic()).totals(REQUEST))
    assert [(method, route) for method, route, _ in totals] == [("GET", "/x")]
    assert sizes == {LAYOUT.size}
    assert len(list(tmp_path.glob("*.worker"))) == 1
    gone(recorder)


def test_a_crash_between_both_steps_of_carrying_on_counts_nothing_twice(tmp_path: Path) -> None:
    own = SharedFolder(tmp_path, LAYOUT)
    stays, leaves = joined(own), joined(own)
    names = {path.name for path in tmp_path.glob("*.worker")}
    gone(leaves)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.worker")}
    assert counted(own) == (1, 2.0)
    (dead,) = names - {path.name for path in tmp_path.glob("*.worker")}
    (tmp_path / dead).write_bytes(before[tmp_path / dead])  # as if it had been killed before it deleted it
    assert counted(own) == (1, 2.0)
    assert not (tmp_path / dead).exists()
    gone(stays)


def test_a_server_that_starts_alone_begins_anew(tmp_path: Path) -> None:
    gone(joined(SharedFolder(tmp_path, LAYOUT)))
    Totals({"vitrine_x\x1fa": 100.0}, {}, []).write(tmp_path, LAYOUT.form)
    again = SharedFolder(tmp_path, LAYOUT)
    recorder = joined(again)
    assert counted(again) == (1, 1.0)
    gone(recorder)


def test_what_was_carried_in_another_form_is_let_go(tmp_path: Path) -> None:
    own = SharedFolder(tmp_path, LAYOUT)
    stays, leaves = joined(own), joined(own)
    leaves.request(leaves.series(REQUEST, "GET", "/x"), 0.01, time.monotonic(), 200, "", True, False)
    Totals({"vitrine_x\x1fa": 100.0}, {"request\x1fGET\x1f/x": [1.0]}, []).write(tmp_path, LAYOUT.form + 1)
    gone(leaves)
    assert counted(own) == (1, 2.0)
    gone(stays)


async def test_a_server_starts_whatever_is_in_its_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def look() -> Gauges:
        return Gauges(*[0.0] * len(Gauges._fields))

    settings = Settings(_env_file=None, monitor_path=tmp_path)
    monitor = Monitor(settings)
    folder = folder_of(tmp_path, settings.database_url)
    shared = SharedFolder(folder, monitor.layout)
    stays, leaves = shared.join(), shared.join()
    leaves[:] = Recorder(monitor.layout).memory[:]
    leaves.close()
    (folder / FILE).write_bytes(
        orjson.dumps({"form": monitor.layout.form, "counters": 7, "series": 7, "absorbed": []})
    )
    await monitor.start(look)
    assert "performance is that of this process alone" in caplog.text
    assert len((await monitor.read()).workers) == 1
    await monitor.close()
    stays.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"counters": 1}'])
def test_damaged_files_cost_figures_and_nothing_else(tmp_path: Path, content: bytes) -> None:
    own = SharedFolder(tmp_path, LAYOUT)
    recorder = joined(own)
    (tmp_path / FILE).write_bytes(content)
    (tmp_path / "1-cut.worker").write_bytes(b"short")
    (tmp_path / "2-odd.worker").write_bytes(os.urandom(LAYOUT.size))
    assert counted(own) == (1, 1.0)
    gone(recorder)
