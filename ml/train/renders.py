"""Pictures of products that don't exist, drawn by the demo shop, with captions."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from demo.captions import attribute_query, captions, full_caption
from demo.drawing.picture import cutout, drawing
from demo.kinds import KINDS
from demo.look import Look
from demo.looks import random_look, training_looks
from ml.train.pictures import Pictures, read_pictures, write_pictures

CAPTIONS_EACH = 4
RENDER_BLOCK = 64


def training_renders(folder: Path, count: int, size: int, seed: int, on_rows: Callable[[int], None]) -> Pictures:
    """Draw training pictures, or open those of an earlier run with the same arguments and drawings.

    Args:
        folder: where such sets are kept.
        count: of pictures.
        size: side in pixels.
        seed: of looks and captions.
        on_rows: called with the number of pictures just done.
    """
    looks = training_looks(count, seed)
    place = folder / f"renders-{count}-{size}-{seed}-{drawings_hash()}"
    if (known := read_pictures(place)) is not None:
        return known
    rng = random.Random(f"captions {seed}")

    def items() -> Iterator[tuple[Image.Image, list[str], str]]:
        for look, image in zip(looks, _drawn(looks, size), strict=True):
            kind = KINDS[look.kind]
            texts = [attribute_query(look), full_caption(kind, look), *captions(kind, look, rng, CAPTIONS_EACH)]
            yield image, list(dict.fromkeys(texts)), look.kind
            on_rows(1)

    return write_pictures(place, items(), count, size)


def _drawn(looks: list[Look], size: int) -> Iterator[Image.Image]:
    blocks = [looks[i : i + RENDER_BLOCK] for i in range(0, len(looks), RENDER_BLOCK)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for images in pool.map(_draw_block, blocks, [size] * len(blocks)):
            yield from (Image.frombuffer("RGBA", (size, size), data) for data in images)


def _draw_block(looks: list[Look], size: int) -> list[bytes]:
    return [cutout(look, size).tobytes() for look in looks]


def drawings_hash() -> str:
    """Name the state of the drawing code: one drawing of each kind, hashed."""
    digest = hashlib.sha256()
    for name, kind in KINDS.items():
        look = random_look(kind, random.Random(name))
        digest.update(json.dumps(asdict(look), sort_keys=True).encode() + drawing(look).svg().encode())
    return digest.hexdigest()[:10]
