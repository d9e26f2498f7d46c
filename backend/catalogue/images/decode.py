"""Bytes from strangers become a plain RGB picture, or a clear refusal."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, UnidentifiedImageError

from backend.catalogue.images.errors import ImageRefused
from backend.catalogue.images.source import MAX_IMAGE_BYTES

MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_ANIMATED = frozenset(
    {"PNG", "WEBP"}
)  # a JPEG of several frames is a phone's picture with its depth map: still a photo
_WHITE = (255, 255, 255)
_ORIENTATION = 0x0112  # EXIF 2.3, table 4
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_GAP = 1.5  # averaging blocks leaves at least this much for the better filter to do
_BAND_PIXELS = 1 << 18
# What Pillow's decoders raise on damaged input; warnings only where the process turns them into errors.
_DAMAGE = (
    *(OSError, SyntaxError, ValueError, EOFError, OverflowError, MemoryError, IndexError, TypeError, KeyError),
    *(struct.error, zlib.error, Warning),
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def safe_decode(data: bytes, *, longest_side: int | None = None, enough: int | None = None) -> Image.Image:
    """Decode a JPEG, PNG or WebP picture from an untrusted source.

    Size and pixel count are judged from the header, before any pixel is decoded. The picture comes upright, on white
    where it is transparent, and without metadata.

    Args:
        data: the whole file; what follows the picture in it is ignored.
        longest_side: when given, a larger picture comes scaled down to it.
        enough: when given, a JPEG may come at a half, a quarter or an eighth of its size, both sides at least this
            and the aspect ratio unchanged.

    Returns:
        An RGB picture.

    Raises:
        ImageRefused: too large, another format, animated, truncated or damaged.
    """
    if not data:
        raise ImageRefused("an empty file")
    if len(data) > MAX_IMAGE_BYTES:
        raise ImageRefused(f"{len(data)} bytes, at most {MAX_IMAGE_BYTES} are read")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            _check_header(picture)
            if longest_side is not None:
                _draft(picture, longest_side)
            elif enough is not None:
                _draft_exactly(picture, enough)
            turn = _turn(picture)
            picture.load()
            plain = _to_rgb(picture) if longest_side is None else _shrunk(picture, longest_side)
    except ImageRefused:
        raise
    except UnidentifiedImageError as error:
        raise ImageRefused("not a JPEG, PNG or WebP picture") from error
    except _BOMBS as error:
        raise ImageRefused("too many pixels") from error
    except _DAMAGE as error:
        raise ImageRefused(f"damaged or cut off: {error}") from error
    if turn is not None:
        plain = plain.transpose(turn)
    plain.info = {}
    return plain


def _check_header(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ImageRefused(f"{width} x {height} pixels, at most {MAX_PIXELS} and {MAX_SIDE} on a side")
    if picture.format in _ANIMATED and getattr(picture, "is_animated", False):
        raise ImageRefused("an animated picture")


def _draft(picture: Image.Image, longest_side: int) -> None:
    """Let a JPEG decode straight to a smaller size, not below what is asked for."""
    width, height = picture.size
    longest = max(picture.size)
    picture.draft("RGB", (max(1, width * longest_side // longest), max(1, height * longest_side // longest)))


def _draft_exactly(picture: Image.Image, enough: int) -> None:
    """Let a JPEG decode to a fraction of its size, both sides at least `enough`, where that leaves no remainder.

    A rounded side changes the aspect ratio, and an encoder then reads the picture shifted by up to a pixel.
    """
    width, height = picture.size
    for scale in (8, 4, 2):
        if width % scale == height % scale == 0 and min(width, height) >= scale * enough:
            picture.draft("RGB", (width // scale, height // scale))
            return


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """Return what makes the picture upright, by its EXIF or XMP."""
    try:
        return _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        return None  # broken metadata is no reason to lose a good picture


def _shrunk(picture: Image.Image, longest_side: int) -> Image.Image:
    """Return an RGB copy of at most this size, made in bands: a large picture never exists twice."""
    factor = max(1, int(max(picture.size) / (longest_side * _GAP)))
    width, height = picture.size
    band = factor * max(1, _BAND_PIXELS // (width * factor))
    reduced = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, band):
        part = _to_rgb(picture.crop((0, top, width, min(top + band, height))))
        reduced.paste(part.reduce(factor) if factor > 1 else part, (0, top // factor))
    reduced.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return reduced


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits a pixel; a plain conversion would clip instead of scale
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        canvas = Image.new("RGB", rgba.size, _WHITE)
        canvas.paste(rgba, mask=rgba.getchannel("A"))
        return canvas
    return picture.convert("RGB") if picture.mode != "RGB" else picture.copy()
