"""Pictures as shoppers send them: JPEG files of 800x600 pixels, no two alike."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

SIZE = (800, 600)
DIFFERENT = 16  # drawn; what else differs is a comment in the file
_START = 2  # bytes of the marker that every JPEG begins with


class UniquePictures:
    """Gives one file after the other, each with a comment of its own, so that none was sent before."""

    def __init__(self, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self._files = [_photo(rng) for _ in range(DIFFERENT)]
        self._next = 0

    def draw(self) -> bytes:
        """Return the next one."""
        file, text = self._files[self._next % DIFFERENT], f"picture {self._next}".encode()
        self._next += 1
        comment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
        return file[:_START] + comment + file[_START:]


def _photo(rng: np.random.Generator) -> bytes:
    """Return smooth shapes under some noise, which cost a decoder about what a photo does."""
    coarse = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)).resize(SIZE, Image.Resampling.BICUBIC)
    noisy = np.asarray(coarse, np.int16) + rng.integers(-12, 13, (SIZE[1], SIZE[0], 3), dtype=np.int16)
    file = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return file.getvalue()
