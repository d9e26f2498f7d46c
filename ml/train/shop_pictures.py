"""A shop's product pictures as one array on disk: read once, however often training is started."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ml.encoder.manifest import ImageSettings
from ml.train.pictures import Pictures, read_pictures, write_pictures
from ml.train.products import ShopProduct

THREADS = 2  # decoding releases the GIL
BLOCK = 64

Read = Callable[[ShopProduct], Image.Image]
"""Returns a product's picture; ValueError or OSError when it can't be read."""


def shop_pictures(
    folder: Path,
    products: Sequence[ShopProduct],
    read: Read,
    *,
    identity: str,
    size: int,
    settings: ImageSettings,
    on_rows: Callable[[int], object],
    on_skipped: Callable[[str], object] = lambda reason: None,
    remote: bool = False,
) -> Pictures:
    """Read all pictures, or open the array of an earlier run.

    Args:
        folder: where such arrays are kept.
        products: whose pictures are wanted.
        read: called on several threads. A picture that can't be read is left out.
        identity: names what the pictures come from, and changes when it does.
        size: side in pixels; more than the image tower reads, as training cuts into them.
        settings: how the model's own preprocessing makes a picture square.
        on_rows: told how many more are done.
        on_skipped: told which picture can't be read, and why.
        remote: whether a picture that can't be read now may be there another time: the array is then kept only when
            nothing was left out.

    Returns:
        For each picture that could be read the product's id as its single text, and a hash of its pixels as group.
    """
    content = [identity, size, settings.resize_mode, settings.fill_color, [(p.id, p.picture) for p in products]]
    place = folder / f"pictures-{hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]}"

    skipped = 0

    def squared(product: ShopProduct) -> Image.Image | Exception:
        try:
            return square(read(product).convert("RGB"), size, settings)
        except (ValueError, OSError) as error:
            return error

    def items() -> Iterator[tuple[Image.Image, list[str], str]]:
        nonlocal skipped
        with ThreadPoolExecutor(THREADS, thread_name_prefix="pictures") as pool:
            for start in range(0, len(products), BLOCK):
                block = products[start : start + BLOCK]
                for product, image in zip(block, pool.map(squared, block), strict=True):
                    if isinstance(image, Exception):
                        skipped += 1
                        on_skipped(f"{product.id}: {image}")
                        continue
                    digest = hashlib.sha256(np.asarray(image).tobytes()).hexdigest()[:16]
                    yield image, [product.id], digest
                on_rows(len(block))

    known = read_pictures(place)
    if known is not None:
        return known
    return write_pictures(place, items(), len(products), size, keep=lambda: not (remote and skipped))


def square(image: Image.Image, size: int, settings: ImageSettings) -> Image.Image:
    """Make a picture square the way the model's preprocessing does: squashed, cut at the middle, or padded."""
    if settings.resize_mode == "squash":
        return image.resize((size, size), Image.Resampling.LANCZOS)
    if settings.resize_mode == "shortest":
        return ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS)
    fill = (settings.fill_color,) * 3
    return ImageOps.pad(image, (size, size), Image.Resampling.LANCZOS, color=fill)
