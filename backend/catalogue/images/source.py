"""Where pictures come from: one small interface."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Protocol

from backend.catalogue.images.errors import ImageMissing, ImageRefused

MAX_IMAGE_BYTES = 20 << 20

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class ImageSource(Protocol):
    """Finds the bytes that a product's image reference stands for."""

    def fetch(self, reference: str) -> bytes:
        """Return the bytes, not yet checked to be a picture.

        Raises:
            ImageRefused: the reference or what it leads to breaks a rule.
            ImageMissing: there is nothing of that name.
            ImageUnavailable: it couldn't be read this time.
        """


def missing(reference: str) -> ImageMissing:
    """Return the error for a reference that leads nowhere."""
    return ImageMissing(f"no such picture: {reference[:100]!r}")


def relative_parts(reference: str) -> tuple[str, ...]:
    """Return the parts of a relative path that stays below where it starts.

    Raises:
        ImageRefused: it is empty, absolute, climbs with ``..``, or holds backslashes or control characters.
    """
    path = PurePosixPath(reference)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in reference or _CONTROL.search(reference):
        raise ImageRefused(f"not a path below the image folder: {reference[:100]!r}")
    return path.parts
