"""Walks a PNG from chunk to chunk: https://www.w3.org/TR/png-3/."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

from backend.catalogue.images.containers.base import (
    CUT_OFF,
    MAX_EXIF_BYTES,
    MAX_METADATA_BYTES,
    check_cost,
    check_end,
    check_metadata,
    check_size,
)
from backend.catalogue.images.containers.inflate import Inflater
from backend.catalogue.images.containers.png_pixels import check_pixels
from backend.catalogue.images.errors import ImageRefused

MAGIC = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 4096
MAX_METADATA_CHUNKS = 256
MAX_TEXT_BYTES = 1 << 20  # of all compressed texts and profiles, inflated
MAX_PACKED_BYTES = 256 << 10  # of the same, as they come
MAX_RATIO = 1032  # deflate's best: 258 bytes in 2 bits

# Colour type -> channels, bit depths, and bytes that a decoded pixel takes in memory.
_KINDS = {
    0: (1, {1, 2, 4, 8, 16}, 4),
    2: (3, {8, 16}, 4),
    3: (1, {1, 2, 4, 8}, 1),
    4: (2, {8, 16}, 4),
    6: (4, {8, 16}, 4),
}
_HEADER = struct.Struct(">IIBBBBB")
_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_COMPRESSED = frozenset({b"zTXt", b"iTXt", b"iCCP"})


@dataclass(slots=True)
class _Picture:
    """What the file has shown so far; spans are (start, end) of the compressed pixels."""

    header: tuple[int, ...] = ()
    has_palette: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)
    ended_pixels: bool = False
    metadata_chunks: int = 0
    metadata: int = 0
    packed: int = 0
    text: int = 0


def walk(data: bytes) -> None:
    """Follow the chunks to the end, check their sums, and inflate the pixels without keeping them.

    Args:
        data: the whole file.

    Raises:
        ImageRefused: cut off, damaged, animated, too costly, or something else follows.
    """
    picture, position = _Picture(), len(MAGIC)
    for _ in range(MAX_CHUNKS):
        start, kind = position + 8, data[position + 4 : position + 8]
        end = start + int.from_bytes(data[position : position + 4], "big")
        if end + 4 > len(data):
            raise ImageRefused(CUT_OFF)
        if zlib.crc32(memoryview(data)[position + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise ImageRefused("damaged: a checksum is wrong")
        _read_chunk(picture, data, kind, start, end)
        position = end + 4
        if kind == b"IEND":
            check_end(data, position)
            _check_pixels(picture, data)
            return
    raise ImageRefused(f"more than {MAX_CHUNKS} chunks")


def _read_chunk(picture: _Picture, data: bytes, kind: bytes, start: int, end: int) -> None:
    if bool(picture.header) == (kind == b"IHDR"):
        raise ImageRefused("damaged: the header is missing or repeated")
    if kind == b"IHDR":
        _read_header(picture, data[start:end], len(data))
    elif kind == b"IDAT":
        if picture.ended_pixels:
            raise ImageRefused("damaged: its pixels come in several places")
        picture.spans.append((start, end))
    elif kind in _ANIMATION:
        raise ImageRefused("an animated picture")
    elif kind == b"PLTE":
        if picture.has_palette or picture.spans or not 0 < end - start <= 768 or (end - start) % 3:
            raise ImageRefused("damaged: a wrong palette")
        picture.has_palette = True
    elif kind == b"IEND":
        if end != start:
            raise ImageRefused("damaged: an end that holds something")
    else:
        _read_metadata(picture, data, kind, start, end)
    picture.ended_pixels = bool(picture.spans) and kind != b"IDAT"


def _read_header(picture: _Picture, header: bytes, file_bytes: int) -> None:
    if len(header) != _HEADER.size:
        raise ImageRefused("damaged: a header of the wrong length")
    picture.header = _HEADER.unpack(header)
    width, height, depth, colour, compression, filtering, interlaced = picture.header
    check_size(width, height)
    channels, depths, pixel_bytes = _KINDS.get(colour, (0, frozenset(), 0))
    if depth not in depths or compression or filtering or interlaced > 1:
        raise ImageRefused("damaged: a header of no known kind")
    inflated = width * height * channels * depth // 8
    check_cost(width, height, file_bytes, max(width * height * pixel_bytes, inflated))
    if file_bytes * MAX_RATIO < inflated:
        raise ImageRefused("cut off: the header promises more pixels than there is data for")


def _read_metadata(picture: _Picture, data: bytes, kind: bytes, start: int, end: int) -> None:
    if not kind.isalpha() or not kind[0] & 0x20:  # a capital: not to be ignored by who doesn't know it
        raise ImageRefused("damaged: a chunk that no PNG has")
    picture.metadata_chunks += 1
    picture.metadata += end - start
    if (
        picture.metadata_chunks > MAX_METADATA_CHUNKS
        or picture.metadata > MAX_METADATA_BYTES
        or (kind == b"eXIf" and end - start > MAX_EXIF_BYTES)
    ):
        raise ImageRefused("too much metadata")
    check_metadata(data, start, end)
    if kind in _COMPRESSED:
        _read_packed(picture, _compressed_part(kind, data[start:end]))


def _read_packed(picture: _Picture, packed: bytes) -> None:
    picture.packed += len(packed)
    if picture.packed > MAX_PACKED_BYTES:
        raise ImageRefused("too much compressed metadata")
    for block in Inflater().blocks(packed):
        picture.text += len(block)
        if picture.text > MAX_TEXT_BYTES:
            raise ImageRefused("its metadata inflates to too much")


def _compressed_part(kind: bytes, chunk: bytes) -> bytes:
    _, _, rest = chunk.partition(b"\0")
    if kind != b"iTXt":
        return rest[1:]  # behind the method
    if not rest.startswith(b"\1"):
        return b""
    return rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # behind flag, method, language and translation


def _check_pixels(picture: _Picture, data: bytes) -> None:
    width, height, depth, colour, _, _, interlaced = picture.header
    if not picture.spans:
        raise ImageRefused(CUT_OFF)
    if colour == 3 and not picture.has_palette:
        raise ImageRefused("damaged: a wrong palette")
    check_pixels(data, picture.spans, width, height, _KINDS[colour][0] * depth, interlaced=bool(interlaced))
