"""Compares an exported graph, run as serving runs it, with the torch reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from ml.encoder.dual import DualEncoder
from ml.encoder.manifest import Agreement
from ml.encoder.probes import probe_images, probe_texts
from ml.encoder.reference import Reference
from ml.encoder.spec import Precision
from ml.types import Embeddings

THRESHOLDS: dict[Precision, float] = {"fp32": 0.9999, "bf16": 0.999, "int8": 0.995}
"""Smallest accepted cosine between an exported embedding and torch's in fp32."""

NEAREST = 20

T = TypeVar("T")


class Verifier:
    """Holds the reference's answers, so that several precisions are compared with one run of it."""

    def __init__(self, reference: Reference) -> None:
        self._texts = probe_texts()
        self._text_answers = reference.encode_texts(self._texts)
        self._images = probe_images() if reference.visual is not None else []
        self._image_answers = reference.encode_images(self._images) if self._images else None

    def compare(self, encoder: DualEncoder, precision: Precision) -> Agreement:
        """Measure cosines, neighbours and batch invariance of `encoder`."""
        texts = encoder.encode_texts(self._texts)
        text_cosine = smallest_cosine(texts, self._text_answers)
        image_cosine, image_rows = None, 1
        if encoder.image_tower is not None and self._image_answers is not None:
            images = encoder.encode_images(self._images)
            image_cosine = smallest_cosine(images, self._image_answers)
            image_rows = (
                encoder.image_tower.rows if unchanged_alone(encoder.encode_images, self._images, images) else 1
            )
        lowest = min(text_cosine, text_cosine if image_cosine is None else image_cosine)
        return Agreement(
            accepted=lowest >= THRESHOLDS[precision],
            text_cosine=text_cosine,
            image_cosine=image_cosine,
            top20_overlap=neighbour_overlap(texts, self._text_answers),
            text_rows=encoder.text_rows if unchanged_alone(encoder.encode_texts, self._texts, texts) else 1,
            image_rows=image_rows,
        )


def smallest_cosine(left: Embeddings, right: Embeddings) -> float:
    """Smallest cosine between rows of the same position, both (n, d) of norm 1; -1 if anything isn't finite."""
    cosines = np.sum(left.astype(np.float64) * right, axis=1)
    return float(cosines.min()) if np.isfinite(cosines).all() else -1.0


def neighbour_overlap(left: Embeddings, right: Embeddings) -> float:
    """Mean share, 0..1, of each row's `NEAREST` most similar other rows that both spaces agree on."""
    neighbours = []
    for rows in (left, right):
        scores = rows @ rows.T
        np.fill_diagonal(scores, -np.inf)
        neighbours.append(np.argsort(-scores, axis=1, kind="stable")[:, :NEAREST])
    shared = [len(np.intersect1d(a, b)) for a, b in zip(*neighbours, strict=True)]
    return float(np.mean(shared) / NEAREST)


def unchanged_alone(encode: Callable[[Sequence[T]], Embeddings], items: Sequence[T], together: Embeddings) -> bool:
    """Whether each item, encoded alone, gives the very bits that it gave among the others."""
    return all(np.array_equal(encode([item])[0], row) for item, row in zip(items, together, strict=True))
