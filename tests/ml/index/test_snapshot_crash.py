from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.ml.index.crash_saver import load, save

ROOT = Path(__file__).parents[3]


def command(mode: str, directory: Path) -> list[str]:
    return [sys.executable, "-m", "tests.ml.index.crash_saver", mode, str(directory)]


def test_a_writer_that_dies_before_any_line_leaves_the_old_snapshot_or_the_new(tmp_path: Path) -> None:
    done = subprocess.run(
        command("at-every-step", tmp_path), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    _, old, _, new = done.stdout.split()
    assert int(old) > 30
    assert int(new) > 3


def test_a_writer_killed_at_any_moment_leaves_a_whole_snapshot(tmp_path: Path) -> None:
    moments = random.Random(0)
    for number in range(8):
        directory = tmp_path / str(number % 2)
        with subprocess.Popen(
            command("until-killed", directory), cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as saver:
            assert saver.stdout is not None
            assert saver.stdout.readline() == "0\n"
            time.sleep(moments.uniform(0, 0.1))
            saver.kill()
            finished = [0, *(int(line) for line in saver.stdout if line.endswith("\n"))]
        # The one after the last that was reported may have become current just before the kill.
        assert load(directory) in (finished[-1], finished[-1] + 1)
    for directory in tmp_path.iterdir():
        save(directory, 99)
        assert load(directory) == 99
        assert len(list(directory.glob("snapshot-*"))) == 1
