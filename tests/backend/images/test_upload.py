"""Uploads: what a phone or a browser sends passes, what is wrong with it is named."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.catalogue.images import ImageRefused, ImageTypeRefused, check_type, safe_decode
from backend.catalogue.images.containers import jpeg, png, webp
from scripts.hostile.case import encoded, inserted, photo
from scripts.hostile.png import chunk
from scripts.hostile.png import png as make_png
from scripts.hostile.webp import header, riff
from tests.backend.images.pictures import decode_upload, encode

PHOTO = photo(333, 257)
FILES = {
    "jpeg": encode(PHOTO),
    "progressive": encode(PHOTO, progressive=True),
    "4:4:4": encode(PHOTO, subsampling=0),
    "restarts": encode(PHOTO, restart_marker_rows=1),
    "grey": encode(PHOTO.convert("L")),
    "cmyk": encode(PHOTO.convert("CMYK")),
    "png": encode(PHOTO, "PNG"),
    "palette": encode(PHOTO.quantize(16), "PNG", bits=4),
    "one bit": encode(PHOTO.convert("1"), "PNG"),
    "grey and alpha": encode(PHOTO.convert("LA"), "PNG"),
    "webp": encode(PHOTO, "WEBP"),
    "lossless": encode(PHOTO, "WEBP", lossless=True),
    "extended": encode(PHOTO, "WEBP", exif=Image.Exif().tobytes(), icc_profile=bytes(200)),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("side", [512, 200])
def test_an_upload_is_decoded_as_safe_decode_does(name: str, side: int) -> None:
    picture = decode_upload(FILES[name], side)
    assert picture.tobytes() == safe_decode(FILES[name], longest_side=side).tobytes()
    assert max(picture.size) == min(side, 333)


@pytest.mark.parametrize("name", FILES)
def test_every_shorter_file_is_refused(name: str) -> None:
    data = FILES[name]
    for end in [*random.Random(0).sample(range(1, len(data)), 60), len(data) - 1]:
        with pytest.raises(ImageRefused):
            decode_upload(data[:end], 512)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.floats(0, 1), st.binary(min_size=1, max_size=12))
def test_damage_ends_in_a_picture_or_a_refusal(name: str, place: float, patch: bytes) -> None:
    data = bytearray(FILES[name])
    start = int(place * (len(data) - 1))
    data[start : start + len(patch)] = patch
    try:
        assert decode_upload(bytes(data), 512).mode == "RGB"
    except ImageRefused:
        pass


@pytest.mark.parametrize("interlaced", [0, 1])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 3), (5, 1), (1, 5), (8, 8), (31, 17), (300, 200)])
@pytest.mark.parametrize(("depth", "colour", "mode"), [(1, 0, "1"), (8, 2, "RGB"), (8, 6, "RGBA"), (16, 0, "I;16")])
def test_sizes_of_png_rows(interlaced: int, width: int, height: int, depth: int, colour: int, mode: str) -> None:
    bits = depth * {0: 1, 2: 3, 6: 4}[colour]
    steps = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    size = 0
    for x, y, dx, dy in steps if interlaced else [(0, 0, 1, 1)]:
        columns, rows = len(range(x, width, dx)), len(range(y, height, dy))
        size += rows * (1 + -(-columns * bits // 8)) if columns else 0
    data = make_png(width, height, bytes(size), depth=depth, colour=colour, interlaced=interlaced)
    assert decode_upload(data, 512).size == (width, height)
    for wrong in (size - 1, size + 1):
        with pytest.raises(ImageRefused):
            decode_upload(
                make_png(width, height, bytes(wrong), depth=depth, colour=colour, interlaced=interlaced), 512
            )


def test_pictures_that_phones_append_are_walked_and_left_alone() -> None:
    first, second = FILES["jpeg"], encode(photo(80, 60, 1))
    expected = safe_decode(first, longest_side=512).tobytes()
    for data in (first + second, first + bytes(300) + second, first + second + second + bytes(9)):
        assert decode_upload(data, 512).tobytes() == expected
    multi = encoded(PHOTO, "MPO", save_all=True, append_images=[photo(80, 60, 1)])
    assert decode_upload(multi, 512).size == PHOTO.size
    for tail in (second[:-2], second + b"x", bytes(10) + b"PK\3\4"):
        with pytest.raises(ImageRefused):
            decode_upload(first + tail, 512)


def test_metadata_of_ordinary_size_passes() -> None:
    exif = Image.Exif()
    exif[0x010F] = "maker" * 10_000
    xmp = b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>"
    for kind in ("JPEG", "PNG", "WEBP"):
        data = encode(PHOTO, kind, exif=exif, icc_profile=random.Random(0).randbytes(3000), xmp=xmp)
        assert decode_upload(data, 512).size == PHOTO.size
    text = chunk(b"iTXt", b"Comment\0\0\0en\0\0hello") + chunk(b"zTXt", b"a\0\0" + b"x\x9c\x03\x00\x00\x00\x00\x01")
    assert decode_upload(inserted(FILES["png"], 33, text), 512).size == PHOTO.size


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (FILES["jpeg"][:-2], "cut off"),
        (FILES["png"][:-12], "cut off"),
        (FILES["webp"][:-2], "cut off"),
        (FILES["jpeg"] + b"x", "something else follows"),
        (FILES["png"] + b"x", "something else follows"),
        (FILES["webp"] + b"x", "something else follows"),
        (make_png(20, 20, bytes(20 * 61), extra=chunk(b"acTL", bytes(8))), "animated"),
        (riff(header(333, 257, 2), FILES["webp"][12:]), "animated"),
        (make_png(4000, 4000, bytes(4000 * 12001)), "to decode"),
        (encode(Image.new("RGB", (1800, 1600)), "WEBP"), "to decode"),
        (encode(Image.new("RGB", (4200, 4000)), progressive=True, subsampling=0), "to decode"),
    ],
)
def test_refusals_say_what_is_wrong(data: bytes, message: str) -> None:
    with pytest.raises(ImageRefused, match=message):
        decode_upload(data, 512)


def test_sizes_that_people_send() -> None:
    for width, height, kind, options in (
        (4032, 3024, "JPEG", {}),
        (4032, 3024, "JPEG", {"progressive": True}),
        (7300, 5475, "JPEG", {}),
        (3840, 2160, "PNG", {}),
        (1290, 2796, "PNG", {}),
        (1920, 1080, "WEBP", {}),
    ):
        data = encode(Image.new("RGB", (width, height), "teal"), kind, **options)
        picture = decode_upload(data, 512)
        assert max(picture.size) == 512
        assert np.abs(np.asarray(picture, dtype=int).mean(axis=(0, 1)) - (0, 128, 128)).max() < 6


def test_types_are_checked_against_the_file() -> None:
    for walk, kind in ((jpeg, "image/jpeg"), (png, "image/png"), (webp, "image/webp")):
        data = next(data for data in FILES.values() if data.startswith(walk.MAGIC))
        check_type(data, kind)
        for other in {"image/jpeg", "image/png", "image/webp", "image/gif", None} - {kind}:
            with pytest.raises(ImageTypeRefused):
                check_type(data, other)
    with pytest.raises(ImageTypeRefused):
        decode_upload(b"GIF89a", 512)
