"""Pictures below a folder."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from backend.catalogue.images.errors import ImageRefused, ImageSourceError, ImageUnavailable
from backend.catalogue.images.source import MAX_IMAGE_BYTES, missing, relative_parts

_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})


class DirectorySource:
    """Reads files below one folder and nothing else.

    Each step down is opened relative to the one before, refusing symbolic links, so nothing that is renamed or linked
    in between can lead outside.
    """

    def __init__(self, root: Path, max_bytes: int = MAX_IMAGE_BYTES) -> None:
        if not root.is_dir():
            raise ImageSourceError(f"{root} is not a folder")
        self._root = root
        self._max_bytes = max_bytes

    def fetch(self, reference: str) -> bytes:
        """Return the bytes of a file; see `ImageSource.fetch`."""
        parts = relative_parts(reference)
        try:
            descriptor = self._open(parts)
        except OSError as error:
            if error.errno in _MISSING:
                raise missing(reference) from error
            if error.errno == errno.ELOOP:
                raise ImageRefused(f"a symbolic link on the way to {reference[:100]!r}") from error
            raise ImageUnavailable(f"cannot read {reference[:100]!r}: {error.strerror}") from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise ImageRefused(f"not a regular file: {reference[:100]!r}")
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(self._max_bytes + 1)
        if len(data) > self._max_bytes:
            raise ImageRefused(f"over {self._max_bytes} bytes: {reference[:100]!r}")
        return data

    def _open(self, parts: tuple[str, ...]) -> int:
        folder = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts[:-1]:
                deeper = self._step(part, folder, os.O_DIRECTORY)
                os.close(folder)
                folder = deeper
            return self._step(parts[-1], folder, os.O_NONBLOCK)  # a pipe must not make the import wait
        finally:
            os.close(folder)

    @staticmethod
    def _step(part: str, folder: int, flags: int) -> int:
        try:
            return os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | flags, dir_fd=folder)
        except NotADirectoryError:
            # O_DIRECTORY with O_NOFOLLOW says "not a directory" of a link as well
            if stat.S_ISLNK(os.stat(part, dir_fd=folder, follow_symlinks=False).st_mode):
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None
            raise
