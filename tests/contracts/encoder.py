"""What every encoder promises; a test of an implementation subclasses `EncoderContract` and gives it an encoder."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from ml.encoder.base import Encoder
from ml.errors import EmptyInput, TowerMissing

TEXTS = [
    "red running shoes",
    "a",
    "",
    "noise cancelling headphones with 30 hours of battery life and a carrying case",
    "waterproof winter jacket for men, dark green, detachable hood, two chest pockets, recycled polyester",
    "кроссовки красные 42",
    "赤い靴",
    "USB-C cable 2 m " * 10,
    "hp 80 175-ml cyan ink cartridge " * 60,
]
MIXED = [*TEXTS, *(f"{TEXTS[i % 7]} {i}" for i in range(24))]


def sample_images() -> list[Image.Image]:
    """Small images of several sizes and modes."""
    random = np.random.default_rng(3)
    sizes = [(64, 64), (300, 200), (97, 211), (32, 500), (224, 224)]
    images = [Image.fromarray(random.integers(0, 256, (h, w, 3), dtype=np.uint8)) for w, h in sizes]
    return [*images, images[1].convert("L"), images[2].convert("RGBA"), Image.new("RGB", (50, 40), "red")]


class EncoderContract:
    """Subclasses define the fixture `encoder`."""

    def test_names_its_space_and_engine(self, encoder: Encoder) -> None:
        assert re.fullmatch(r"[0-9a-f]{16}", encoder.fingerprint)
        assert encoder.name
        assert encoder.engine
        assert encoder.dimension > 0

    def test_texts_become_unit_rows(self, encoder: Encoder) -> None:
        rows = encoder.encode_texts(TEXTS)
        assert rows.shape == (len(TEXTS), encoder.dimension)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)

    def test_no_texts_are_refused(self, encoder: Encoder) -> None:
        with pytest.raises(EmptyInput):
            encoder.encode_texts([])

    def test_a_text_is_nearest_to_itself(self, encoder: Encoder) -> None:
        texts = ["red running shoes", "espresso machine", "garden hose"]
        scores = encoder.encode_texts(["red shoes"]) @ encoder.encode_texts(texts).T
        assert int(scores.argmax()) == 0

    def test_a_text_has_the_same_bits_in_any_batch(self, encoder: Encoder) -> None:
        alone = np.concatenate([encoder.encode_texts([text]) for text in MIXED])
        for size in (1, 2, 3, 5, 8, 16, 17, 33):
            np.testing.assert_array_equal(encoder.encode_texts(MIXED[:size]), alone[:size])
        np.testing.assert_array_equal(encoder.encode_texts(MIXED[::-1]), alone[::-1])
        np.testing.assert_array_equal(encoder.encode_texts([MIXED[4]] * 5), alone[[4] * 5])

    def test_same_length_texts_have_the_same_bits_in_any_batch(self, encoder: Encoder) -> None:
        texts = [f"blue lamp {word}" for word in ("big", "old", "new", "red", "dim", "hot") * 6]
        alone = np.concatenate([encoder.encode_texts([text]) for text in texts])
        for size in range(1, 34):
            np.testing.assert_array_equal(encoder.encode_texts(texts[:size]), alone[:size])

    def test_threads_do_not_mix_answers(self, encoder: Encoder) -> None:
        alone = [encoder.encode_texts([text]) for text in MIXED]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(encoder.encode_texts, [[text] for text in MIXED]))
        np.testing.assert_array_equal(together, alone)

    def test_no_images_are_refused(self, encoder: Encoder) -> None:
        with pytest.raises(EmptyInput if encoder.has_image_tower else TowerMissing):
            encoder.encode_images([])

    def test_images_become_unit_rows_or_are_refused(self, encoder: Encoder) -> None:
        images = sample_images()
        if not encoder.has_image_tower:
            with pytest.raises(TowerMissing):
                encoder.encode_images(images)
            return
        rows = encoder.encode_images(images)
        assert rows.shape == (len(images), encoder.dimension)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
        alone = np.concatenate([encoder.encode_images([image]) for image in images])
        np.testing.assert_array_equal(rows, alone)
        np.testing.assert_array_equal(encoder.encode_images(images[:3]), alone[:3])
        many = [image for image in images for _ in range(3)]
        for size in range(1, 18):
            np.testing.assert_array_equal(encoder.encode_images(many[:size]), np.repeat(alone, 3, axis=0)[:size])

    def test_prepared_texts_give_the_same_bits_as_often_as_asked(self, encoder: Encoder) -> None:
        ready = encoder.prepare_texts(MIXED)
        for _ in range(2):
            np.testing.assert_array_equal(ready(), encoder.encode_texts(MIXED))
        with pytest.raises(EmptyInput):
            encoder.prepare_texts([])

    def test_prepared_images_give_the_same_bits_from_a_generator(self, encoder: Encoder) -> None:
        assert (encoder.image_size is not None) == encoder.has_image_tower
        with pytest.raises(EmptyInput if encoder.has_image_tower else TowerMissing):
            encoder.prepare_images(iter(()))
        if not encoder.has_image_tower:
            return
        images = sample_images() * 3
        ready = encoder.prepare_images(image.copy() for image in images)
        for _ in range(2):
            np.testing.assert_array_equal(ready(), encoder.encode_images(images))
