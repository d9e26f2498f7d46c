"""Images to the pixels that an image tower reads: open_clip's inference transform on Pillow and NumPy alone."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ml.encoder.manifest import ImageSettings

Pixels: TypeAlias = NDArray[np.float32]

_FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


def to_pixels(image: Image.Image, settings: ImageSettings) -> Pixels:
    """Resize, crop and scale one image.

    The steps come in the reference's order, so the resize works in the image's own mode; flatten transparency and
    palettes before, where their look matters.

    Returns:
        float32, shape (3, height, width).
    """
    height, width = settings.size
    resized = image.resize(_resized(image.size, settings)[::-1], _filter(settings))
    if settings.resize_mode != "squash":
        resized = _crop_or_pad(resized, height, width, settings.fill_color)
    channels = np.asarray(resized.convert("RGB"), dtype=np.float32) / np.float32(255)  # (h, w, 3)
    scaled = (channels - np.array(settings.mean, dtype=np.float32)) / np.array(settings.std, dtype=np.float32)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), dtype=np.float32)


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
