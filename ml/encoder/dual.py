"""The encoder that every engine makes: tokenizer and pixels around two towers that the engine runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.encoder.manifest import ImageSettings
from ml.encoder.pixels import to_pixels
from ml.encoder.tokens import TextTokenizer, batches
from ml.errors import EmptyInput, TowerMissing
from ml.types import Embeddings, Fingerprint

Tower: TypeAlias = Callable[[NDArray[Any]], NDArray[np.float32]]
"""Ids (k, length) or pixels (k, 3, h, w) to features (k, d) not yet normalised; callable from several threads."""


@dataclass(frozen=True, slots=True)
class ImageTower:
    """An image tower with what its input needs.

    Attributes:
        run: pixels to features.
        settings: of the pixels.
        rows: most images in one run.
    """

    run: Tower
    settings: ImageSettings
    rows: int


@dataclass(frozen=True, slots=True)
class DualEncoder:
    """Implements `Encoder` over the towers of one engine.

    Attributes:
        fingerprint: of the embedding space.
        name: of the model.
        engine: and precision.
        dimension: of an embedding.
        tokenizer: of the text tower.
        text_tower: ids to features.
        text_rows: most texts in one run.
        image_tower: None for a model that knows only texts.
    """

    fingerprint: Fingerprint
    name: str
    engine: str
    dimension: int
    tokenizer: TextTokenizer
    text_tower: Tower
    text_rows: int
    image_tower: ImageTower | None

    @property
    def has_image_tower(self) -> bool:
        """Whether `encode_images` works."""
        return self.image_tower is not None

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts; see `Encoder.encode_texts`."""
        if not texts:
            raise EmptyInput("encode_texts needs at least one text.")
        features = np.empty((len(texts), self.dimension), dtype=np.float32)
        rows = self.tokenizer.encode(texts)
        for positions, ids in batches(rows, self.tokenizer.settings, self.text_rows):
            features[positions] = self.text_tower(ids)
        return normalised(features)

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """Embed images; see `Encoder.encode_images`."""
        if self.image_tower is None:
            raise TowerMissing(f"{self.name} embeds texts only; set CLIP_MODEL to a model with an image tower.")
        if not images:
            raise EmptyInput("encode_images needs at least one image.")
        tower = self.image_tower
        features = np.empty((len(images), self.dimension), dtype=np.float32)
        for start in range(0, len(images), tower.rows):
            chosen = images[start : start + tower.rows]
            pixels = np.stack([to_pixels(image, tower.settings) for image in chosen])
            features[start : start + len(chosen)] = tower.run(pixels)
        return normalised(features)


def normalised(features: NDArray[np.float32]) -> Embeddings:
    """Scale every row to L2 norm 1.

    Args:
        features: shape (n, d).

    Returns:
        float32, shape (n, d); computed in float64, so a row's result is its own alone.
    """
    wide = features.astype(np.float64)
    norms = np.sqrt((wide * wide).sum(axis=1, keepdims=True))
    unit: Embeddings = (wide / norms).astype(np.float32)
    return unit
