"""All SQL about products."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, false, func, insert, or_, select, type_coerce, update
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from backend.catalogue.fields import CATEGORY_SEPARATOR
from backend.catalogue.records import SNIPPET_LENGTH, CardRow, ChangedProduct, ProductFilter, ProductRecord
from backend.catalogue.tables import PRODUCTS, CatalogueStateRow, EmbeddingRow, ProductRow
from backend.errors import VersionConflict

_STATE = cast(Table, CatalogueStateRow.__table__)
Outcome = Literal["inserted", "updated", "unchanged"]
# Statements of every write and every look for changes are built once: building one takes longer than running it.
_OF_STATE = _STATE.c.id == 1
_VERSION = select(_STATE.c.version).where(_OF_STATE)
_MOMENT = select(_STATE.c.version, _STATE.c.stamp).where(_OF_STATE)
_LOCK = _VERSION.with_for_update()
_ANNOUNCE = update(_STATE).where(_OF_STATE).values(version=bindparam("reached"), stamp=bindparam("drawn"))
_WITH_IDS = PRODUCTS.c.id.in_(bindparam("ids", expanding=True))
_ROWS = select(PRODUCTS).where(_WITH_IDS)
_STORED = select(
    *(
        PRODUCTS.c[name]
        for name in ("id", "version", "content_hash", "text_hash", "image_url", "image_file", "deleted")
    )
).where(_WITH_IDS)
_CHANGED = (
    select(*(PRODUCTS.c[name] for name in ChangedProduct._fields))
    .where(PRODUCTS.c.change_version > bindparam("since"))
    .order_by(PRODUCTS.c.change_version, PRODUCTS.c.id)
    .execution_options(yield_per=1000)
)
# The moment as the driver returns it: all that counts is whether it is the same.
_MARKS = select(
    PRODUCTS.c.id,
    PRODUCTS.c.change_version,
    and_(PRODUCTS.c.active, ~PRODUCTS.c.deleted),
    *(PRODUCTS.c[name] for name in ("version", "content_hash", "image_file")),
    type_coerce(PRODUCTS.c.created_at, NullType),
).execution_options(yield_per=1000)
# The description of a book can be long, and a card shows its beginning.
_BEGINNING = func.substr(PRODUCTS.c.description, 1, SNIPPET_LENGTH + 1)
_ALL_CARDS = select(*(_BEGINNING if name == "description" else PRODUCTS.c[name] for name in CardRow._fields)).where(
    ~PRODUCTS.c.deleted
)
_CARDS = _ALL_CARDS.where(_WITH_IDS)

ID_CHUNK = 500  # ids in one IN list; SQLite allows 32,766 variables, and plans are cached per length


class CatalogueRepository:
    """Reads and writes products inside the caller's transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def version(self) -> int:
        """Return the catalogue version: it grows by one with each committed change."""
        return int(self._db.connection().execute(_VERSION).scalar_one())

    def moment(self) -> tuple[int, int]:
        """Return the catalogue version and its stamp: together they name one state of one history of the database.

        A database that goes on from a backup reaches the same versions a second time, but not the same stamps.
        """
        version, stamp = self._db.connection().execute(_MOMENT).one()
        return int(version), int(stamp)

    def catalogue_id(self) -> str:
        """Return the name that this database was given when it was made."""
        return self._db.execute(select(CatalogueStateRow.catalogue_id).where(CatalogueStateRow.id == 1)).scalar_one()

    def lock_version(self) -> int:
        """Keep other writers out until this transaction ends, and return the version that it will bring."""
        return int(self._db.connection().execute(_LOCK).scalar_one()) + 1

    def set_version(self, version: int) -> None:
        """Announce the version that `lock_version` gave; only called when something changed."""
        self._db.connection().execute(_ANNOUNCE, {"reached": version, "drawn": secrets.randbits(63)})

    def is_empty(self) -> bool:
        """Whether no product was ever written."""
        return self._db.execute(select(ProductRow.id).limit(1)).first() is None

    def get(self, ids: Sequence[str]) -> dict[str, ProductRow]:
        """Return the products with these ids that exist; deleted ones don't."""
        found: dict[str, ProductRow] = {}
        for chunk in chunks(ids):
            statement = select(ProductRow).where(ProductRow.id.in_(chunk), ~ProductRow.deleted)
            found.update((row.id, row) for row in self._db.scalars(statement))
        return found

    def rows(self, ids: Sequence[str]) -> dict[str, Any]:
        """Return the rows of the products with these ids, deleted ones too, as they are just now."""
        connection = self._db.connection()
        return {row.id: row for chunk in chunks(ids) for row in connection.execute(_ROWS, {"ids": chunk})}

    def cards(self, ids: Sequence[str]) -> list[CardRow]:
        """Return the card columns of the products with these ids that exist."""
        connection = self._db.connection()
        return [CardRow(*row) for chunk in chunks(ids) for row in connection.execute(_CARDS, {"ids": chunk})]

    def all_cards(self) -> Iterator[CardRow]:
        """Yield the card columns of all products that searches can find."""
        statement = _ALL_CARDS.where(PRODUCTS.c.active.is_(True)).execution_options(yield_per=1000)
        return (CardRow(*row) for row in self._db.execute(statement))

    def page(self, where: ProductFilter, after_id: str, limit: int) -> list[ProductRow]:
        """Return up to `limit` products with ids greater than `after_id`, in id order."""
        statement = select(ProductRow).where(*_conditions(where), ProductRow.id > after_id)
        return list(self._db.scalars(statement.order_by(ProductRow.id).limit(limit)))

    def count(self, where: ProductFilter) -> int:
        """Return how many products match."""
        return self._db.execute(select(func.count()).select_from(ProductRow).where(*_conditions(where))).scalar_one()

    def contents(self, ids: Sequence[str]) -> dict[str, tuple[str, str | None]]:
        """Return content hash and picture of the products with these ids, deleted ones too."""
        return {id_: (row.content_hash, row.image_file) for id_, row in self._stored(ids).items()}

    def upsert(
        self, records: Sequence[ProductRecord], version: int, *, stored: Mapping[str, Any] | None = None
    ) -> dict[str, Outcome]:
        """Write products; unchanged ones are left alone.

        Args:
            records: distinct ids.
            version: from `lock_version`; announce it with `set_version` when something changed.
            stored: of `rows`, when the caller has asked for them since `lock_version`.

        Returns:
            What happened to each id.
        """
        if stored is None:
            stored = self._stored([record.id for record in records])
        now = datetime.now(UTC)
        outcomes: dict[str, Outcome] = {}
        inserts: list[dict[str, Any]] = []
        updates: list[dict[str, Any]] = []
        images_changed: list[str] = []
        for record in records:
            row = stored.get(record.id)
            shop_values = {**record.values, "content_hash": record.content_hash, "text_hash": record.text_hash}
            if row is None:
                outcomes[record.id] = "inserted"
                fresh = {"id": record.id, "deleted": False, "version": 1, "created_at": now, "updated_at": now}
                inserts.append({**shop_values, **fresh, "image_file": record.image_file, "change_version": version})
                continue
            image_file = record.image_file
            if image_file is None and row.image_url == record.values["image_url"]:
                image_file = row.image_file
            if row.content_hash == record.content_hash and image_file == row.image_file and not row.deleted:
                outcomes[record.id] = "unchanged"
                continue
            outcomes[record.id] = "inserted" if row.deleted else "updated"
            if image_file != row.image_file:
                images_changed.append(record.id)
            written = {"deleted": False, "version": row.version + 1, "updated_at": now, "image_file": image_file}
            updates.append({**shop_values, **written, "change_version": version, "key": record.id})
        if inserts:
            self._db.execute(insert(ProductRow), inserts)
        if updates:
            columns: dict[str, Any] = {name: bindparam(name) for name in updates[0] if name != "key"}
            statement = update(PRODUCTS).where(PRODUCTS.c.id == bindparam("key"))
            self._db.connection().execute(statement.values(**columns), updates)
        self._touch_vectors(images_changed, version)
        return outcomes

    def delete(self, ids: Sequence[str], version: int, expected: Mapping[str, int] | None = None) -> list[str]:
        """Mark products as deleted; return the ids that were there.

        Args:
            ids: of products.
            version: from `lock_version`; announce it with `set_version` when something was deleted.
            expected: product versions that the caller read; ids that are left out aren't checked.

        Raises:
            VersionConflict: a product is no longer at its expected version; nothing may be committed.
        """
        stored = self._stored(ids)
        present = [id_ for id_ in ids if id_ in stored and not stored[id_].deleted]
        for id_ in present:
            check_version(id_, stored[id_], None if expected is None else expected.get(id_))
        for chunk in chunks(present):
            self._db.execute(
                update(ProductRow)
                .where(ProductRow.id.in_(chunk))
                .values(
                    deleted=True,
                    version=ProductRow.version + 1,
                    change_version=version,
                    updated_at=datetime.now(UTC),
                )
                .execution_options(synchronize_session=False)
            )
        return present

    def changed_since(self, version: int) -> Iterator[ChangedProduct]:
        """Yield products, deleted ones too, whose last change is later than a version, oldest change first.

        There is no upper bound: a product may be changed again while this reads, and would then be missed.
        """
        return (ChangedProduct(*row) for row in self._db.connection().execute(_CHANGED, {"since": version}))

    def marks(self) -> Iterator[Any]:
        """Yield each product, deleted ones too: id, change version, if it can be found, what tells its contents."""
        return iter(self._db.connection().execute(_MARKS))

    def labels(self) -> Iterator[tuple[str, str | None, str | None, str | None, str | None, bool]]:
        """Yield title, brand, colour, merchant and category of active products, and whether they are on sale."""
        on_sale = func.coalesce(ProductRow.list_price_cents > ProductRow.price_cents, false())
        columns = (ProductRow.title, ProductRow.brand, ProductRow.colour, ProductRow.merchant, ProductRow.category)
        statement = select(*columns, on_sale).where(ProductRow.active, ~ProductRow.deleted)
        for row in self._db.execute(statement.execution_options(yield_per=1000)):
            title, brand, colour, merchant, category, reduced = row
            yield title, brand, colour, merchant, category, reduced

    def main_currency(self) -> str | None:
        """Return the currency of most active products."""
        count = func.count()
        statement = (
            select(ProductRow.currency)
            .where(ProductRow.active, ~ProductRow.deleted, ProductRow.currency.is_not(None))
            .group_by(ProductRow.currency)
            .order_by(count.desc(), ProductRow.currency)
            .limit(1)
        )
        return self._db.scalar(statement)

    def category_counts(self) -> list[tuple[str, int]]:
        """Return each category path of active products with its number of products, in path order."""
        statement = (
            select(ProductRow.category, func.count())
            .where(ProductRow.active, ~ProductRow.deleted, ProductRow.category.is_not(None))
            .group_by(ProductRow.category)
            .order_by(ProductRow.category)
        )
        return [(path, count) for path, count in self._db.execute(statement) if path is not None]

    def _stored(self, ids: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        connection = self._db.connection()
        for chunk in chunks(ids):
            found.update((row.id, row) for row in connection.execute(_STORED, {"ids": chunk}))
        return found

    def _touch_vectors(self, ids: Sequence[str], version: int) -> None:
        """Make every worker blend these products' vectors again: their picture came, went or changed."""
        for chunk in chunks(ids):
            self._db.execute(
                update(EmbeddingRow)
                .where(EmbeddingRow.product_id.in_(chunk), EmbeddingRow.part == "text")
                .values(stored_version=version)
                .execution_options(synchronize_session=False)
            )


def check_version(id_: str, row: Any | None, expected: int | None) -> None:
    """Check that a product is at a version; None takes any.

    Raises:
        VersionConflict: it isn't.
    """
    actual = row.version if row is not None and not row.deleted else None
    if expected is not None and actual != expected:
        raise VersionConflict(
            f"product {id_} is at version {actual}, not {expected}: read it again and repeat the change"
            if actual is not None
            else f"there's no product {id_} at version {expected}: it doesn't exist",
            product_id=id_,
            version=actual,
        )


def _conditions(where: ProductFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [~ProductRow.deleted]
    if where.category is not None:
        category = func.lower(ProductRow.category)
        below = category.startswith(where.category.lower() + CATEGORY_SEPARATOR, autoescape=True)
        conditions.append(or_(category == where.category.lower(), below))
    if where.brand is not None:
        conditions.append(func.lower(ProductRow.brand) == where.brand.lower())
    if where.merchant is not None:
        conditions.append(func.lower(ProductRow.merchant) == where.merchant.lower())
    if where.active is not None:
        conditions.append(ProductRow.active == where.active)
    return conditions


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the ids in pieces that fit one IN list."""
    for start in range(0, len(ids), ID_CHUNK):
        yield ids[start : start + ID_CHUNK]
