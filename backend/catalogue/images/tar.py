"""Pictures inside a tar archive, which is never extracted."""

from __future__ import annotations

import gzip
import os
import tarfile
import tempfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from backend.catalogue.images.errors import ImageRefused, ImageSourceError
from backend.catalogue.images.source import MAX_IMAGE_BYTES, missing, relative_parts

MAX_MEMBERS = 5_000_000
MAX_UNPACKED_BYTES = 64 << 30
_BLOCK = 1 << 20


class TarSource:
    """Reads regular members of a tar by name; the list of members is read once.

    A gzipped archive is unpacked as one stream to an unnamed temporary file, since gzip has no way to jump. Members
    are never written under their own names, so their names can do no harm. One instance may serve several threads.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_IMAGE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._places: dict[str, tuple[int, int]] = {}  # name -> (offset, size)
        try:
            self._file = _open(path)
        except (OSError, EOFError, zlib.error) as error:
            raise ImageSourceError(f"cannot read {path.name}: {error}") from error
        try:
            self._index()
        except (tarfile.TarError, OSError, ValueError) as error:
            self._file.close()
            raise ImageSourceError(f"{path.name} is not a whole tar archive: {error}") from error
        except ImageSourceError:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._places)

    def close(self) -> None:
        """Close the archive."""
        self._file.close()

    def fetch(self, reference: str) -> bytes:
        """Return the bytes of a member; see `ImageSource.fetch`."""
        place = self._places.get("/".join(relative_parts(reference)))
        if place is None:
            raise missing(reference)
        offset, size = place
        if size > self._max_bytes:
            raise ImageRefused(f"over {self._max_bytes} bytes: {reference[:100]!r}")
        data = os.pread(self._file.fileno(), size, offset)
        if len(data) < size:
            raise ImageRefused(f"the archive was cut while in use, inside {reference[:100]!r}")
        return data

    def _index(self) -> None:
        with tarfile.open(fileobj=self._file, mode="r:") as archive:
            for member in archive:
                archive.members.clear()  # type: ignore[attr-defined]  # tarfile would keep every member it has seen
                if not member.isreg() or member.issparse():
                    continue
                try:
                    name = "/".join(relative_parts(member.name))
                except ImageRefused:
                    continue  # no reference could ever ask for it
                self._places[name] = (member.offset_data, member.size)  # as with tar, the last of a name counts
                if len(self._places) > MAX_MEMBERS:
                    raise ImageSourceError(f"more than {MAX_MEMBERS} files in the archive: split it")


def _open(path: Path) -> IO[bytes]:
    file = path.open("rb")
    if file.peek(2)[:2] != b"\x1f\x8b":
        return file
    spool = tempfile.TemporaryFile()
    try:
        with file, gzip.GzipFile(fileobj=file) as packed:
            while block := packed.read(_BLOCK):
                spool.write(block)
                if spool.tell() > MAX_UNPACKED_BYTES:
                    raise OSError(f"it unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB")
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    return spool
