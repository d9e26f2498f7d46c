"""Small pictures in every state."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

from backend.catalogue.images import inspect_upload, safe_decode


def encode(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decode_upload(data: bytes, longest_side: int) -> Image.Image:
    """Walk through a file and decode it, as the server does with an upload."""
    inspect_upload(data, longest_side)
    return safe_decode(data, longest_side=longest_side)


def halves(width: int = 60, height: int = 40) -> Image.Image:
    """Return a picture that is red on the left and blue on the right."""
    image = Image.new("RGB", (width, height), (255, 0, 0))
    image.paste((0, 0, 255), (width // 2, 0, width, height))
    return image


def png_claiming(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header promises many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
