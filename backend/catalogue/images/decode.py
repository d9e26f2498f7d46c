"""Bytes from strangers become a plain RGB picture, or a clear refusal."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError

from backend.catalogue.images.errors import ImageRefused
from backend.catalogue.images.source import MAX_IMAGE_BYTES

MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_ANIMATED = frozenset(
    {"PNG", "WEBP"}
)  # a JPEG of several frames is a phone's picture with its depth map: still a photo
_WHITE = (255, 255, 255)
# What Pillow's decoders raise on damaged input; warnings only where the process turns them into errors.
_DAMAGE = (
    *(OSError, SyntaxError, ValueError, EOFError, OverflowError, MemoryError, IndexError, TypeError, KeyError),
    *(struct.error, zlib.error, Warning),
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def safe_decode(data: bytes, *, longest_side: int | None = None) -> Image.Image:
    """Decode a JPEG, PNG or WebP picture from an untrusted source.

    Size and pixel count are judged from the header, before any pixel is decoded. The picture comes upright, on white
    where it is transparent, and without metadata.

    Args:
        data: the whole file; what follows the picture in it is ignored.
        longest_side: when given, a larger picture comes scaled down to it.

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
                picture.draft("RGB", (longest_side, longest_side))  # a JPEG decodes straight to a smaller size
            picture.load()
            plain = _to_rgb(_upright(picture))
    except ImageRefused:
        raise
    except UnidentifiedImageError as error:
        raise ImageRefused("not a JPEG, PNG or WebP picture") from error
    except _BOMBS as error:
        raise ImageRefused("too many pixels") from error
    except _DAMAGE as error:
        raise ImageRefused(f"damaged or cut off: {error}") from error
    if longest_side is not None:
        plain.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    plain.info = {}
    return plain


def _check_header(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ImageRefused(f"{width} x {height} pixels, at most {MAX_PIXELS} and {MAX_SIDE} on a side")
    if picture.format in _ANIMATED and getattr(picture, "is_animated", False):
        raise ImageRefused("an animated picture")


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except _DAMAGE:
        return picture  # broken metadata is no reason to lose a good picture


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits a pixel; a plain conversion would clip instead of scale
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        canvas = Image.new("RGB", rgba.size, _WHITE)
        canvas.paste(rgba, mask=rgba.getchannel("A"))
        return canvas
    return picture.convert("RGB") if picture.mode != "RGB" else picture.copy()
