"""Writes of one product each: those that wait go through one transaction, and none costs another its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.catalogue.embeddings_repository import EmbeddingRepository, StoredPart
from backend.catalogue.records import ProductRecord, to_product, to_record
from backend.catalogue.repository import CatalogueRepository, Outcome, check_version
from backend.catalogue.schemas import Product, ProductIn
from backend.catalogue.space import VectorSpace
from backend.database.engine import Database
from backend.database.grouped import Grouped, together_or_alone
from backend.errors import VitrineError

TOGETHER = 64  # products in one transaction; writers of other processes wait while it lasts


@dataclass(frozen=True, slots=True)
class Change:
    """One product to write.

    Attributes:
        product_id: of it.
        edit: gives the product as it is to be from its row, None where there's none; or raises what the caller gets.
        expected: the version that it must be at; None takes any.
        vector: of its text, once the text is known to need one.
    """

    product_id: str
    edit: Callable[[Any | None], ProductIn]
    expected: int | None = None
    vector: StoredPart | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a product, and how it is now."""

    outcome: Outcome
    product: Product


class NeedsEmbedding(Exception):
    """Nothing was written: there's no vector for the text that the product would have."""

    def __init__(self, record: ProductRecord) -> None:
        super().__init__()
        self.record = record


class SingleWrites:
    """Writes single products of one process, in groups."""

    def __init__(self, database: Database, space: VectorSpace) -> None:
        self._database = database
        self._space = space
        self._group = Grouped(database, self._write, at_once=1, most=TOGETHER)

    async def write(self, change: Change) -> Made:
        """Write a product; it is committed when this returns.

        Raises:
            NeedsEmbedding: it is to be asked for again, with the vector.
            VersionConflict: it isn't at the expected version.
        """
        return await self._group.do(change)

    def _write(self, group: Sequence[Change]) -> list[Made | Exception]:
        return [result for part in _distinct(group) for result in together_or_alone(self._commit, part)]

    def _commit(self, group: Sequence[Change]) -> list[Made | Exception]:
        with self._database.writing() as db:
            return self._in(db, group)

    def _in(self, db: Session, group: Sequence[Change]) -> list[Made | Exception]:
        repository, embeddings = CatalogueRepository(db), EmbeddingRepository(db, self._space)
        version = repository.lock_version()
        ids = [change.product_id for change in group]
        stored = repository.rows(ids)
        hashes = embeddings.content_hashes(ids, "text")
        refused: dict[str, Exception] = {}
        records: dict[str, ProductRecord] = {}
        vectors: dict[str, StoredPart] = {}
        for change in group:
            id_, row = change.product_id, stored.get(change.product_id)
            try:
                record = to_record(change.edit(row), self._space.template)
                check_version(id_, row, change.expected)
            except VitrineError as error:
                refused[id_] = error
                continue
            if hashes.get(id_) != record.text_hash:
                if change.vector is None or change.vector.content_hash != record.text_hash:
                    refused[id_] = NeedsEmbedding(record)
                    continue
                vectors[id_] = change.vector
            records[id_] = record
        outcomes = repository.upsert(list(records.values()), version, stored=stored)
        if vectors or any(outcome != "unchanged" for outcome in outcomes.values()):
            embeddings.store(list(vectors.values()), version)
            embeddings.mark_changed({id_: records[id_].text_hash for id_ in vectors}, version)
            repository.set_version(version)
        rows = repository.rows(list(records)) if records else {}
        return [Made(outcomes[id_], to_product(rows[id_])) if id_ in outcomes else refused[id_] for id_ in ids]


def _distinct(group: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield the changes in their order, those of one product apart: the second one sees what the first one did."""
    part: dict[str, Change] = {}
    for change in group:
        if change.product_id in part:
            yield list(part.values())
            part = {}
        part[change.product_id] = change
    yield list(part.values())
