"""Durable files, and the one that names the current snapshot."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ml.errors import IndexDamaged

CURRENT = "CURRENT"
LOCK = "LOCK"
_CURRENT_LINE = re.compile(r"(snapshot-[0-9a-f]{32}) ([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class Current:
    """The current snapshot: the name of its directory, and the checksum of its manifest as 64 hex digits."""

    name: str
    manifest_sha256: str

    @classmethod
    def read(cls, directory: Path) -> Current:
        """Read which snapshot is current.

        Raises:
            IndexDamaged: there's none, or the file that says so is damaged.
        """
        try:
            line = (directory / CURRENT).read_bytes().decode("ascii")
        except FileNotFoundError as error:
            raise IndexDamaged(f"{directory} holds no snapshot; build the index") from error
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(f"{directory / CURRENT} can't be read: {error}") from error
        match = _CURRENT_LINE.fullmatch(line)
        if match is None:
            raise IndexDamaged(f"{directory / CURRENT} doesn't name a snapshot; build the index")
        return cls(match[1], match[2])

    def publish(self, directory: Path) -> None:
        """Make this the current snapshot in one step; it has reached the disk when this returns."""
        beside = directory / f"{CURRENT}.new"
        write_durably(beside, f"{self.name} {self.manifest_sha256}\n".encode())
        beside.replace(directory / CURRENT)
        sync(directory)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file and wait until its content has reached the disk."""
    path.write_bytes(content)
    sync(path)


def sync(path: Path) -> None:
    """Wait until a file's content, or the names in a directory, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def sole_writer(directory: Path) -> Iterator[None]:
    """Hold the directory's lock; the system frees it when the process dies, however it dies."""
    with (directory / LOCK).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
