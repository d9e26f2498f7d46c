"""What a server is doing right now, readable from outside and after it was killed."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias

Work: TypeAlias = Literal["merge", "save"]
_PLACES: dict[Work, int] = {"merge": 0, "save": 1}
_COUNTERS = struct.Struct("=qq")  # begun, ended


class Marks:
    """Counters in a mapped file; they survive their writer, as the pages are the kernel's."""

    def __init__(self, path: Path) -> None:
        """Open a file of counters, made if missing."""
        if not path.exists():
            path.write_bytes(bytes(_COUNTERS.size * len(_PLACES)))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    @contextmanager
    def during(self, work: Work) -> Iterator[None]:
        """Mark that work goes on until the block ends; one thread for each kind of work."""
        begun, ended = self._read(work)
        self._write(work, begun + 1, ended)
        yield
        self._write(work, begun + 1, begun + 1)

    def running(self, work: Work) -> bool:
        """Whether this work goes on, or went on when the server died."""
        begun, ended = self._read(work)
        return begun != ended

    def clear(self) -> None:
        """Forget what a dead server was doing."""
        for work in _PLACES:
            self._write(work, 0, 0)

    def _read(self, work: Work) -> tuple[int, int]:
        begun, ended = _COUNTERS.unpack_from(self._map, _PLACES[work] * _COUNTERS.size)
        return begun, ended

    def _write(self, work: Work, begun: int, ended: int) -> None:
        _COUNTERS.pack_into(self._map, _PLACES[work] * _COUNTERS.size, begun, ended)
