"""All SQL about stored embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Join,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from backend.catalogue.repository import chunks
from backend.catalogue.space import Part, VectorSpace
from backend.catalogue.tables import PRODUCTS, EmbeddingRow, ProductRow
from ml.types import Embedding

_EMBEDDINGS = cast(Table, EmbeddingRow.__table__)


def with_parts(where: ColumnElement[bool]) -> tuple[Join, list[Column[Any]]]:
    """Return products with the stored parts of their vectors beside them, and the columns that `blended` takes.

    Parameters are "text" and "image", the fingerprints of the parts, and "size" of a vector.

    Args:
        where: of which products; beside others there are none.
    """
    text, image = _EMBEDDINGS.alias("text"), _EMBEDDINGS.alias("image")
    of_product = and_(
        text.c.product_id == PRODUCTS.c.id,
        text.c.fingerprint == bindparam("text"),
        text.c.part == "text",
        func.length(text.c.vector) == bindparam("size"),
        where,
    )
    current = and_(
        image.c.product_id == text.c.product_id,
        image.c.fingerprint == bindparam("image"),
        image.c.part == "image",
        image.c.content_hash == PRODUCTS.c.image_file,
        func.length(image.c.vector) == bindparam("size"),
    )
    columns = [text.c.vector, text.c.stored_version, image.c.vector, image.c.stored_version]
    return PRODUCTS.outerjoin(text, of_product).outerjoin(image, current), columns


def parameters_of(space: VectorSpace) -> dict[str, Any]:
    """Return the parameters of `with_parts`."""
    return {
        "text": space.part_fingerprint("text"),
        "image": space.part_fingerprint("image"),
        "size": space.vector_bytes,
    }


def blended(space: VectorSpace, parts: Sequence[Any]) -> tuple[int, Embedding] | None:
    """Return a product's vector, with the version that brought it; None when it has no text embedding.

    Args:
        space: that the parts are of.
        parts: the columns of `with_parts`.
    """
    text_vector, text_version, image_vector, image_version = parts
    if text_vector is None:
        return None
    return max(text_version, image_version or 0), space.product_vector(text_vector, image_vector)


def _vectors() -> Select[Any]:
    wanted = PRODUCTS.c.id.in_(bindparam("ids", expanding=True))
    joined, columns = with_parts(true())
    return select(PRODUCTS.c.id, *columns).select_from(joined).where(wanted)


# Built once: building takes Python longer than the database runs it for a product or two.
_VECTORS = _vectors()
_HASHES = select(_EMBEDDINGS.c.product_id, _EMBEDDINGS.c.content_hash).where(
    _EMBEDDINGS.c.fingerprint == bindparam("fingerprint"),
    _EMBEDDINGS.c.part == bindparam("part"),
    _EMBEDDINGS.c.product_id.in_(bindparam("ids", expanding=True)),
    func.length(_EMBEDDINGS.c.vector) == bindparam("size"),
)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One part of one product's vector, ready to be stored.

    Attributes:
        content_hash: what the vector was made from: the hash of the text, or the picture's name in the media store.
        text_hash: of the product's text under the space's template.
    """

    product_id: str
    part: Part
    content_hash: str
    vector: Embedding
    text_hash: str


class EmbeddingRepository:
    """Reads and writes the embeddings of one vector space inside the caller's transaction."""

    def __init__(self, db: Session, space: VectorSpace) -> None:
        self._db = db
        self._space = space

    def vectors(self, ids: Sequence[str]) -> dict[str, tuple[int, Embedding]]:
        """Return the blended vector of each product that has a text embedding, with the version that brought it.

        A picture counts only while it is the product's current one.
        """
        found: dict[str, tuple[int, Embedding]] = {}
        connection = self._db.connection()
        for chunk in chunks(ids):
            for id_, *parts in connection.execute(_VECTORS, {**parameters_of(self._space), "ids": chunk}):
                if (vector := blended(self._space, parts)) is not None:
                    found[id_] = vector
        return found

    def any_until(self, version: int, ids: Sequence[str]) -> bool:
        """Whether one of these products had its text embedding at a catalogue version."""
        return any(stored <= version for chunk in chunks(ids) for stored, _ in self.vectors(chunk).values())

    def searchable_ids(self) -> list[str]:
        """Return the ids of active products that have a text embedding, in id order."""
        statement = (
            select(ProductRow.id)
            .join(EmbeddingRow, self._is_part("text"))
            .where(ProductRow.active, ~ProductRow.deleted)
            .order_by(ProductRow.id)
        )
        return list(self._db.scalars(statement))

    def content_hashes(self, ids: Sequence[str], part: Part) -> dict[str, str]:
        """Return what each stored part of these products was made from."""
        found: dict[str, str] = {}
        given = {"fingerprint": self._space.part_fingerprint(part), "part": part, "size": self._space.vector_bytes}
        connection = self._db.connection()
        for chunk in chunks(ids):
            found.update((id_, hash_) for id_, hash_ in connection.execute(_HASHES, {**given, "ids": chunk}))
        return found

    def count_pending(self, part: Part) -> int:
        """Return how many products lack this part, or have one of other content."""
        statement = select(func.count()).select_from(ProductRow).outerjoin(EmbeddingRow, self._is_part(part))
        return self._db.execute(statement.where(*self._pending(part))).scalar_one()

    def pending(self, part: Part, after_id: str, limit: int) -> list[ProductRow]:
        """Return products to embed, in id order, from the one behind `after_id`."""
        statement = (
            select(ProductRow)
            .outerjoin(EmbeddingRow, self._is_part(part))
            .where(*self._pending(part), ProductRow.id > after_id)
            .order_by(ProductRow.id)
            .limit(limit)
        )
        return list(self._db.scalars(statement))

    def pending_ids(self, part: Part) -> list[str]:
        """Return the ids of all products to embed, in id order."""
        statement = select(ProductRow.id).outerjoin(EmbeddingRow, self._is_part(part)).where(*self._pending(part))
        return list(self._db.scalars(statement.order_by(ProductRow.id)))

    def store(self, parts: Sequence[StoredPart], version: int) -> None:
        """Write parts, replacing older ones."""
        for part in ("text", "image"):
            of_part = [stored for stored in parts if stored.part == part]
            fingerprint = self._space.part_fingerprint(part)
            for chunk in chunks([stored.product_id for stored in of_part]):
                self._db.execute(
                    delete(EmbeddingRow)
                    .where(
                        EmbeddingRow.fingerprint == fingerprint,
                        EmbeddingRow.part == part,
                        EmbeddingRow.product_id.in_(chunk),
                    )
                    .execution_options(synchronize_session=False)
                )
            if of_part:
                self._db.execute(
                    insert(EmbeddingRow),
                    [
                        {
                            "fingerprint": fingerprint,
                            "part": part,
                            "product_id": stored.product_id,
                            "content_hash": stored.content_hash,
                            "stored_version": version,
                            "vector": stored.vector.astype("<f4").tobytes(),
                        }
                        for stored in of_part
                    ],
                )

    def mark_changed(self, text_hashes: Mapping[str, str], version: int) -> None:
        """Put products into the change log: their vectors are new; another template gave them another text hash."""
        if not text_hashes:
            return
        statement = (
            update(PRODUCTS)
            .where(PRODUCTS.c.id == bindparam("key"))
            .values(text_hash=bindparam("hash"), change_version=version)
        )
        self._db.connection().execute(statement, [{"key": id_, "hash": hash_} for id_, hash_ in text_hashes.items()])

    def other_spaces(self) -> dict[str, int]:
        """Return the number of text embeddings under each other fingerprint."""
        statement = (
            select(EmbeddingRow.fingerprint, func.count())
            .where(EmbeddingRow.part == "text", EmbeddingRow.fingerprint != self._space.fingerprint)
            .group_by(EmbeddingRow.fingerprint)
        )
        return {row[0]: row[1] for row in self._db.execute(statement)}

    def _is_part(self, part: Part) -> ColumnElement[bool]:
        return and_(
            EmbeddingRow.product_id == ProductRow.id,
            EmbeddingRow.fingerprint == self._space.part_fingerprint(part),
            EmbeddingRow.part == part,
            func.length(EmbeddingRow.vector) == self._space.vector_bytes,  # a damaged one is as good as none
        )

    def _pending(self, part: Part) -> list[ColumnElement[bool]]:
        content = ProductRow.text_hash if part == "text" else ProductRow.image_file
        stale = or_(EmbeddingRow.content_hash.is_(None), EmbeddingRow.content_hash != content)
        return [~ProductRow.deleted, content.is_not(None), stale]
