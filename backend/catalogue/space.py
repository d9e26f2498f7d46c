"""Which vector space the catalogue's embeddings live in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from backend.config import Settings
from ml.encoder.base import Encoder
from ml.encoder.expected import ExpectedEncoder
from ml.types import Embedding, Fingerprint

Part = Literal["text", "image"]


@cache
def space_fingerprint(encoder: Fingerprint, template: str) -> Fingerprint:
    """Hash encoder and text template to 16 hex digits, the name of their space."""
    return Fingerprint(hashlib.sha256(f"{encoder}\n{template}".encode()).hexdigest()[:16])


@dataclass(frozen=True, slots=True)
class VectorSpace:
    """Names the stored embeddings that belong together and blends their parts.

    The text template decides what is embedded, so it is part of the text fingerprint; the blend weights only combine
    what is stored, so they are not, and changing them re-encodes nothing.
    """

    encoder: Fingerprint
    dimension: int
    has_images: bool
    template: str
    text_weight: float
    image_weight: float

    @classmethod
    def of(cls, encoder: Encoder | ExpectedEncoder, settings: Settings) -> VectorSpace:
        """Return the space that an encoder and the settings define."""
        return cls(
            encoder=encoder.fingerprint,
            dimension=encoder.dimension,
            has_images=encoder.has_image_tower,
            template=settings.product_text_template,
            text_weight=settings.text_weight,
            image_weight=settings.image_weight,
        )

    @property
    def fingerprint(self) -> Fingerprint:
        """Encoder and text template, hashed: 16 hex digits."""
        return space_fingerprint(self.encoder, self.template)

    @property
    def blend(self) -> dict[str, float]:
        """The part weights, as recorded in an index manifest."""
        return {"text": self.text_weight, "image": self.image_weight if self.has_images else 0.0}

    @property
    def vector_bytes(self) -> int:
        """Size of a stored vector."""
        return 4 * self.dimension

    def part_fingerprint(self, part: Part) -> Fingerprint:
        """Return the key under which a part is stored; images don't depend on the template."""
        return self.fingerprint if part == "text" else self.encoder

    def product_vector(self, text: bytes, image: bytes | None) -> Embedding:
        """Blend stored parts.

        Args:
            text: little-endian float32, d values, L2 norm 1.
            image: the same for the picture, or None where there is none: then the text alone counts.

        Returns:
            float32, shape (d,), L2 norm 1.
        """
        vector = np.frombuffer(text, dtype="<f4").astype(np.float32)
        if image is None:
            return vector
        weight = self.blend
        blended = weight["text"] * vector + weight["image"] * np.frombuffer(image, dtype="<f4").astype(np.float32)
        norm = float(np.linalg.norm(blended))
        # Opposite parts of equal weight cancel out; the text is then the better half to keep.
        return (blended / norm).astype(np.float32) if norm > 1e-6 else vector
