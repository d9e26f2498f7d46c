"""The encoder interface that the index, the server and the scripts depend on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PIL import Image

from ml.types import Embeddings, Fingerprint


class Encoder(Protocol):
    """Embeds texts and images into one space.

    An answer never depends on what shared its batch: row i of the result is bit-equal to encoding item i alone.
    Implementations may be called from several threads at once.
    """

    @property
    def fingerprint(self) -> Fingerprint:
        """Architecture, weights, tokenizer, preprocessing and normalisation, hashed: 16 hex digits."""

    @property
    def name(self) -> str:
        """Human-readable model name, for status pages and manifests."""

    @property
    def engine(self) -> str:
        """Engine and precision that run the graph, such as ``openvino-int8``."""

    @property
    def dimension(self) -> int:
        """Length d of an embedding."""

    @property
    def has_image_tower(self) -> bool:
        """Whether `encode_images` works."""

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts into the space shared with images.

        Args:
            texts: at least one string; tokens past the model's context length are dropped.

        Returns:
            float32, shape (n, d), every row with L2 norm 1.

        Raises:
            EmptyInput: `texts` is empty.

        References:
            Radford et al. 2021, arXiv:2103.00020.
        """

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """Embed images into the space shared with texts.

        Args:
            images: at least one decoded image, any mode and size.

        Returns:
            float32, shape (n, d), every row with L2 norm 1.

        Raises:
            EmptyInput: `images` is empty.
            TowerMissing: the model has no image tower.
        """
