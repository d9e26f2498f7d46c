"""A shop of a million products with vectors, written to a database in minutes: nothing of it is embedded.

Products are those of `scripts.bench.shop`. A vector lies near the model's embedding of the product's kind, about as
far away as kinds lie apart; so a query, which the model embeds, has near products and far ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.embeddings_repository import EmbeddingRepository, StoredPart
from backend.catalogue.records import ProductRecord, to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.schemas import ProductIn
from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from ml.encoder.base import Encoder
from ml.types import Embeddings
from scripts.bench.shop import invented
from scripts.console import progress

BLOCK = 5000
LATENT = 48
SPREAD = 0.6  # of a kind's products around it, as a share of the distance of kinds from their middle
NOISE = 0.3  # outside of the latent directions, likewise


class InventedVectors:
    """Draws vectors around what a model says of kinds of products."""

    def __init__(self, encoder: Encoder, seed: int = 0) -> None:
        self._encoder = encoder
        self._rng = np.random.default_rng(seed)
        self._kinds: dict[str, NDArray[np.float32]] = {}
        self._map = self._rng.standard_normal((LATENT, encoder.dimension), dtype=np.float32)
        self._map /= np.linalg.norm(self._map) / np.sqrt(LATENT)  # rows of length 1 on average

    def of(self, products: Sequence[dict[str, Any]]) -> Embeddings:
        """Return a vector for each product: float32, shape (n, d), rows of L2 norm 1."""
        kinds = [f"{product['attributes']['type']}, {product['category']}" for product in products]
        new = sorted(set(kinds) - self._kinds.keys())
        if new:
            self._kinds |= dict(zip(new, self._encoder.encode_texts(new), strict=True))
        centres = np.stack([self._kinds[kind] for kind in kinds])  # (n, d)
        reach = np.float32(self._reach())
        latent = self._rng.standard_normal((len(products), LATENT), dtype=np.float32) / np.float32(np.sqrt(LATENT))
        noise = self._rng.standard_normal(centres.shape, dtype=np.float32) / np.float32(np.sqrt(centres.shape[1]))
        vectors = centres + reach * (np.float32(SPREAD) * (latent @ self._map) + np.float32(NOISE) * noise)
        unit: Embeddings = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def _reach(self) -> float:
        """Return how far kinds lie from their middle, on average."""
        known = np.stack(list(self._kinds.values()))
        return float(np.linalg.norm(known - known.mean(axis=0), axis=1).mean())


class Writer:
    """Writes products together with their vectors, as an embedding process beside the server does."""

    def __init__(self, database: Database, settings: Settings, encoder: Encoder) -> None:
        self._database = database
        self._template = settings.product_text_template
        self._space = VectorSpace.of(encoder, settings)

    def write(self, products: Sequence[dict[str, Any]], vectors: Embeddings) -> None:
        """Insert or change products with different ids, in one transaction; vectors: float32, shape (n, d)."""
        records = [to_record(ProductIn.model_validate(product), self._template) for product in products]
        parts = [self._part(record, vector) for record, vector in zip(records, vectors, strict=True)]
        with self._database.writing() as db:
            repository = CatalogueRepository(db)
            version = repository.lock_version()
            repository.upsert(records, version)
            embeddings = EmbeddingRepository(db, self._space)
            embeddings.store(parts, version)
            repository.set_version(version)

    def _part(self, record: ProductRecord, vector: NDArray[np.float32]) -> StoredPart:
        return StoredPart(record.id, "text", record.text_hash, vector, record.text_hash)


def large_products(count: int) -> Iterator[dict[str, Any]]:
    """Yield invented products in the order of their ids."""
    for number, product in enumerate(invented(count)):
        yield product | {"id": f"p{number:08d}"}


def fill(database: Database, settings: Settings, encoder: Encoder, count: int) -> None:
    """Write so many products with vectors into an empty database."""
    writer, vectors = Writer(database, settings, encoder), InventedVectors(encoder)
    with progress("products") as bar:
        task = bar.add_task("write", total=count)
        products = large_products(count)
        while block := list(itertools.islice(products, BLOCK)):
            writer.write(block, vectors.of(block))
            bar.advance(task, len(block))
