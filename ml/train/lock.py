"""One fine-tuning at a time in a work folder, and for a model directory."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ml.errors import TrainingRefused


@contextmanager
def sole_run(work: Path, out: Path) -> Iterator[None]:
    """Keep other runs out of `work` and away from `out`; a killed process frees both.

    Raises:
        TrainingRefused: another run uses one of them.
    """
    with (
        _held(work / "lock", f"another run works in {work}: wait for it, stop it or name another --work"),
        _held(
            out.absolute().with_name(f".{out.name}.lock"),
            f"another run is making {out}: wait for it, stop it or name another --out",
        ),
    ):
        yield


@contextmanager
def _held(path: Path, refusal: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it may have deleted the file after it was opened here: then the lock is of nothing.
            current = os.path.samestat(os.fstat(file.fileno()), path.stat())
        except (BlockingIOError, FileNotFoundError) as error:
            raise TrainingRefused(refusal) from error
        if not current:
            raise TrainingRefused(refusal)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
