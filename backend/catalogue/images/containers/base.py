"""What the walks through the formats have in common."""

from __future__ import annotations

import re

from backend.catalogue.images.errors import ImageRefused

MAX_WORKING_BYTES = 48_000_000  # file and pixels together while one upload is decoded
MAX_SIDE = 16_384
MAX_METADATA_BYTES = 4 << 20  # phones store depth maps of megabytes in theirs
MAX_EXIF_BYTES = 128 << 10  # one segment of a JPEG holds 64 KiB, thumbnail included

CUT_OFF = "cut off: the file ends in the middle of the picture"

# Metadata never looks like this by itself; it is there for a program that takes the file for something else. These
# are the commonest, and no proof of harmlessness: that comes from keeping nothing of a file but its embedding.
_STOWAWAYS = {
    b"<": (b"<script", b"<html", b"<svg", b"<?php", b"<!doctype", b"<!entity"),
    b"%": (b"%pdf-",),
    b":": (b"javascript:",),
    b"\4": (b"pk\3\4",),
}  # by a byte of each, since one byte is found much faster
_NOT_ZERO = re.compile(rb"[^\0]")


def check_size(width: int, height: int) -> None:
    """Refuse sides that no picture has.

    Raises:
        ImageRefused: a side of no pixels, or of too many.
    """
    if not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
        raise ImageRefused(f"{width} x {height} pixels; a side has 1 to {MAX_SIDE}")


def check_cost(width: int, height: int, file_bytes: int, decode_bytes: int) -> None:
    """Refuse a picture that takes too much memory to decode.

    Args:
        width: in pixels.
        height: in pixels.
        file_bytes: of the upload, which stays in memory meanwhile.
        decode_bytes: that the decoder needs at its peak.

    Raises:
        ImageRefused: together more than `MAX_WORKING_BYTES`.
    """
    if file_bytes + decode_bytes > MAX_WORKING_BYTES:
        needed = (file_bytes + decode_bytes) / 1e6
        raise ImageRefused(
            f"{width} x {height} pixels in this format take {needed:.0f} MB to decode, at most "
            f"{MAX_WORKING_BYTES / 1e6:.0f} are spent: send a smaller picture, or a JPEG"
        )


def check_metadata(data: bytes, start: int, end: int) -> None:
    """Refuse metadata that plainly holds a page, a script, a document or an archive.

    Raises:
        ImageRefused: it does.
    """
    lowered = data[start:end].lower()  # a search for each is ten times as fast as one that ignores case
    if any(first in lowered and any(item in lowered for item in items) for first, items in _STOWAWAYS.items()):
        raise ImageRefused("its metadata holds a script, a page, a document or an archive")


def after_padding(data: bytes, start: int) -> int:
    """Return where the zero bytes that begin at `start` end."""
    found = _NOT_ZERO.search(data, start)
    return len(data) if found is None else found.start()


def check_end(data: bytes, end: int) -> None:
    """Refuse anything but zeros behind a picture.

    Raises:
        ImageRefused: something follows.
    """
    if after_padding(data, end) < len(data):
        raise ImageRefused("something else follows the picture in the file")
