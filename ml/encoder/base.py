"""The encoder interface that the index, the server and the scripts depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeAlias

from PIL import Image

from ml.types import Embeddings, Fingerprint

Ready: TypeAlias = Callable[[], Embeddings]
"""Input on which all is done but the inference, which calling it does, as often as it is called."""


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

    @property
    def image_size(self) -> tuple[int, int] | None:
        """Height and width in pixels that the image tower reads; None without one."""

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

    def prepare_texts(self, texts: Sequence[str]) -> Ready:
        """Do of `encode_texts` what needs no inference engine, so that bulk work can do it ahead on another thread.

        Returns:
            What gives the bits that `encode_texts` would.

        Raises:
            EmptyInput: `texts` is empty.
        """

    def prepare_images(self, images: Iterable[Image.Image]) -> Ready:
        """Do of `encode_images` what needs no inference engine.

        Args:
            images: read one by one, so that those of a generator are never all in memory; what is kept of each are
                the pixels that the tower reads.

        Returns:
            What gives the bits that `encode_images` would.

        Raises:
            EmptyInput: there is no image.
            TowerMissing: the model has no image tower.
        """
