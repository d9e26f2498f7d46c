"""Deletes what models that no longer serve have left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, func, select

from backend.catalogue.opening import delete_index, index_spaces
from backend.catalogue.tables import EmbeddingRow
from backend.database.engine import Database
from ml.types import Fingerprint

BLOCK = 2000  # embeddings in one transaction, so that writers of products never wait long


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted."""

    embeddings: int
    indexes: int


def stored_embeddings(database: Database) -> dict[tuple[Fingerprint, str], int]:
    """Return the number of embeddings of each fingerprint and part."""
    statement = select(EmbeddingRow.fingerprint, EmbeddingRow.part, func.count()).group_by(
        EmbeddingRow.fingerprint, EmbeddingRow.part
    )
    with database.reading() as db:
        return {(Fingerprint(row[0]), row[1]): row[2] for row in db.execute(statement)}


def prune(
    database: Database, index_path: Path, keep: set[Fingerprint], on_rows: Callable[[int], None] = lambda _: None
) -> Pruned:
    """Delete embeddings and indexes of every fingerprint that isn't to be kept.

    Args:
        database: where the embeddings are.
        index_path: directory of the indexes of every space.
        keep: encoders, whose pictures are kept, and vector spaces, whose texts and index are.
        on_rows: called with the embeddings deleted since the last call.
    """
    embeddings = 0
    for fingerprint in {fingerprint for fingerprint, _ in stored_embeddings(database)} - keep:
        while deleted := _delete_block(database, fingerprint):
            embeddings += deleted
            on_rows(deleted)
    spaces = set(index_spaces(index_path)) - keep
    for space in spaces:
        delete_index(index_path, space)
    return Pruned(embeddings, len(spaces))


def _delete_block(database: Database, fingerprint: Fingerprint) -> int:
    of_model = EmbeddingRow.fingerprint == fingerprint
    with database.writing() as db:
        ids = list(db.scalars(select(EmbeddingRow.product_id).where(of_model).limit(BLOCK)))
        if ids:
            db.execute(
                delete(EmbeddingRow)
                .where(of_model, EmbeddingRow.product_id.in_(ids))
                .execution_options(synchronize_session=False)
            )
    return len(ids)
