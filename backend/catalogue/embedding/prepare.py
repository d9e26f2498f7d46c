"""All that a part of some products needs before the inference engine takes over; runs on threads beside it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image

from backend.catalogue.embeddings_repository import EmbeddingRepository, StoredPart
from backend.catalogue.images import ImageRefused, MediaStore, safe_decode
from backend.catalogue.space import Part, VectorSpace
from backend.catalogue.tables import ProductRow
from backend.catalogue.template import render_text, text_hash
from backend.database.engine import Database
from ml.encoder.base import Encoder, Ready

logger = logging.getLogger(__name__)

DRAFT = 2
"""A JPEG is decoded at a fraction of its size that leaves at least this many times the encoder's pixels a side.

What the encoder then reads is nearly what it reads of the whole picture (a test bounds the difference); at 1 the
difference is more than twice as large."""


@dataclass(frozen=True, slots=True)
class Source:
    """What one vector is made from; the fields are those of `StoredPart`."""

    product_id: str
    content_hash: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """Products, ready for the engine.

    Attributes:
        products: all of them.
        known: text hashes of those whose stored vector fits after all.
        sources: of those to be encoded, in the engine's order.
        ready: encodes `sources`; None when there are none.
    """

    products: Sequence[ProductRow]
    known: dict[str, str] = field(default_factory=dict)
    sources: Sequence[Source] = ()
    ready: Ready | None = None

    def encode(self, part: Part) -> list[StoredPart]:
        """Run the engine."""
        if self.ready is None:
            return []
        return [
            StoredPart(source.product_id, part, source.content_hash, vector, source.text_hash)
            for source, vector in zip(self.sources, self.ready(), strict=True)
        ]


class Preparer(Protocol):
    """Prepares one part of products.

    Attributes:
        part: which one.
        block: products that are read, and written in one transaction.
        unit: products that are prepared at once.
        threads: how many units may be in preparation.
    """

    part: Part
    block: int
    unit: int
    threads: int

    def __call__(self, products: Sequence[ProductRow]) -> Prepared:
        """Prepare products; called from several threads."""


class TextPreparer:
    """Renders and tokenizes; a whole block at once, so that texts of like length find each other."""

    part: Part = "text"
    block = unit = 1024  # twice as many fill the engine's batches better, and gain 1%
    threads = 1  # the tokenizer has threads of its own

    def __init__(self, database: Database, encoder: Encoder, space: VectorSpace) -> None:
        self._database = database
        self._encoder = encoder
        self._space = space

    def __call__(self, products: Sequence[ProductRow]) -> Prepared:
        """Prepare texts, but not of products whose stored vector fits after all.

        That happens on the way back to an earlier template, whose vectors are still there.
        """
        texts = {product.id: render_text(self._space.template, vars(product)) for product in products}
        hashes = {id_: text_hash(text) for id_, text in texts.items()}
        with self._database.reading() as db:
            stored = EmbeddingRepository(db, self._space).content_hashes(list(texts), "text")
        known = {id_: hash_ for id_, hash_ in hashes.items() if stored.get(id_) == hash_}
        missing = [id_ for id_ in texts if id_ not in known]
        if not missing:
            return Prepared(products, known)
        sources = [Source(id_, hashes[id_], hashes[id_]) for id_ in missing]
        return Prepared(products, known, sources, self._encoder.prepare_texts([texts[id_] for id_ in missing]))


class ImagePreparer:
    """Reads, decodes and resizes; of each picture only the encoder's pixels stay in memory."""

    part: Part = "image"
    block = 256
    unit = 32  # a multiple of what every engine runs at once
    threads = min(os.cpu_count() or 2, 8)  # bounds the memory too

    def __init__(self, encoder: Encoder, media: MediaStore) -> None:
        self._encoder = encoder
        self._media = media
        self._enough = DRAFT * max(encoder.image_size or (0,))

    def __call__(self, products: Sequence[ProductRow]) -> Prepared:
        """Prepare pictures; one that can't be read is reported, and its product keeps its text alone."""
        sources: list[Source] = []
        pictures = self._readable(products, sources)
        first = next(pictures, None)
        if first is None:
            return Prepared(products)
        return Prepared(products, {}, sources, self._encoder.prepare_images(_with_first(first, pictures)))

    def _readable(self, products: Sequence[ProductRow], sources: list[Source]) -> Iterator[Image.Image]:
        """Yield the pictures that can be read, and note each in `sources`."""
        for product in products:
            if product.image_file is None:
                continue
            try:
                picture = safe_decode(self._media.read(product.image_file), enough=self._enough)
            except (OSError, ImageRefused) as error:
                logger.warning("product %s keeps its text alone: %s", product.id, error)
                continue
            sources.append(Source(product.id, product.image_file, product.text_hash))
            yield picture


def _with_first(first: Image.Image, others: Iterator[Image.Image]) -> Iterator[Image.Image]:
    yield first
    yield from others
