"""Hostile JPEGs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial

from PIL import Image

from scripts.hostile.case import Case, cut, encoded, inserted, patched, photo

SOF0, SOF2 = b"\xff\xc0", b"\xff\xc2"


def jpeg_cases(seed: int) -> Iterator[Case]:
    """Yield every case."""
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    good = encoded(photo(640, 480, seed), "JPEG", quality=85)
    progressive = encoded(photo(640, 480, seed), "JPEG", quality=85, progressive=True)
    for name, make in _cases(good, progressive, rng):
        yield Case(f"jpeg: {name}", "image/jpeg", make)


def _cases(good: bytes, progressive: bytes, rng: random.Random) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for share in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        yield f"cut off at {share:.0%}", partial(cut, good, share)
    yield "without its last byte", lambda: good[:-1]
    yield "without its last marker", lambda: good[:-2]
    yield "progressive, cut off", lambda: progressive[: len(progressive) // 2]
    yield "magic alone", lambda: b"\xff\xd8\xff"
    yield "start and end alone", lambda: b"\xff\xd8\xff\xd9"
    frame, scan = good.index(SOF0), good.index(b"\xff\xda")
    for name, size in (("65535 x 65535", 65535), ("16000 x 16000", 16000), ("9000 x 9000", 9000)):
        yield f"claims {name} pixels", partial(patched, good, frame + 5, size.to_bytes(2, "big") * 2)
    yield (
        "claims 4000 x 4000 pixels with data for 640 x 480",
        partial(
            patched,
            encoded(photo(64, 48), "JPEG"),
            encoded(photo(64, 48), "JPEG").index(SOF0) + 5,
            b"\x0f\xa0\x0f\xa0",
        ),
    )
    yield (
        "progressive, claims 7000 x 7000 pixels",
        lambda: patched(progressive, progressive.index(SOF2) + 5, b"\x1b\x58\x1b\x58"),
    )
    yield "height 0", partial(patched, good, frame + 5, b"\0\0")
    yield "width 0", partial(patched, good, frame + 7, b"\0\0")
    yield "12 bits a sample", partial(patched, good, frame + 4, b"\x0c")
    yield "0 components", partial(patched, good, frame + 9, b"\0")
    yield "200 components", partial(patched, good, frame + 9, b"\xc8")
    yield "sampling 15 x 15", partial(patched, good, frame + 11, b"\xff")
    yield "sampling 0 x 0", partial(patched, good, frame + 11, b"\0")
    yield "two frame headers", partial(inserted, good, frame, good[frame:scan])
    for marker, name in (
        (0xC3, "lossless"),
        (0xC5, "hierarchical"),
        (0xC9, "arithmetic"),
        (0xCF, "lossless arithmetic"),
    ):
        yield f"{name} coding", partial(patched, good, frame + 1, bytes([marker]))
    yield "a segment of length 0", partial(inserted, good, 2, b"\xff\xe2\0\0")
    yield "a segment past the end", partial(inserted, good, scan, b"\xff\xfe\xff\xff")
    yield "100,000 segments", lambda: inserted(good, 2, b"\xff\xe9\0\2" * 100_000)
    yield "comments of 6 MB", lambda: inserted(good, 2, (b"\xff\xfe\xff\xff" + bytes(65533)) * 100)
    yield "EXIF of 1 MB", lambda: inserted(good, 2, (b"\xff\xe1\xff\xffExif\0\0" + bytes(65527)) * 16)
    yield "9 MB of fill bytes", lambda: inserted(good, 2, b"\xff" * (9 << 20))
    yield "9 MB of fill bytes in the scan, no end", lambda: good[:-2] + b"\xff" * (9 << 20)
    yield "9 MB of restart markers, no end", lambda: good[:-2] + b"\xff\xd0" * (9 << 19)
    end = progressive.rindex(b"\xff\xda")
    yield "10,000 scans", lambda: progressive[:-2] + progressive[end : end + 40] * 10_000 + b"\xff\xd9"
    yield "32 progressive scans of 11.5 million pixels in 70 kB", _many_scans
    yield "3 baseline scans of everything", lambda: good[:-2] + good[scan:-2] * 2 + b"\xff\xd9"
    yield "40 baseline scans", lambda: good[:-2] + good[scan : scan + 600] * 40 + b"\xff\xd9"
    yield "no pixels at all", partial(_without_pixels, good, scan)
    yield "no tables", partial(_without, good, (0xDB, 0xC4))
    yield "no quantisation tables", partial(_without, good, (0xDB,))
    table = good.index(b"\xff\xc4")
    yield "a Huffman table of 4080 codes", partial(patched, good, table + 5, b"\xff" * 16)
    yield "a scan of a component that isn't there", partial(patched, good, scan + 5, b"\x77")
    yield "an end in the middle", partial(inserted, good, (scan + len(good)) // 2, b"\xff\xd9")
    noise = rng.randbytes(5000)
    yield "noise behind the end", lambda: good + noise
    for name, tail in (
        ("a web page", b"<html><script>alert(1)</script></html>"),
        ("an archive", b"PK\3\4" + noise),
        ("a document", b"%PDF-1.7\n" + noise),
        ("a GIF", b"GIF89a" + noise),
        ("an MP4", b"\0\0\0\x18ftypmp42" + noise),
        ("half a second JPEG", good[: len(good) // 2]),
        ("50 more JPEGs", good * 50),
    ):
        yield f"{name} behind the end", partial(bytes.__add__, good, tail)
    for name, text in (
        ("a script", b"/*<script>alert(1)</script>"),
        ("PHP", b"<?php system($_GET[0]); ?>"),
        ("a document", b"%PDF-1.4\n1 0 obj"),
        ("an archive", b"PK\3\4\x14\0"),
    ):
        segment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
        yield f"{name} in a comment", partial(inserted, good, 2, segment)


def _many_scans() -> bytes:
    """Repeat the last scan, a refinement of the luma that changes nothing."""
    data = encoded(Image.new("RGB", (4000, 2880), "teal"), "JPEG", progressive=True)
    scans = data.count(b"\xff\xda")
    return data[:-2] + data[data.rindex(b"\xff\xda") : -2] * (32 - scans) + data[-2:]


def _without_pixels(good: bytes, scan: int) -> bytes:
    header = int.from_bytes(good[scan + 2 : scan + 4], "big")
    return good[: scan + 2 + header] + b"\xff\xd9"


def _without(good: bytes, markers: tuple[int, ...]) -> bytes:
    kept, position = good[:2], 2
    while good[position + 1] != 0xDA:
        end = position + 2 + int.from_bytes(good[position + 2 : position + 4], "big")
        kept += b"" if good[position + 1] in markers else good[position:end]
        position = end
    return kept + good[position:]
