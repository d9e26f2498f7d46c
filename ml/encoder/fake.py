"""A deterministic encoder without a model, for tests and demonstrations: shared words score higher."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.encoder.base import Ready
from ml.encoder.dual import normalised
from ml.errors import EmptyInput, TowerMissing
from ml.types import Embeddings, Fingerprint

_COLOURS = {
    "black": (0, 0, 0), "white": (255, 255, 255), "grey": (128, 128, 128), "red": (220, 20, 20),
    "green": (20, 160, 40), "blue": (20, 60, 220), "yellow": (240, 220, 30), "orange": (250, 140, 20),
    "pink": (250, 150, 190), "purple": (130, 40, 160), "brown": (120, 70, 30),
}  # fmt: skip


class FakeEncoder:
    """Hashes words to fixed random directions and sums them.

    With an image tower, an image is embedded as the name of its average colour, so the text "red" finds red images.
    """

    def __init__(self, dimension: int = 64, *, image_tower: bool = False) -> None:
        self._dimension = dimension
        self._image_tower = image_tower

    @property
    def fingerprint(self) -> Fingerprint:
        """Changes with the dimension and the image tower."""
        return Fingerprint(hashlib.sha256(f"fake {self._dimension} {self._image_tower}".encode()).hexdigest()[:16])

    @property
    def name(self) -> str:
        """Says that it is no model."""
        return f"fake-{self._dimension}"

    @property
    def engine(self) -> str:
        """Of this file."""
        return "fake"

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return self._dimension

    @property
    def has_image_tower(self) -> bool:
        """As asked for."""
        return self._image_tower

    @property
    def image_size(self) -> tuple[int, int] | None:
        """Any will do for an average."""
        return (32, 32) if self._image_tower else None

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts by their words; see `Encoder.encode_texts`."""
        if not texts:
            raise EmptyInput("encode_texts needs at least one text.")
        return np.concatenate([self._embed(text) for text in texts])

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """Embed images by their average colour; see `Encoder.encode_images`."""
        if not self._image_tower:
            raise TowerMissing("This fake encoder was made without an image tower.")
        if not images:
            raise EmptyInput("encode_images needs at least one image.")
        return np.concatenate([self._embed(_colour_name(image)) for image in images])

    def prepare_texts(self, texts: Sequence[str]) -> Ready:
        """Prepare nothing; see `Encoder.prepare_texts`."""
        if not texts:
            raise EmptyInput("encode_texts needs at least one text.")
        return partial(self.encode_texts, texts)

    def prepare_images(self, images: Iterable[Image.Image]) -> Ready:
        """Prepare nothing; see `Encoder.prepare_images`."""
        kept = list(images)
        if not self._image_tower or not kept:
            self.encode_images(kept)  # says what is wrong
        return partial(self.encode_images, kept)

    def _embed(self, text: str) -> Embeddings:
        words = re.findall(r"\w+", text.lower()) or [""]
        features = np.sum([_direction(word, self._dimension) for word in words], axis=0)
        return normalised(features[None, :])


@lru_cache(maxsize=65_536)
def _direction(word: str, dimension: int) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
    return np.random.default_rng(seed).standard_normal(dimension, dtype=np.float32)


def _colour_name(image: Image.Image) -> str:
    average = np.asarray(image.convert("RGB").resize((1, 1), Image.Resampling.BOX), dtype=np.float64)[0, 0]
    return min(_COLOURS, key=lambda name: float(np.sum((average - np.array(_COLOURS[name])) ** 2)))
