"""Training pictures on disk: pixels that are mapped, not read, and the texts that say what they show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from PIL import Image

Rgba = NDArray[np.uint8]
_PIXELS, _TEXTS = "pixels.npy", "texts.json"


@dataclass(frozen=True)
class Pictures:
    """Pictures of one size, each with the texts that fit it.

    Attributes:
        pixels: uint8, shape (n, size, size, 4): red, green, blue and opacity.
        texts: one or more of each picture.
        groups: what each picture belongs to, for splits that keep like pictures together: a look, a photographer.
    """

    pixels: Rgba
    texts: Sequence[Sequence[str]]
    groups: Sequence[str]

    def __len__(self) -> int:
        return len(self.texts)

    def subset(self, rows: Sequence[int]) -> Pictures:
        """Return some of the pictures, copied."""
        return Pictures(self.pixels[list(rows)], [self.texts[i] for i in rows], [self.groups[i] for i in rows])


def write_pictures(
    folder: Path,
    items: Iterable[tuple[Image.Image, Sequence[str], str]],
    count: int,
    size: int,
    keep: Callable[[], bool] = lambda: True,
) -> Pictures:
    """Write pictures with their texts and groups, scaled to `size` x `size`; what is half-written has no texts.

    Args:
        folder: made if need be.
        items: at most `count` of them.
        count: known beforehand, since the file of pixels is laid out first; with fewer items its end stays unused.
        size: side in pixels.
        keep: asked after the last item; where it says no, the folder stays unfinished and is written anew next time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _TEXTS).unlink(missing_ok=True)
    pixels = open_memmap(folder / _PIXELS, mode="w+", dtype=np.uint8, shape=(count, size, size, 4))
    texts, groups = [], []
    for i, (image, of_image, group) in enumerate(items):
        scaled = image if image.size == (size, size) else image.resize((size, size), Image.Resampling.LANCZOS)
        pixels[i] = np.asarray(scaled.convert("RGBA"))
        texts.append(list(of_image))
        groups.append(group)
    pixels.flush()
    if not keep():
        return Pictures(pixels, texts, groups)
    beside = folder / f"{_TEXTS}.new"
    beside.write_text(json.dumps({"texts": texts, "groups": groups}), encoding="utf-8")
    beside.replace(folder / _TEXTS)
    return Pictures(pixels, texts, groups)


def read_pictures(folder: Path) -> Pictures | None:
    """Open what `write_pictures` wrote; None when it isn't there or wasn't finished."""
    if not (folder / _TEXTS).is_file():
        return None
    content = json.loads((folder / _TEXTS).read_text(encoding="utf-8"))
    pixels: Rgba = np.load(folder / _PIXELS, mmap_mode="r")
    return Pictures(pixels, content["texts"], content["groups"])
