"""Images to the pixels that an image tower reads: open_clip's inference transform on Pillow and NumPy alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ml.encoder.manifest import ImageSettings

Pixels: TypeAlias = NDArray[np.float32]

_FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


def to_pixels(image: Image.Image, settings: ImageSettings, out: Pixels | None = None) -> Pixels:
    """Resize, crop and scale one image.

    The steps come in the reference's order, so the resize works in the image's own mode; flatten transparency and
    palettes before, where their look matters.

    Args:
        image: any mode and size.
        settings: of the model.
        out: where to write the pixels, such as a row of a batch; contiguous.

    Returns:
        float32, shape (3, height, width): `out`, or a new array without it.
    """
    height, width = settings.size
    resized = image.resize(_resized(image.size, settings)[::-1], _filter(settings))
    if settings.resize_mode != "squash":
        resized = _crop_or_pad(resized, height, width, settings.fill_color)
    if out is None:
        out = np.empty((3, height, width), dtype=np.float32)
    levels = np.asarray(resized.convert("RGB"))  # (h, w, 3), uint8
    for channel, scaled in enumerate(_scaled_levels(settings.mean, settings.std)):
        # Levels never lie outside the table; "clip" spares the check and a buffer.
        np.take(scaled, levels[:, :, channel], out=out[channel], mode="clip")
    return out


@lru_cache(maxsize=8)
def _scaled_levels(mean: tuple[float, float, float], std: tuple[float, float, float]) -> Pixels:
    """What each of the 256 levels of each channel becomes, worked out once: float32, shape (3, 256)."""
    levels: Pixels = np.linspace(0, 255, 256, dtype=np.float32) / np.float32(255)
    table: Pixels = np.empty((3, 256), dtype=np.float32)
    for channel in range(3):
        table[channel] = (levels - np.float32(mean[channel])) / np.float32(std[channel])
    table.flags.writeable = False  # shared by every caller
    return table


def _filter(settings: ImageSettings) -> Image.Resampling:
    if settings.resize_mode == "shortest" and settings.size[0] != settings.size[1]:
        return Image.Resampling.BICUBIC  # the reference ignores the setting here
    return _FILTERS[settings.interpolation]


def _resized(size: tuple[int, int], settings: ImageSettings) -> tuple[int, int]:
    """Height and width after the resize, before crop or pad."""
    height, width = settings.size
    w, h = size
    if settings.resize_mode == "squash":
        return height, width
    if settings.resize_mode == "shortest" and height == width:
        # truncated, not rounded, as the reference's square case does
        return (height, int(height * w / h)) if h <= w else (int(height * h / w), height)
    ratios = (h / height, w / width)
    ratio = max(ratios) if settings.resize_mode == "longest" else min(ratios)
    return round(h / ratio), round(w / ratio)


def _crop_or_pad(image: Image.Image, height: int, width: int, fill: int) -> Image.Image:
    more_w, more_h = max(0, width - image.width), max(0, height - image.height)
    if more_w or more_h:
        border = (more_w // 2, more_h // 2, (more_w + 1) // 2, (more_h + 1) // 2)
        colour = fill if len(image.getbands()) == 1 else (fill,) * len(image.getbands())
        image = ImageOps.expand(image, border, fill=colour)
    left, top = round((image.width - width) / 2), round((image.height - height) / 2)
    return image.crop((left, top, left + width, top + height))
