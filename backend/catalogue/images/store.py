"""Pictures on disk, named by their content."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from pathlib import Path

from PIL import Image

from backend.catalogue.images.decode import safe_decode

LONGEST_SIDE = 1024
QUALITY = 90
_NAME = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}\.jpg")


class MediaStore:
    """A folder of JPEGs that this code has encoded: no metadata, no stowaways, nothing stored twice.

    Names look like ``ab/ab12….jpg``; the part after the slash is the SHA-256 of the stored bytes, so a name never
    changes its content and may be cached for ever.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def put(self, picture: bytes | Image.Image) -> str:
        """Store a picture and return its name; the same picture gives the same name.

        Args:
            picture: an image file, which is decoded here and faster than `safe_decode` alone would, or its result.

        Raises:
            ImageRefused: `picture` is not an acceptable image file.
        """
        if isinstance(picture, bytes):
            picture = safe_decode(picture, longest_side=LONGEST_SIDE)
        elif max(picture.size) > LONGEST_SIDE:
            picture = picture.copy()
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        # Empty on purpose: Pillow would carry over the comment of a picture that it has read itself.
        picture.save(buffer, "JPEG", quality=QUALITY, comment=b"", exif=b"")
        encoded = buffer.getvalue()
        digest = hashlib.sha256(encoded).hexdigest()
        name = f"{digest[:2]}/{digest}.jpg"
        path = self._root / name
        # A file of the right size under its own hash is whole, since it only ever gets there by a rename.
        if not (path.is_file() and path.stat().st_size == len(encoded)):
            path.parent.mkdir(exist_ok=True)
            _write(path, encoded)
        return name

    def path(self, name: str) -> Path:
        """Return where a stored picture lies.

        Raises:
            FileNotFoundError: no name that `put` could have given, or nothing stored under it.
        """
        path = self._root / name
        if not _NAME.fullmatch(name) or not path.is_file():
            raise FileNotFoundError(f"no stored picture {name[:100]!r}")
        return path

    def read(self, name: str) -> bytes:
        """Return a stored picture; raises as `path` does."""
        return self.path(name).read_bytes()


def _write(path: Path, data: bytes) -> None:
    """Write beside, flush to disk, rename into place: a reader sees all of it or nothing."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.chmod(temporary, 0o644)  # mkstemp makes it private, but a web server may be another user
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
