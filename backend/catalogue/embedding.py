"""Embeds what the catalogue still lacks: after an import, a new encoder or another text template."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from backend.catalogue.embeddings_repository import EmbeddingRepository, StoredPart
from backend.catalogue.images import ImageRefused, MediaStore, safe_decode
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.space import Part, VectorSpace
from backend.catalogue.tables import ProductRow
from backend.catalogue.template import render_text, text_hash
from backend.database.engine import Database
from ml.encoder.base import Encoder

logger = logging.getLogger(__name__)
TEXT_BLOCK = 1024  # products in one transaction: enough to fill length-bucketed batches, little to lose in a crash
IMAGE_BLOCK = 64

OnRows = Callable[[int], None]


def count_pending(db: Session, space: VectorSpace) -> int:
    """Return how many parts, texts and images together, are to be embedded."""
    embeddings = EmbeddingRepository(db, space)
    return sum(embeddings.count_pending(part) for part in _parts(space))


class Embedder:
    """Embeds every pending part and puts it into the change log, block by block; safe to stop and run again."""

    def __init__(self, database: Database, encoder: Encoder, space: VectorSpace, media: MediaStore) -> None:
        self._database = database
        self._encoder = encoder
        self._space = space
        self._media = media

    def run(self, on_rows: OnRows = lambda _: None) -> int:
        """Embed what is pending and return the number of parts embedded.

        A picture that can't be read is reported, and its product keeps its text alone.
        """
        return sum(self._embed_part(part, on_rows) for part in _parts(self._space))

    def _embed_part(self, part: Part, on_rows: OnRows) -> int:
        done, after_id = 0, ""
        while products := self._pending(part, after_id):
            after_id = products[-1].id
            known, stored = self._encode_texts(products) if part == "text" else ({}, self._encode_images(products))
            if known or stored:
                done += self._write(products, known, stored)
            on_rows(len(products))
        return done

    def _write(self, products: Sequence[ProductRow], known: Mapping[str, str], stored: Sequence[StoredPart]) -> int:
        with self._database.writing() as db:
            repository, embeddings = CatalogueRepository(db), EmbeddingRepository(db, self._space)
            version = repository.lock_version()
            # A product rewritten meanwhile may have its new vector already; the one made here is outdated.
            seen = {product.id: (product.content_hash, product.image_file) for product in products}
            current = repository.contents(list(seen))
            fresh = [row for row in stored if current.get(row.product_id) == seen[row.product_id]]
            hashes = {row.product_id: row.text_hash for row in fresh}
            hashes |= {id_: hash_ for id_, hash_ in known.items() if current.get(id_) == seen[id_]}
            embeddings.store(fresh, version)
            embeddings.mark_changed(hashes, version)
            repository.set_version(version)
        return len(fresh)

    def _pending(self, part: Part, after_id: str) -> list[ProductRow]:
        limit = TEXT_BLOCK if part == "text" else IMAGE_BLOCK
        with self._database.reading() as db:
            return EmbeddingRepository(db, self._space).pending(part, after_id, limit)

    def _encode_texts(self, products: Sequence[ProductRow]) -> tuple[dict[str, str], list[StoredPart]]:
        """Return the text hashes of products whose stored vector fits after all, and vectors of the others.

        The first happens on the way back to an earlier template, whose vectors are still there.
        """
        texts = {product.id: render_text(self._space.template, vars(product)) for product in products}
        hashes = {id_: text_hash(text) for id_, text in texts.items()}
        with self._database.reading() as db:
            stored = EmbeddingRepository(db, self._space).content_hashes(list(texts), "text")
        known = {id_: hash_ for id_, hash_ in hashes.items() if stored.get(id_) == hash_}
        missing = [id_ for id_ in texts if id_ not in known]
        if not missing:
            return known, []
        vectors = self._encoder.encode_texts([texts[id_] for id_ in missing])
        parts = [
            StoredPart(id_, "text", hashes[id_], vector, hashes[id_])
            for id_, vector in zip(missing, vectors, strict=True)
        ]
        return known, parts

    def _encode_images(self, products: Sequence[ProductRow]) -> list[StoredPart]:
        readable, images = [], []
        for product in products:
            if product.image_file is None:
                continue
            try:
                images.append(safe_decode(self._media.read(product.image_file)))
                readable.append((product, product.image_file))
            except (OSError, ImageRefused) as error:
                logger.warning("product %s keeps its text alone: %s", product.id, error)
        if not images:
            return []
        vectors = self._encoder.encode_images(images)
        return [
            StoredPart(product.id, "image", name, vector, product.text_hash)
            for (product, name), vector in zip(readable, vectors, strict=True)
        ]


def _parts(space: VectorSpace) -> tuple[Part, ...]:
    return ("text", "image") if space.has_images else ("text",)
