"""Uploads that would take long to read are given up early, and good ones that look like them are not."""

from __future__ import annotations

import random
import zlib
from typing import Any

import pytest
from PIL import Image

from backend.catalogue.images import ImageRefused, inspect_upload
from backend.catalogue.images.containers import inflate, jpeg
from backend.catalogue.images.containers.inflate import Inflater
from scripts.hostile.case import photo
from scripts.hostile.cases import hostile_cases
from scripts.hostile.deflate import empty_blocks, tiny_blocks
from scripts.hostile.png import chunk, packed, png
from tests.backend.images.pictures import decode_upload, encode

CASES = {case.name: case for case in hostile_cases()}


@pytest.fixture
def fed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of what an inflater takes, as it goes on."""
    sizes: list[int] = []
    real = zlib.decompressobj

    class Counted:
        def __init__(self) -> None:
            self._stream = real()

        def decompress(self, data: bytes, limit: int) -> bytes:
            block = self._stream.decompress(data, limit)
            sizes.append(len(data) - len(self._stream.unconsumed_tail))
            return block

        def __getattr__(self, name: str) -> Any:
            return getattr(self._stream, name)

    monkeypatch.setattr(zlib, "decompressobj", Counted)
    return sizes


@pytest.mark.parametrize("fixed", [False, True])
def test_more_compressed_pixels_than_there_can_be_are_not_inflated(fed: list[int], fixed: bool) -> None:
    data = packed(64, 64, empty_blocks(100_000, fixed=fixed))
    with pytest.raises(ImageRefused, match="more compressed data than its pixels can take"):
        inspect_upload(data, 256)
    assert fed == []


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("piece", [1000, 1 << 20])
def test_compressed_pixels_without_output_are_given_up(fed: list[int], fixed: bool, piece: int) -> None:
    stream = empty_blocks(2_000_000, fixed=fixed)
    pieces = [chunk(b"IDAT", stream[start : start + piece]) for start in range(0, len(stream), piece)]
    data = packed(2000, 2000, b"")
    empty = chunk(b"IDAT")
    with pytest.raises(ImageRefused, match="next to nothing in it"):
        inspect_upload(data.replace(empty, b"".join(pieces)), 256)
    assert sum(fed) <= 20_000


def test_empty_blocks_behind_pixels_are_given_up(fed: list[int]) -> None:
    with pytest.raises(ImageRefused, match="next to nothing in it"):
        inspect_upload(CASES["png: 12 MB of pixels, then 9.8 MB of empty blocks"].make(), 256)
    assert sum(fed) <= 200_000


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt"])
def test_compressed_metadata_is_bounded_before_it_is_inflated(fed: list[int], kind: bytes) -> None:
    large = png(1, 1, bytes(4), extra=chunk(kind, b"a\0\0" + empty_blocks(300_000)))
    with pytest.raises(ImageRefused, match="too much compressed metadata"):
        inspect_upload(large, 256)
    assert fed == []
    small = png(1, 1, bytes(4), extra=chunk(kind, b"a\0\0" + empty_blocks(200_000)))
    with pytest.raises(ImageRefused, match="next to nothing in it"):
        inspect_upload(small, 256)
    assert sum(fed) <= 20_000


def test_texts_without_number_are_refused() -> None:
    with pytest.raises(ImageRefused, match="too much metadata"):
        inspect_upload(png(1, 1, bytes(4), extra=chunk(b"tEXt", b"a\0<%:") * 300), 256)


def test_what_takes_too_long_for_its_size_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(10_000))
    stream = tiny_blocks(1_000_000)
    monkeypatch.setattr(inflate, "thread_time", lambda: float(next(seconds)))
    monkeypatch.setattr(inflate, "_pace", lambda: 1e-6)
    came: list[int] = []
    with pytest.raises(ImageRefused, match="far too long to inflate"):
        came.extend(map(len, Inflater().blocks(stream)))
    assert sum(came) < 100_000
    monkeypatch.setattr(inflate, "_pace", lambda: 1.0)
    assert sum(map(len, Inflater().blocks(stream))) > 999_000


@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("memory", [1, 8])
@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE])
def test_honest_streams_pass_however_they_were_packed(level: int, memory: int, strategy: int) -> None:
    noise = random.Random(0).randbytes(300 * 901)
    for row in (noise, bytes([200, 255]) * len(noise), photo(300, 300).tobytes() * 2):
        pixels = b"".join(b"\0" + row[start : start + 900] for start in range(0, 270_000, 900))
        packer = zlib.compressobj(level, zlib.DEFLATED, 15, memory, strategy)
        stream = packer.compress(pixels[:100_000]) + packer.flush(zlib.Z_SYNC_FLUSH)
        stream += packer.compress(pixels[100_000:]) + packer.flush()
        inspect_upload(packed(300, 300, stream), 256)


@pytest.mark.parametrize(
    "name", ["32 progressive scans of 11.5 million pixels in 70 kB", "3 baseline scans of everything"]
)
def test_scans_are_counted_by_their_blocks(name: str) -> None:
    with pytest.raises(ImageRefused, match="more scans than a picture needs"):
        inspect_upload(CASES[f"jpeg: {name}"].make(), 256)


@pytest.mark.parametrize(
    ("mode", "side", "subsampling"), [("RGB", 3900, 2), ("RGB", 2800, 0), ("L", 4800, 0), ("CMYK", 2400, 0)]
)
def test_the_largest_progressive_pictures_may_have_all_scans_of_libjpeg(
    mode: str, side: int, subsampling: int
) -> None:
    data = encode(Image.new(mode, (side, side)), progressive=True, subsampling=subsampling)
    inspect_upload(data, 256)
    repeated = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(ImageRefused, match="more scans"):
        inspect_upload(data[:-2] + repeated * (jpeg.MAX_SCANS - data.count(b"\xff\xda")) + data[-2:], 256)
    larger = encode(Image.new(mode, (side + 100, side + 100)), progressive=True, subsampling=subsampling)
    with pytest.raises(ImageRefused, match="to decode"):
        inspect_upload(larger, 256)


def test_a_small_picture_may_have_many_scans() -> None:
    data = encode(photo(640, 480), progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    inspect_upload(data[:-2] + scan * 10 + data[-2:], 256)


@pytest.mark.parametrize("header", [b"", b"\1", b"\1\1\0\0\x3f\0\0", b"\0\0\x3f\0", b"\1\x77\0\0\x3f\0"])
def test_scan_headers_that_no_encoder_writes(header: bytes) -> None:
    data = encode(photo(64, 48))
    start = data.index(b"\xff\xda")
    rest = data[start + 2 + int.from_bytes(data[start + 2 : start + 4], "big") :]
    with pytest.raises(ImageRefused, match="scan"):
        inspect_upload(data[: start + 2] + (len(header) + 2).to_bytes(2, "big") + header + rest, 256)


def test_pictures_that_only_decoding_shows_are_refused_all_the_same() -> None:
    hidden = [case for case in CASES.values() if case.hidden]
    assert len(hidden) == 10
    for make in (case.make for case in hidden):
        with pytest.raises(ImageRefused):
            decode_upload(make(), 256)
