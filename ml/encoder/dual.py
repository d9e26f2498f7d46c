"""The encoder that every engine makes: tokenizer and pixels around two towers that the engine runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.encoder.base import Ready
from ml.encoder.manifest import ImageSettings
from ml.encoder.pixels import Pixels, to_pixels
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

    @property
    def image_size(self) -> tuple[int, int] | None:
        """Height and width that the image tower reads."""
        return self.image_tower.settings.size if self.image_tower else None

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts; see `Encoder.encode_texts`."""
        return self.prepare_texts(texts)()

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """Embed images; see `Encoder.encode_images`."""
        return self.prepare_images(images)()

    def prepare_texts(self, texts: Sequence[str]) -> Ready:
        """Make token batches; see `Encoder.prepare_texts`."""
        if not texts:
            raise EmptyInput("encode_texts needs at least one text.")
        made = batches(self.tokenizer.encode(texts), self.tokenizer.settings, self.text_rows)
        return partial(self._run, self.text_tower, list(made), len(texts))

    def prepare_images(self, images: Iterable[Image.Image]) -> Ready:
        """Make pixel batches; see `Encoder.prepare_images`."""
        if self.image_tower is None:
            raise TowerMissing(f"{self.name} embeds texts only; set CLIP_MODEL to a model with an image tower.")
        tower = self.image_tower
        made: list[Pixels] = []  # (k, 3, h, w) each
        rows = 0
        for image in images:
            place = rows % tower.rows
            if place == 0:
                made.append(np.empty((tower.rows, 3, *tower.settings.size), dtype=np.float32))
            to_pixels(image, tower.settings, out=made[-1][place])
            rows += 1
        if not rows:
            raise EmptyInput("encode_images needs at least one image.")
        starts = range(0, rows, tower.rows)
        filled = [
            (list(range(start, min(start + tower.rows, rows))), pixels[: rows - start])
            for start, pixels in zip(starts, made, strict=True)
        ]
        return partial(self._run, tower.run, filled, rows)

    def _run(self, tower: Tower, made: Sequence[tuple[list[int], NDArray[Any]]], rows: int) -> Embeddings:
        """Run batches, each with the positions that its rows have among `rows`."""
        features = np.empty((rows, self.dimension), dtype=np.float32)
        for positions, batch in made:
            features[positions] = tower(batch)
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
