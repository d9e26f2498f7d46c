"""An open_clip model opened for training: its towers, and how texts and pictures get into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.encoder.fingerprint import fingerprint_of
from ml.encoder.manifest import ImageSettings
from ml.encoder.reference import Reference, image_settings, load_reference
from ml.encoder.source import Source
from ml.encoder.token_export import export_tokenizer, pad_token
from ml.encoder.tokens import TextTokenizer, batches, padded_length
from ml.encoder.towers import WholeTower, text_module
from ml.errors import TrainingRefused
from ml.train.augment import normalised
from ml.types import Embeddings, Fingerprint

TEXT_BATCH = 64


class Towers(nn.Module):
    """The towers that are trained: always the image tower, and the text tower unless it is locked.

    Nothing is dropped at random: the few steps of fine-tuning gain nothing by it.
    """

    def __init__(self, image: nn.Module, text: nn.Module | None) -> None:
        super().__init__()
        self.image = image
        self.text = text
        for module in image.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0

    def train(self, mode: bool = True) -> Towers:
        """Set the mode of the image tower; the text tower stays in eval mode, where it drops nothing."""
        super().train(mode)
        if self.text is not None:
            self.text.eval()
        return self

    def forward(self, batch: Tensor) -> Tensor:
        """Pixels (n, 3, h, w) as float, or ids (n, length) as integers, to embeddings (n, d) of L2 norm 1."""
        if batch.is_floating_point():
            features = self.image(batch.contiguous(memory_format=torch.channels_last))
        elif self.text is not None:
            features = self.text(batch)
        else:
            raise ValueError("the text tower is locked, and not part of what is trained")
        return functional.normalize(features.float(), dim=-1)


@dataclass(frozen=True)
class ShopModel:
    """A model and all that is needed to train it and to write it out again.

    Attributes:
        source: where it came from.
        reference: the towers, on the CPU; training changes them in place.
        text: the text tower in the form that is run, with `reference`'s weights.
        tokenizer: makes token ids.
        pixels: what the image tower reads.
        fingerprint: of the model as it was opened.
    """

    source: Source
    reference: Reference
    text: nn.Module
    tokenizer: TextTokenizer
    pixels: ImageSettings
    fingerprint: Fingerprint

    @property
    def size(self) -> int:
        """Side in pixels that the image tower reads."""
        return self.pixels.size[0]

    def towers(self, *, both: bool) -> Towers:
        """Return what is trained; it shares its weights with `reference`."""
        if self.reference.visual is None:
            raise TrainingRefused(f"{self.source.name} has no image tower")
        image = self.reference.visual.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return Towers(WholeTower(image), self.text if both else None)

    def image_input(self, pictures: Tensor) -> Tensor:
        """Scale pictures in 0..1, shape (n, 3, size, size), to what the image tower reads."""
        return normalised(pictures, self.pixels.mean, self.pixels.std)

    def padded_ids(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """Put the token ids of some texts into one matrix, int64 of shape (n, length)."""
        length = max(padded_length(len(row), self.tokenizer.settings) for row in rows)
        ids = torch.full((len(rows), length), self.tokenizer.settings.pad_id, dtype=torch.int64)
        for line, row in enumerate(rows):
            ids[line, : len(row)] = torch.tensor(row)
        return ids


def open_model(source: Source) -> ShopModel:
    """Load a model for training.

    Raises:
        ModelNotFound: it can't be found or read.
        ExportRejected: its tokenizer isn't supported.
        TrainingRefused: it has no image tower, one that isn't square, or more than two towers.
    """
    reference = load_reference(source)
    pixels = image_settings(reference)
    if pixels is None:
        raise TrainingRefused(f"{source.name} has no image tower, so there is nothing to match to its texts")
    if pixels.size[0] != pixels.size[1]:
        raise TrainingRefused(f"{source.name} reads pictures of {pixels.size} pixels; only squares can be trained")
    if "multimodal_cfg" in reference.config:
        raise TrainingRefused(f"{source.name} has a third tower, which can't be written out again")
    text, cut_padding = text_module(reference, pad_token(reference.tokenizer))
    tokenizer = export_tokenizer(reference.tokenizer, cut_padding=cut_padding)
    return ShopModel(source, reference, text, tokenizer, pixels, fingerprint_of(reference, tokenizer, pixels))


def embed_ids(
    text: Callable[[Tensor], Tensor],
    rows: Sequence[Sequence[int]],
    model: ShopModel,
    device: str,
    on_rows: Callable[[int], object] = lambda _: None,
) -> Embeddings:
    """Embed texts, given as token ids, with a text tower that is on `device`: float32, shape (n, d), of L2 norm 1."""
    vectors = np.empty((len(rows), int(model.reference.config["embed_dim"])), np.float32)
    with torch.inference_mode():
        for positions, ids in batches(rows, model.tokenizer.settings, TEXT_BATCH):
            features = functional.normalize(text(torch.from_numpy(ids).to(device)).float(), dim=-1)
            vectors[positions] = features.cpu().numpy()
            on_rows(len(positions))
    return vectors
