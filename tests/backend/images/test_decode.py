"""Pictures from strangers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.catalogue.images import ImageRefused, safe_decode
from backend.catalogue.images.source import MAX_IMAGE_BYTES
from tests.backend.images.pictures import encode, halves, png_claiming

ORIENTATION = 0x0112
JPEG = encode(halves())


def near(pixel: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 12 for a, b in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_formats(kind: str) -> None:
    image = safe_decode(encode(halves(), kind))
    assert (image.mode, image.size, image.info) == ("RGB", (60, 40), {})
    assert near(image.getpixel((5, 5)), (255, 0, 0))
    assert near(image.getpixel((55, 5)), (0, 0, 255))


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "RGB"])
def test_modes_become_rgb(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert safe_decode(encode(halves().convert(mode), kind)).mode == "RGB"


def test_transparency_becomes_white() -> None:
    image = safe_decode(encode(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG"))
    assert image.getpixel((0, 0)) == (255, 255, 255)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    image = safe_decode(encode(Image.new("I;16", (8, 8), 0x8000), "PNG"))
    assert image.getpixel((0, 0)) == (128, 128, 128)


@pytest.mark.parametrize("longest_side", [None, 30])
def test_orientation_is_applied_and_forgotten(longest_side: int | None) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was held upright: turn clockwise
    image = safe_decode(encode(halves(600, 400), exif=exif), longest_side=longest_side)
    assert image.size == ((400, 600) if longest_side is None else (20, 30))
    assert near(image.getpixel((image.width // 2, 1)), (255, 0, 0))
    assert near(image.getpixel((image.width // 2, image.height - 2)), (0, 0, 255))
    assert not image.getexif()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_doesnt_lose_the_picture() -> None:
    data = encode(halves(), exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    assert safe_decode(data).size == (60, 40)


@pytest.mark.parametrize("tail", [b"PK\x03\x04zip", b"<html><script>alert(1)</script></html>"])
def test_what_follows_a_picture_is_ignored(tail: bytes) -> None:
    assert safe_decode(JPEG + tail).tobytes() == safe_decode(JPEG).tobytes()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "an empty file"),
        (SVG, "not a JPEG, PNG or WebP picture"),
        (b"<html>404</html>", "not a JPEG, PNG or WebP picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "not a JPEG, PNG or WebP picture"),
        (encode(halves(), "GIF"), "not a JPEG, PNG or WebP picture"),
        (encode(halves(), "BMP"), "not a JPEG, PNG or WebP picture"),
        (encode(halves(), "TIFF"), "not a JPEG, PNG or WebP picture"),
        (JPEG[: len(JPEG) // 2], "damaged or cut off"),
        (encode(halves(), "PNG")[:-40], "damaged or cut off"),
        (encode(halves(), "WEBP")[:-20], "(damaged or cut off|not a JPEG, PNG or WebP picture)"),
        (JPEG + b"\0" * MAX_IMAGE_BYTES, "at most 20971520 are read"),
        (png_claiming(8000, 8000), "8000 x 8000 pixels"),
        (png_claiming(30_000, 10), "30000 x 10 pixels"),
        (png_claiming(12_000, 12_000), "(pixels|too many pixels)"),
        (png_claiming(60_000, 60_000), "too many pixels"),
        (
            encode(halves(), "WEBP", save_all=True, append_images=[halves().transpose(Image.Transpose.ROTATE_180)]),
            "animated",
        ),
        (
            encode(halves(), "PNG", save_all=True, append_images=[halves().transpose(Image.Transpose.ROTATE_180)]),
            "animated",
        ),
    ],
)
def test_refusals(data: bytes, message: str) -> None:
    with pytest.raises(ImageRefused, match=message):
        safe_decode(data)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=150)
@given(st.integers(0, len(JPEG) - 1), st.binary(min_size=1, max_size=8), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_damage_ends_in_a_picture_or_a_refusal(position: int, patch: bytes, kind: str) -> None:
    data = bytearray(encode(halves(), kind))
    position %= len(data)
    data[position : position + len(patch)] = patch
    try:
        image = safe_decode(bytes(data))
    except ImageRefused:
        return
    assert image.mode == "RGB"
