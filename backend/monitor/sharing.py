"""One file for each worker in a folder of the server's: how any of them finds the figures of all.

A worker holds a lock on its file as long as it lives, however it ends. Its folder is that of the database, so the
workers of one shop find each other. Totals of a worker that is gone are added to what is carried on, then its file
goes; when nobody lived, the folder begins anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from backend.monitor.carried import FILE, Totals
from backend.monitor.layout import Layout
from backend.monitor.reading import WorkerFigures, read_worker

SUFFIX = ".worker"
PATIENCE_S = 2.0  # a look takes milliseconds; who takes longer has been stopped in the middle of it


def folder_of(root: Path, database_url: str) -> Path:
    """Return where the workers that serve one database meet."""
    return root / hashlib.sha256(database_url.encode()).hexdigest()[:16]


class SharedFolder:
    """The files of a server's workers. Every method may wait for another worker's look: call it in a thread."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        self._folder = folder
        self._layout = layout

    def join(self) -> mmap.mmap:
        """Make this worker's file and return it, mapped; closing it tells the others that this worker has gone.

        Raises:
            OSError: the folder can't be written to.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._tidy()
            with (self._folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}").open("xb+") as file:
                _reserve(file.fileno(), self._layout.size)
                fcntl.flock(file, fcntl.LOCK_EX)
                return mmap.mmap(file.fileno(), self._layout.size)  # keeps the file open, and with it the lock

    def read(self) -> tuple[list[WorkerFigures], Totals]:
        """Return the figures of the workers that live, and the totals of those that are gone.

        A worker of another form, from settings that have changed since, is left out.

        Raises:
            OSError: the folder has gone, or another worker is stuck in it.
        """
        with self._alone():
            carried = self._absorb_the_dead()
            found = [self._read(path) for path in self._files()]
        return [figures for figures in found if figures is not None], carried

    def tidy(self) -> None:
        """Leave nothing behind of workers that are gone, but for their totals while another one lives.

        Raises:
            OSError: as for `read`.
        """
        with self._alone():
            self._tidy()

    def _tidy(self) -> None:
        if any(self._lives(path) for path in self._files()):
            self._absorb_the_dead()
            return
        for path in (*self._files(), self._folder / FILE):
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._folder / "lock").open("wb") as file:
            deadline = monotonic() + PATIENCE_S
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if monotonic() > deadline:
                        raise TimeoutError(f"another worker holds {file.name}") from None
                    sleep(0.005)
            yield

    def _lives(self, path: Path) -> bool:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _absorb_the_dead(self) -> Totals:
        carried = Totals.read(self._folder, self._layout.form)
        dead = [path for path in self._files() if not self._lives(path)]
        if not dead:
            return carried
        for path in dead:
            # Killed between the two writes below, a worker leaves files behind that are in the sum already.
            if path.name not in carried.absorbed and (figures := self._read(path)) is not None:
                carried.add(figures.counters.items(), ((k, s.totals.tolist()) for k, s in figures.series.items()))
        carried.absorbed = [path.name for path in dead]
        carried.write(self._folder, self._layout.form)
        for path in dead:
            path.unlink()
        return carried

    def _read(self, path: Path) -> WorkerFigures | None:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != self._layout.size:
                return None
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
                return read_worker(memory, self._layout)


def _reserve(file: int, size: int) -> None:
    """Give a file its size and, where the system can, the room for it.

    Without it, a full disk would end the process at its first write to the mapped file.
    """
    if sys.platform == "darwin":
        os.ftruncate(file, size)
    else:
        os.posix_fallocate(file, 0, size)
