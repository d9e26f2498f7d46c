"""Saves snapshots and dies on the way; run as a program by the crash tests.

``at-every-step DIRECTORY`` kills one forked writer before each line that `save_snapshot` runs, one line further every
time, and after each death checks that a reader finds the old snapshot or the new one, whole.
``until-killed DIRECTORY`` saves one snapshot after another.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from ml.index.manifest import SnapshotMeta
from ml.index.merge import MergeSettings
from ml.index.planner import CostModel, Tuning
from ml.index.snapshot import load_snapshot, save_snapshot
from ml.types import Fingerprint, ProductId

FINGERPRINT = Fingerprint("0123456789abcdef")
DIMENSION = 64
CODED = MergeSettings(compact_from=1, assumed=Tuning(costs=CostModel(direct_ns=1, scan_ns=1)))
MANY = 3000  # products: enough for a kill to meet a half-written file
TRACED = ("ml/index/snapshot.py", "ml/index/files.py", "ml/index/array_files.py")


def save(directory: Path, version: int, count: int = MANY) -> None:
    """Save a snapshot whose ids and vectors both tell its version."""
    vectors = np.zeros((count, DIMENSION), np.float32)
    vectors[:, version % DIMENSION] = 1
    ids = [ProductId(f"v{version}-{number}") for number in range(count)]
    save_snapshot(directory, ids, [vectors], SnapshotMeta(FINGERPRINT, DIMENSION, version, {"text": 1.0}), CODED)


def load(directory: Path) -> int:
    """Return the version of the current snapshot, having checked that all of it is of that version."""
    index, manifest = load_snapshot(directory, fingerprint=FINGERPRINT, dimension=DIMENSION)
    version = manifest.catalogue_version
    ids = [index.id_of(row) for row in range(manifest.count)]
    assert ids == [f"v{version}-{number}" for number in range(manifest.count)]
    vectors = index.embeddings(index.live_rows())
    assert (vectors[:, version % DIMENSION] == 1).all()
    assert (vectors.sum(axis=1) == 1).all()
    return version


def save_and_die(directory: Path, version: int, at_line: int) -> None:
    """Save, but die before the given line, counted from 1; return if there aren't so many."""
    lines = itertools.count(1)

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.endswith(TRACED):
            return None
        if event == "line" and next(lines) == at_line:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    save(directory, version, count=3)
    sys.settrace(None)


def die_at_every_step(directory: Path) -> None:
    """Print how many deaths left the old snapshot, and how many the new one."""
    version = 0
    save(directory, version)
    outcomes = {"old": 0, "new": 0}
    for at_line in itertools.count(1):
        child = os.fork()
        if child == 0:
            save_and_die(directory, version + 1, at_line)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        survivor = load(directory)
        assert survivor in (version, version + 1)
        if not os.WIFSIGNALED(status):
            assert survivor == version + 1
            break
        outcomes["new" if survivor == version + 1 else "old"] += 1
        version = survivor
    assert sorted(path.name.split("-")[0] for path in directory.iterdir()) == ["CURRENT", "LOCK", "snapshot"]
    sys.stdout.write(f"old {outcomes['old']} new {outcomes['new']}\n")


def save_until_killed(directory: Path) -> None:
    """Save without end; each finished version is printed."""
    for version in itertools.count():
        save(directory, version)
        sys.stdout.write(f"{version}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    {"at-every-step": die_at_every_step, "until-killed": save_until_killed}[sys.argv[1]](Path(sys.argv[2]))
