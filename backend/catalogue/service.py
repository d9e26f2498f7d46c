"""Reads and writes of products, as the routers need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from backend.catalogue.embedding import count_pending
from backend.catalogue.embeddings_repository import EmbeddingRepository, StoredPart
from backend.catalogue.fields import check_product_id
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.records import ProductFilter, ProductRecord, to_product, to_product_in, to_record
from backend.catalogue.repository import CatalogueRepository, Outcome
from backend.catalogue.schemas import Product, ProductBody, ProductIn, ProductPage
from backend.catalogue.single_writes import Change, NeedsEmbedding
from backend.catalogue.sync import CatalogueSync
from backend.catalogue.tables import ProductRow
from backend.catalogue.validation import first_messages
from backend.compute import Compute
from backend.database.engine import Database
from backend.errors import DependencyUnavailable, InvalidProductId, InvalidRequest, ProductNotFound

WRITE_ATTEMPTS = 5
SINGLE_ATTEMPTS = 100
SUGGESTIONS = 3


@dataclass(slots=True)
class Written:
    """What a write did to each product, and the catalogue version that holds it."""

    outcomes: dict[str, Outcome]
    catalogue_version: int
    counts: dict[Outcome, int] = field(init=False)

    def __post_init__(self) -> None:
        self.counts = {"inserted": 0, "updated": 0, "unchanged": 0}
        for outcome in self.outcomes.values():
            self.counts[outcome] += 1


class _NeedsEmbedding(Exception):
    """Raised inside a write to undo it: these products' vectors don't fit the text being written."""

    def __init__(self, ids: set[str]) -> None:
        super().__init__()
        self.ids = ids


class CatalogueService:
    """The catalogue of one process; a write is searchable here when it returns, and soon after everywhere.

    Only when another model takes over before it returns, that model lacks the embedding of its text for some seconds.
    """

    def __init__(self, database: Database, live: LiveCatalogue, compute: Compute, sync: CatalogueSync) -> None:
        self._database = database
        self._live = live
        self._compute = compute
        self._sync = sync

    @property
    def version(self) -> int:
        """Catalogue version that searches of this process see."""
        return self._live.version

    async def get(self, product_id: str) -> Product:
        """Return one product.

        Raises:
            InvalidProductId: no product can have this id.
            ProductNotFound: there's none, or it was deleted; then its details name products like it.
        """
        try:
            return to_product(await self._row(product_id))
        except ProductNotFound as error:
            error.details["suggestions"] = await self._like(product_id)
            raise

    async def page(self, where: ProductFilter, after_id: str, limit: int) -> ProductPage:
        """Return one page of products in id order."""

        def work(db: Session) -> tuple[list[ProductRow], int]:
            repository = CatalogueRepository(db)
            return repository.page(where, after_id, limit + 1), repository.count(where)

        rows, total = await self._database.read(work)
        more = len(rows) > limit
        return ProductPage(
            products=[to_product(row) for row in rows[:limit]],
            total=total,
            next_cursor=rows[limit - 1].id if more else None,
        )

    async def database_version(self) -> int:
        """Return the catalogue version in the database; higher than `version` while changes are being applied."""
        return await self._database.read(lambda db: CatalogueRepository(db).version())

    async def pending_embeddings(self) -> int:
        """Return how many texts and images are to be embedded."""
        return await self._database.read(lambda db: count_pending(db, self._live.space))

    async def category_counts(self) -> list[tuple[str, int]]:
        """Return each category path of active products with its number of products."""
        return await self._database.read(lambda db: CatalogueRepository(db).category_counts())

    async def put(
        self, product_id: str, body: ProductBody, expected_version: int | None = None
    ) -> tuple[Outcome, int, Product]:
        """Create or replace a product; return what happened, the catalogue version and the product.

        Raises:
            InvalidProductId: no product can have this id.
            InvalidRequest: the body names another id.
            VersionConflict: it isn't at the expected version.
        """
        _check_id(product_id)
        if body.id is not None and body.id != product_id:
            raise InvalidRequest("the id in the body is not the one in the path")
        product = ProductIn.model_construct(**{**dict(body), "id": product_id})
        return await self._single(Change(product_id, lambda _: product, expected_version))

    async def patch(
        self, product_id: str, changes: Mapping[str, object], expected_version: int | None = None
    ) -> tuple[Outcome, int, Product]:
        """Change some fields of a product; the whole is checked before anything is written.

        Raises:
            InvalidProductId: no product can have this id.
            ProductNotFound: there's none.
            InvalidRequest: the changed product isn't valid.
            VersionConflict: it isn't at the expected version.
        """
        if "id" in changes and changes["id"] != product_id:
            raise InvalidRequest("a product can't change its id")
        _check_id(product_id)

        def edit(row: Any | None) -> ProductIn:
            if row is None or row.deleted:
                raise ProductNotFound(f"no product {product_id}", product_id=product_id)
            stored = to_product_in(row)
            try:
                return ProductIn.model_validate(
                    {**stored, **changes}, context={"stored": stored.keys() - changes.keys()}
                )
            except ValidationError as error:
                raise InvalidRequest("the changed product is not valid", errors=first_messages(error)) from error

        return await self._single(Change(product_id, edit, expected_version))

    async def _single(self, change: Change) -> tuple[Outcome, int, Product]:
        """Write one product, embed it where its text changed, and make it searchable."""
        for _ in range(SINGLE_ATTEMPTS):
            try:
                made = await self._sync.singles.write(change)
            except NeedsEmbedding as needs:
                # Outside of the transaction, which others wait for. The text may change again meanwhile.
                digest = needs.record.text_hash
                (row,) = await self._compute.encode_many([needs.record.text])
                change = replace(change, vector=StoredPart(change.product_id, "text", digest, row, digest))
            else:
                return made.outcome, await self._sync.publish_own_write(), made.product
        raise DependencyUnavailable("other writers keep changing this product; try again", retry_after_s=1)

    async def delete(self, product_id: str, expected_version: int | None = None) -> int:
        """Delete a product; return the catalogue version from which no search finds it.

        Raises:
            ProductNotFound: there's none.
            VersionConflict: it isn't at the expected version.
        """
        await self._row(product_id)
        expected = None if expected_version is None else {product_id: expected_version}

        def work(db: Session) -> bool:
            repository = CatalogueRepository(db)
            version = repository.lock_version()
            gone = repository.delete([product_id], version, expected)
            if gone:
                repository.set_version(version)
            return bool(gone)

        if not await self._database.write(work):
            raise ProductNotFound(f"no product {product_id}", product_id=product_id)
        return await self._sync.publish_own_write()

    async def upsert(self, products: Sequence[ProductIn]) -> Written:
        """Write products, embed those whose text changed, and make them searchable; all or none are written."""
        records, missing = await self._database.read(lambda db: self._prepared(db, products))
        vectors: dict[str, StoredPart] = {}
        for _ in range(WRITE_ATTEMPTS):
            texts = [records[id_].text for id_ in missing]
            if texts:
                rows = await self._compute.encode_many(texts)
                for id_, row in zip(missing, rows, strict=True):
                    digest = records[id_].text_hash
                    vectors[id_] = StoredPart(id_, "text", digest, row, digest)
            try:
                outcomes = await self._database.write(lambda db: self._write(db, records, vectors))
            except _NeedsEmbedding as needs:
                missing = sorted(needs.ids)
                continue
            return Written(outcomes, await self._sync.publish_own_write())
        raise DependencyUnavailable("other writers keep changing the same products; try again", retry_after_s=1)

    def _prepared(self, db: Session, products: Sequence[ProductIn]) -> tuple[dict[str, ProductRecord], list[str]]:
        """Return products as they are written, and which of them are to be embedded; of many that takes a while."""
        template = self._live.space.template
        records = {product.id: to_record(product, template) for product in products}
        return records, self._unembedded(db, records)

    def _unembedded(self, db: Session, records: Mapping[str, ProductRecord]) -> list[str]:
        stored = EmbeddingRepository(db, self._live.space).content_hashes(list(records), "text")
        return [id_ for id_, record in records.items() if stored.get(id_) != record.text_hash]

    def _write(
        self, db: Session, records: Mapping[str, ProductRecord], vectors: Mapping[str, StoredPart]
    ) -> dict[str, Outcome]:
        repository, embeddings = CatalogueRepository(db), EmbeddingRepository(db, self._live.space)
        version = repository.lock_version()
        # Another writer may have replaced an embedding since it was looked up: then this write starts over.
        lacking = set(self._unembedded(db, records))
        if uncovered := lacking - vectors.keys():
            raise _NeedsEmbedding(uncovered)
        outcomes = repository.upsert(list(records.values()), version)
        embeddings.store([vectors[id_] for id_ in lacking], version)
        if lacking or any(outcome != "unchanged" for outcome in outcomes.values()):
            embeddings.mark_changed({id_: records[id_].text_hash for id_ in lacking}, version)
            repository.set_version(version)
        return outcomes

    async def _like(self, product_id: str) -> list[str]:
        """Return the ids of products nearest to a deleted one, whose vector is still known."""
        space = self._live.space
        vectors = await self._database.read(lambda db: EmbeddingRepository(db, space).vectors([product_id]))
        if product_id not in vectors:
            return []
        _, vector = vectors[product_id]
        hits = await self._compute.run(lambda: self._live.nearest(vector, SUGGESTIONS, None))
        return [hit.product_id for hit in hits]

    async def _row(self, product_id: str) -> ProductRow:
        _check_id(product_id)
        rows = await self._database.read(lambda db: CatalogueRepository(db).get([product_id]))
        if product_id not in rows:
            raise ProductNotFound(f"no product {product_id}", product_id=product_id)
        return rows[product_id]


def _check_id(product_id: str) -> None:
    try:
        check_product_id(product_id)
    except ValueError as error:
        raise InvalidProductId(str(error), product_id=product_id[:128]) from error
