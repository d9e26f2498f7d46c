"""One hostile upload, and the good pictures that most of them are made from."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image


@dataclass(frozen=True, slots=True)
class Case:
    """One upload.

    Attributes:
        name: says what is wrong with it.
        declared: Content-Type of the part.
        make: returns the file; made late, since some are large.
        hidden: whether nothing but its pixels, inflated or decoded up to the place, can show what is wrong.
    """

    name: str
    declared: str
    make: Callable[[], bytes]
    hidden: bool = False


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture as a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(width: int, height: int, seed: int = 0) -> Image.Image:
    """Return a picture with smooth shapes and some noise, as photos have."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8)).resize((width, height))
    noise = rng.integers(0, 16, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(np.asarray(coarse) // 2 + noise)


def patched(data: bytes, position: int, piece: bytes) -> bytes:
    """Return a copy with some bytes replaced."""
    return data[:position] + piece + data[position + len(piece) :]


def cut(data: bytes, share: float) -> bytes:
    """Return the beginning of a file."""
    return data[: int(len(data) * share)]


def inserted(data: bytes, position: int, piece: bytes) -> bytes:
    """Return a copy with a piece put in."""
    return data[:position] + piece + data[position:]
