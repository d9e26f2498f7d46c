"""A catalogue to measure on: imported and embedded in a workspace of its own, kept for the next run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from sqlalchemy import select

from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.feeds import FeedOptions
from backend.catalogue.importing import RejectsFile
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.opening import open_live
from backend.catalogue.repository import chunks
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import ProductRow
from backend.config import Settings
from backend.database.engine import Database
from ml.encoder.base import Encoder
from ml.evaluate.judgments import Judgments
from ml.types import Embeddings, ProductId
from scripts.console import UsageError, console
from scripts.pipeline import embed, import_feed, open_database


@dataclass(frozen=True, slots=True)
class EvaluatedProduct:
    """What baselines read of a product."""

    id: ProductId
    sku: str | None
    title: str
    brand: str | None
    description: str | None
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EvaluatedCatalogue:
    """A catalogue as the server sees it, and as baselines do.

    Attributes:
        products: what can be found, in id order.
        vectors: of the products, in their order.
    """

    settings: Settings
    encoder: Encoder
    live: LiveCatalogue
    products: tuple[EvaluatedProduct, ...]
    vectors: Embeddings

    def refuse_unknown(self, judgments: Judgments) -> None:
        """Make sure that every judged product can be found.

        Raises:
            UsageError: it can't, so that no ranking of the judged products is complete.
        """
        known = {product.id for product in self.products}
        refuse_missing([id_ for ratings in judgments.values() for id_ in ratings if id_ not in known])


def refuse_missing(judged: list[ProductId]) -> None:
    """Refuse judged products that the catalogue lacks.

    Raises:
        UsageError: there are any.
    """
    if judged:
        raise UsageError(f"the catalogue lacks {len(set(judged))} judged products, such as {judged[0]}")


def workspace(settings: Settings, catalogue: Path, mapping: Mapping[str, str] | None = None) -> Settings:
    """Return settings whose database and index belong to one catalogue file, read in one way, alone."""
    if not catalogue.is_file():
        raise UsageError(f"{catalogue} is not a file")
    with catalogue.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if mapping:
        digest = hashlib.sha256(digest.encode() + orjson.dumps(mapping, option=orjson.OPT_SORT_KEYS)).hexdigest()
    folder = Path("var/evaluation") / digest[:16]
    return settings.model_copy(
        update={
            "database_url": f"sqlite:///{folder}/catalogue.db",
            "redis_url": None,
            "faiss_index_path": folder / "index",
            "media_path": folder / "media",
            "recommender_path": folder / "recommender",
        }
    )


def load_catalogue(
    settings: Settings, catalogue: Path, encoder: Encoder, mapping: Mapping[str, str] | None = None
) -> LiveCatalogue:
    """Import and embed what the workspace lacks, and open it."""
    with open_database(settings) as database:
        return _load(database, settings, catalogue, encoder, mapping)


def open_catalogue(
    settings: Settings, catalogue: Path, encoder: Encoder, mapping: Mapping[str, str] | None = None
) -> EvaluatedCatalogue:
    """Import and embed what the workspace lacks, and open it with what baselines need besides.

    Args:
        settings: from `workspace`, with the same mapping.
        catalogue: a feed.
        encoder: of the vectors.
        mapping: product field to source column, where the feed's names say too little.
    """
    with open_database(settings) as database:
        live = _load(database, settings, catalogue, encoder, mapping)
        space = VectorSpace.of(encoder, settings)
        with database.reading() as db:
            embeddings = EmbeddingRepository(db, space)
            ids = sorted(embeddings.searchable_ids())
            stored = embeddings.vectors(ids)
            columns = [getattr(ProductRow, name) for name in EvaluatedProduct.__slots__]
            rows = {
                row[0]: EvaluatedProduct(*row)
                for chunk in chunks(ids)
                for row in db.execute(select(*columns).where(ProductRow.id.in_(chunk)))
            }
        vectors = np.stack([stored[id_][1] for id_ in ids]) if ids else np.zeros((0, space.dimension), np.float32)
    return EvaluatedCatalogue(settings, encoder, live, tuple(rows[id_] for id_ in ids), vectors)


def _load(
    database: Database, settings: Settings, catalogue: Path, encoder: Encoder, mapping: Mapping[str, str] | None
) -> LiveCatalogue:
    rejects = RejectsFile(settings.faiss_index_path.parent / "rejects.jsonl")
    summary, _ = import_feed(database, settings, catalogue, FeedOptions(mapping=mapping or {}), rejects=rejects)
    if summary.rejected:
        console.print(f"{summary.rejected} rows were rejected, see {rejects.path}")
    embed(database, settings, encoder)
    return open_live(database, VectorSpace.of(encoder, settings), settings.faiss_index_path, settings.search_options)
