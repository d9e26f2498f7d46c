"""Serving's pixels are those of open_clip's transform."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from PIL import Image

from ml.encoder.manifest import ImageSettings
from ml.encoder.pixels import to_pixels
from ml.encoder.probes import probe_images
from ml.encoder.reference import PreprocessCfg, image_transform_v2

BASE = ImageSettings(
    size=(224, 224),
    mean=(0.48145466, 0.4578275, 0.40821073),
    std=(0.26862954, 0.26130258, 0.27577711),
    interpolation="bicubic",
    resize_mode="shortest",
)
EXTRA = [
    Image.new("RGB", (1, 1), "blue"),
    Image.new("RGB", (1000, 3), "green"),
    probe_images()[0].convert("P"),
    probe_images()[1].convert("1"),
    probe_images()[2].convert("LA"),
]


@pytest.mark.parametrize("size", [(224, 224), (32, 32), (96, 160)])
@pytest.mark.parametrize("mode", ["shortest", "longest", "squash"])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_pixels_equal_open_clip(
    size: tuple[int, int],
    mode: Literal["shortest", "longest", "squash"],
    interpolation: Literal["bicubic", "bilinear"],
) -> None:
    settings = BASE.model_copy(update={"size": size, "resize_mode": mode, "interpolation": interpolation})
    reference = image_transform_v2(PreprocessCfg(**settings.model_dump()), is_train=False)
    images = [image for image in [*probe_images(), *EXTRA] if mode != "longest" or image.mode in {"RGB", "L"}]
    for image in images:
        if mode == "longest" and min(image.size) < 10:
            continue  # the reference can't resize to an edge of 0 either
        np.testing.assert_allclose(to_pixels(image, settings), reference(image).numpy(), atol=1e-6)


def test_the_caller_s_image_is_left_alone() -> None:
    image = probe_images()[1]
    before = image.tobytes()
    to_pixels(image, BASE)
    assert image.tobytes() == before


def test_pixels_go_where_they_are_wanted() -> None:
    rows = np.full((2, 3, 224, 224), np.nan, dtype=np.float32)
    assert to_pixels(probe_images()[1], BASE, out=rows[1]).base is rows
    np.testing.assert_array_equal(rows[1], to_pixels(probe_images()[1], BASE))
    assert np.isnan(rows[0]).all()


def test_every_level_is_scaled_as_the_reference_scales_it() -> None:
    """Exactly, since the table is only a shorter way to the same arithmetic."""
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    settings = BASE.model_copy(update={"size": (16, 16)})
    expected = (levels.astype(np.float32) / np.float32(255))[..., None] - np.array(BASE.mean, np.float32)
    expected = (expected / np.array(BASE.std, np.float32)).transpose(2, 0, 1)
    np.testing.assert_array_equal(to_pixels(Image.fromarray(levels), settings), expected)
