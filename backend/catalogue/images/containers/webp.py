"""Walks a WebP from chunk to chunk: RFC 9649."""

from __future__ import annotations

from dataclasses import dataclass

from backend.catalogue.images.containers.base import (
    CUT_OFF,
    MAX_EXIF_BYTES,
    MAX_METADATA_BYTES,
    check_cost,
    check_end,
    check_metadata,
    check_size,
)
from backend.catalogue.images.errors import ImageRefused

MAGIC = b"RIFF"
KIND = b"WEBP"
MAX_CHUNKS = 32
PIXEL_BYTES = 20  # measured 16 lossy and 18 lossless: canvas, frame before it, frame, and Pillow's copy

_ANIMATION = frozenset({b"ANIM", b"ANMF"})
_METADATA = frozenset({b"ICCP", b"EXIF", b"XMP "})
_ANIMATED = 0x02
_FIRST = 20  # where the content of the first chunk begins
_START_CODE = b"\x9d\x01\x2a"
_LOSSLESS = 0x2F


@dataclass(slots=True)
class _Picture:
    """What the file has shown so far: sizes of the header and of the picture, and bytes of metadata."""

    canvas: tuple[int, int] | None = None
    frame: tuple[int, int] | None = None
    metadata: int = 0


def walk(data: bytes) -> None:
    """Follow the chunks to the end of the container.

    Args:
        data: the whole file.

    Raises:
        ImageRefused: cut off, damaged, animated, too costly, or something else follows.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise ImageRefused(CUT_OFF)
    check_end(data, end)
    picture, position = _Picture(), 12
    for _ in range(MAX_CHUNKS):
        if position == end:
            break
        kind, start = data[position : position + 4], position + 8
        size = int.from_bytes(data[position + 4 : start], "little")
        if start + size > end:
            raise ImageRefused(CUT_OFF)
        _read_chunk(picture, data, kind, start, size)
        position = start + size + size % 2
    else:
        raise ImageRefused(f"more than {MAX_CHUNKS} chunks")
    if picture.frame is None:
        raise ImageRefused(CUT_OFF)
    if picture.canvas not in {None, picture.frame}:
        raise ImageRefused("damaged: a picture of another size than its header says")


def _read_chunk(picture: _Picture, data: bytes, kind: bytes, start: int, size: int) -> None:
    if kind in _ANIMATION or (kind == b"VP8X" and size and data[start] & _ANIMATED):
        raise ImageRefused("an animated picture")
    if kind == b"VP8X":
        if start != _FIRST or size != 10:
            raise ImageRefused("damaged: a wrong header")
        picture.canvas = (_u24(data, start + 4) + 1, _u24(data, start + 7) + 1)
        _check(picture.canvas, data)
    elif kind in {b"VP8 ", b"VP8L"}:
        if picture.frame is not None:
            raise ImageRefused("damaged: two pictures")
        chunk = data[start : start + min(size, 16)]
        picture.frame = _lossy_size(chunk, size) if kind == b"VP8 " else _lossless_size(chunk)
        _check(picture.frame, data)
    elif kind in _METADATA:
        picture.metadata += size
        if picture.metadata > MAX_METADATA_BYTES or (kind == b"EXIF" and size > MAX_EXIF_BYTES):
            raise ImageRefused("too much metadata")
        check_metadata(data, start, start + size)
    elif kind != b"ALPH":
        raise ImageRefused("damaged: a chunk that no WebP has")


def _check(size: tuple[int, int], data: bytes) -> None:
    width, height = size
    check_size(width, height)
    check_cost(width, height, len(data), width * height * PIXEL_BYTES)


def _lossy_size(chunk: bytes, size: int) -> tuple[int, int]:
    """Read the frame header of RFC 6386, section 9.1."""
    if len(chunk) < 10 or chunk[0] & 1 or chunk[3:6] != _START_CODE:
        raise ImageRefused("damaged: a wrong frame header")
    first_partition = int.from_bytes(chunk[:3], "little") >> 5
    if first_partition + 10 > size:
        raise ImageRefused(CUT_OFF)
    return int.from_bytes(chunk[6:8], "little") & 0x3FFF, int.from_bytes(chunk[8:10], "little") & 0x3FFF


def _lossless_size(chunk: bytes) -> tuple[int, int]:
    if len(chunk) < 5 or chunk[0] != _LOSSLESS:
        raise ImageRefused("damaged: a wrong frame header")
    bits = int.from_bytes(chunk[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _u24(data: bytes, start: int) -> int:
    return int.from_bytes(data[start : start + 3], "little")
