"""Measures a model, while it is trained, on what it isn't trained on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from demo.drawing.picture import picture
from ml.encoder.base import Encoder
from ml.evaluate.pictures import DrawnTest
from ml.evaluate.retrieval import accuracy
from ml.train.augment import normalised, plain
from ml.train.photos import PhotoSet
from ml.types import Embeddings

BATCH = 64


class HeldOut:
    """Retrieval among shop pictures of unseen combinations, and zero-shot labels of unseen photos."""

    def __init__(self, encoder: Encoder, size: int, *, seed: int, photos: Mapping[str, PhotoSet]) -> None:
        self._drawn = DrawnTest(encoder, seed)
        shown = [picture(look, size).convert("RGBA") for look in self._drawn.looks]
        self._pictures = torch.from_numpy(np.stack([np.asarray(image) for image in shown]))
        self._size = size
        self._photos = {
            name: (
                torch.from_numpy(np.ascontiguousarray(photo_set.test.pixels)),
                [list(photo_set.names).index(texts[0]) for texts in photo_set.test.texts],
                encoder.encode_texts([names[0] for names in photo_set.names.values()]),
            )
            for name, photo_set in photos.items()
        }

    def __call__(self, model: nn.Module) -> dict[str, float]:
        """Return the figures of a model in eval mode."""
        figures = self._drawn.figures(self._embed(model, self._pictures))
        for name, (pixels, labels, names) in self._photos.items():
            figures[f"{name}_accuracy"] = accuracy(self._embed(model, pixels), labels, names)
        return figures

    def _embed(self, model: nn.Module, pixels: Tensor) -> Embeddings:
        parts = [model(normalised(plain(block, self._size))) for block in torch.split(pixels, BATCH)]
        unit: Embeddings = nn.functional.normalize(torch.cat(parts).float(), dim=-1).numpy()
        return unit
