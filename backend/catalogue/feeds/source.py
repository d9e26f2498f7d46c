"""The bytes of a feed file: unpacked when gzipped, in bounded blocks, with progress."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from backend.catalogue.feeds.types import FeedError, OnBytes

BLOCK = 1 << 16
_GZIP = b"\x1f\x8b"
_OTHER_PACKERS = {
    b"PK\x03\x04": "a zip file (or a spreadsheet)",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"7z\xbc\xaf": "a 7z file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
}


class ByteSource:
    """Reads a file front to back; gzip, also of several members, is known by its first bytes."""

    def __init__(self, path: Path, on_bytes: OnBytes | None = None) -> None:
        if not path.exists():
            raise FeedError(f"{path.name}: no such file")
        if not path.is_file():
            raise FeedError(f"{path.name} is not a regular file")
        self.path = path
        self._on_bytes = on_bytes
        self._failure: FeedError | None = None
        self._head = b""
        try:
            self._file = path.open("rb")
            self._size = path.stat().st_size
        except OSError as error:
            raise FeedError(f"cannot read {path.name}: {error.strerror}") from error
        self.gzipped = self._file.peek(2)[:2] == _GZIP
        self._stream = gzip.GzipFile(fileobj=self._file) if self.gzipped else self._file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._file.close()

    def head(self, size: int = BLOCK) -> bytes:
        """Return the first bytes without consuming them.

        Raises:
            FeedError: there are none, or they belong to a container that has to be unpacked first.
        """
        while len(self._head) < size and self._failure is None:
            try:
                block = self._read(size)
            except FeedError as failure:
                self._failure = failure  # what came before it is still served first
                break
            if not block:
                break
            self._head += block
        if not self._head:
            raise self._failure or FeedError(f"{self.path.name} is empty")
        for magic, what in _OTHER_PACKERS.items():
            if self._head.startswith(magic):
                raise FeedError(f"{self.path.name} is {what}: unpack it, or save it as CSV, and import that")
        return self._head[:size]

    def read(self, size: int = BLOCK) -> bytes:
        """Return some of the next bytes, at most `size`; none at the end.

        Raises:
            FeedError: the disk fails, or the gzip stream is damaged or cut off.
        """
        if self._head:
            block, self._head = self._head[:size], self._head[size:]
            return block
        if self._failure is not None:
            raise self._failure
        return self._read(size)

    def report(self, done: int | None = None, share: float = 1.0) -> None:
        """Tell the caller how much has been read, in bytes or as a share of the file."""
        if self._on_bytes is not None:
            self._on_bytes(int(self._size * share) if done is None else done, self._size)

    def _read(self, size: int) -> bytes:
        try:
            block = self._stream.read1(size)
            self.report(self._file.tell())
        except EOFError as error:
            raise FeedError(
                f"{self.path.name} is cut off: its gzip stream has no end; fetch the file again"
            ) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise FeedError(f"{self.path.name} is damaged: {error}; fetch the file again") from error
        except OSError as error:
            raise FeedError(f"cannot read {self.path.name}: {error.strerror or error}") from error
        return block
