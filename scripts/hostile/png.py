"""Hostile PNGs."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from scripts.hostile.case import Case, cut, encoded, inserted, patched, photo
from scripts.hostile.deflate import empty_blocks, tiny_blocks

MAGIC = b"\x89PNG\r\n\x1a\n"
HEADER_END = 33  # magic and IHDR


def png_cases(seed: int) -> Iterator[Case]:
    """Yield every case."""
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    good = encoded(photo(300, 200, seed), "PNG")
    for name, make in _cases(good, rng):
        yield Case(f"png: {name}", "image/png", make)
    for name, make in _costly_cases():
        yield Case(f"png: {name}", "image/png", make)
    for name, make in _hidden_cases():
        yield Case(f"png: {name}", "image/png", make, hidden=True)


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """Return one chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int,
    height: int,
    pixels: bytes,
    *,
    depth: int = 8,
    colour: int = 2,
    interlaced: int = 0,
    extra: bytes = b"",
) -> bytes:
    """Return a PNG of inflated pixels, whatever they are."""
    return packed(width, height, zlib.compress(pixels, 9), depth, colour, interlaced, extra)


def packed(
    width: int, height: int, stream: bytes, depth: int = 8, colour: int = 2, interlaced: int = 0, extra: bytes = b""
) -> bytes:
    """Return a PNG of a compressed stream, whatever it is."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return MAGIC + chunk(b"IHDR", header) + extra + chunk(b"IDAT", stream) + chunk(b"IEND")


def _bomb(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(mebibytes)) + packer.flush()


def _cases(good: bytes, rng: random.Random) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for share in (0.01, 0.2, 0.5, 0.9):
        yield f"cut off at {share:.0%}", partial(cut, good, share)
    yield "without its end chunk", lambda: good[:-12]
    yield "without its last byte", lambda: good[:-1]
    yield "magic alone", lambda: MAGIC
    for side in (2**31 - 1, 65535, 20_000, 8000):
        yield f"claims {side} x {side} pixels", partial(png, side, side, bytes(1000))
    yield "claims 16384 x 16384 pixels of 16 bits", lambda: png(16384, 16384, bytes(1000), depth=16, colour=6)
    yield "claims 16384 x 16384 pixels of one bit", lambda: png(16384, 16384, bytes(1000), depth=1, colour=0)
    yield "claims 3000 x 3000 pixels with data for 1000", lambda: png(3000, 3000, bytes(3000))
    yield "width 0", lambda: png(0, 10, bytes(100))
    yield "height 0", lambda: png(10, 0, bytes(100))
    yield "a bomb: 300 MB of pixels for 4000 x 4000", lambda: packed(4000, 4000, _bomb(300))
    yield "a bomb: 300 MB of pixels for 10 x 10", lambda: packed(10, 10, _bomb(300))
    yield "a bomb in a text", lambda: png(1, 1, bytes(4), extra=chunk(b"zTXt", b"a\0\0" + _bomb(200)))
    yield (
        "a bomb in an international text",
        lambda: png(1, 1, bytes(4), extra=chunk(b"iTXt", b"a\0\1\0\0\0" + _bomb(200))),
    )
    yield "a bomb in a profile", lambda: png(1, 1, bytes(4), extra=chunk(b"iCCP", b"a\0\0" + _bomb(200)))
    yield (
        "100 texts of 100 kB, packed",
        lambda: png(1, 1, bytes(4), extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(100_000))) * 100),
    )
    yield "an EXIF of 1 MB", lambda: png(1, 1, bytes(4), extra=chunk(b"eXIf", bytes(1 << 20)))
    yield "a text of 8 MB", lambda: png(1, 1, bytes(4), extra=chunk(b"tEXt", b"a\0" + b"b" * (8 << 20)))
    yield "100,000 chunks", lambda: png(1, 1, bytes(4), extra=chunk(b"tIME") * 100_000)
    yield "one byte too few", lambda: png(50, 50, bytes(50 * 151 - 1))
    yield "one byte too many", lambda: png(50, 50, bytes(50 * 151 + 1))
    yield "interlaced, half of it", lambda: png(50, 50, bytes(4000), interlaced=1)
    yield "a filter that doesn't exist", lambda: png(50, 50, bytes(151 * 10) + b"\x09" + bytes(151 * 40 - 1))
    yield "a filter that doesn't exist, interlaced", lambda: png(8, 8, b"\x09" + bytes(300), interlaced=1)
    yield "noise for pixels", lambda: packed(50, 50, rng.randbytes(3000))
    yield "no pixels", lambda: packed(50, 50, b"")
    yield "pixels of a wrong sum", lambda: packed(50, 50, zlib.compress(bytes(50 * 151))[:-4] + b"abcd")
    yield "more data behind the pixels", lambda: packed(50, 50, zlib.compress(bytes(50 * 151)) + b"PK\3\4 and more")
    yield "a wrong checksum", partial(patched, good, len(good) - 20, b"abcd")
    yield "a wrong checksum of the header", partial(patched, good, 29, b"abcd")
    yield "bits flipped in the pixels", partial(patched, good, 1000, rng.randbytes(40))
    for name, depth, colour in (("depth 3", 3, 2), ("colour 5", 8, 5), ("palette of 16 bits", 16, 3)):
        yield name, partial(png, 10, 10, bytes(2000), depth=depth, colour=colour)
    yield "a palette picture without palette", lambda: png(10, 10, bytes(110), colour=3)
    yield "a palette of 1000 bytes", lambda: png(10, 10, bytes(110), colour=3, extra=chunk(b"PLTE", bytes(1000)))
    yield "two headers", partial(inserted, good, HEADER_END, good[8:HEADER_END])
    yield "a header behind a text", lambda: MAGIC + chunk(b"tEXt", b"a\0b") + good[8:]
    yield "a critical chunk that nobody knows", partial(inserted, good, HEADER_END, chunk(b"EVIL", b"x"))
    yield "a chunk with a name of zeros", partial(inserted, good, HEADER_END, chunk(b"\0\0\0\0", b"x"))
    yield "a chunk of 4 GB", partial(inserted, good, HEADER_END, b"\xff\xff\xff\xfftEXt")
    yield (
        "animated",
        lambda: encoded(photo(40, 30), "PNG", save_all=True, append_images=[photo(40, 30, 1), photo(40, 30, 2)]),
    )
    yield (
        "animated in its header alone",
        partial(inserted, good, HEADER_END, chunk(b"acTL", struct.pack(">II", 1000, 0))),
    )
    for name, tail in (
        ("a web page", b"<html><script>alert(1)</script></html>"),
        ("an archive", b"PK\3\4" + rng.randbytes(3000)),
        ("a second PNG", good),
        ("one byte", b"x"),
        ("noise after zeros", bytes(5000) + rng.randbytes(10)),
    ):
        yield f"{name} behind the end", partial(bytes.__add__, good, tail)
    for name, text in (
        ("a script", b"a\0<ScRiPt>alert(1)"),
        ("a document", b"a\0%PDF-1.7"),
        ("PHP", b"a\0<?php echo 1;"),
    ):
        yield f"{name} in a text", partial(inserted, good, HEADER_END, chunk(b"tEXt", text))


def _costly_cases() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """What is small or empty, and takes long to read."""
    for kind, fixed in (("dynamic", False), ("fixed", True)):
        blocks = partial(empty_blocks, fixed=fixed)
        for side in (64, 2000):
            yield f"9.9 MB of empty {kind} blocks for {side} x {side} pixels", partial(_of_blocks, side, blocks)
        for size in (4_000_000, 300_000, 200_000):
            yield f"{size} bytes of empty {kind} blocks in a profile", partial(_in_chunks, b"iCCP", blocks, size, 1)
        yield f"100 texts of empty {kind} blocks", partial(_in_chunks, b"zTXt", blocks, 15_000, 100)
    yield "4,080 texts with the beginnings of everything", lambda: _with(chunk(b"tEXt", b"a\0<%:") * 4080)
    yield "4 MB of <, then an entity", lambda: _with(chunk(b"tEXt", b"a\0" + b"<" * 4_000_000 + b"%:pk<!entity"))


def _hidden_cases() -> Iterator[tuple[str, Callable[[], bytes]]]:
    rows = b"".join(b"\0" + bytes([row % 256, row // 256, 7]) * 3100 for row in range(3099))
    bad = b"\x09" + bytes(9300)
    yield "9 million pixels, the last row missing", lambda: png(3000, 3000, bytes(2999 * 9001))
    yield "9 million pixels, one row too many", lambda: png(3000, 3000, bytes(3001 * 9001))
    yield "3100 x 3100 pixels, a filter that doesn't exist in the last row", lambda: png(3100, 3100, rows + bad)
    yield "12 MB of pixels, then 9.8 MB of empty blocks", _interrupted
    for zeros, pixels in ((12, 8_600_000), (100, 26_000_000)):
        yield f"blocks of {zeros} bytes each, rows missing at the end", partial(_of_tiny_blocks, zeros, pixels)


def _of_blocks(side: int, blocks: Callable[[int], bytes]) -> bytes:
    return packed(side, side, blocks(9_900_000))


def _in_chunks(kind: bytes, blocks: Callable[[int], bytes], size: int, count: int) -> bytes:
    return _with(chunk(kind, b"a\0\0" + blocks(size)) * count)


def _interrupted() -> bytes:
    """Flush in the middle, which ends at a whole byte."""
    packer = zlib.compressobj(9)
    begun = packer.compress(bytes(2000 * 6001 - 1)) + packer.flush(zlib.Z_SYNC_FLUSH)
    return packed(2000, 2000, begun + empty_blocks(9_800_000)[2:])


def _of_tiny_blocks(zeros: int, pixels: int) -> bytes:
    return packed(3000, 3000, tiny_blocks(pixels, zeros))


def _with(extra: bytes) -> bytes:
    return png(1, 1, bytes(4), extra=extra)
