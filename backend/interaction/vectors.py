"""The product vectors that events are folded with: as they were when each was written."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.repository import chunks
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import PRODUCTS
from backend.database.upsert import insert_new
from backend.interaction.events import LoggedEvent
from backend.interaction.tables import InteractionVectorRow
from ml.types import Embedding

PINNED = -1  # version of the vector that stands for a product in events of other spaces
CACHED_VECTORS = 20_000  # 30 MB at 384 dimensions
CACHED_PRODUCTS = 100_000

_CHANGES = select(PRODUCTS.c.id, PRODUCTS.c.change_version).where(PRODUCTS.c.id.in_(bindparam("ids", expanding=True)))

VectorKey = tuple[str, str, int]  # state space, product, version
Writing = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class StateSpace:
    """The product vectors that user states are sums of: a vector space, and how text and picture are weighed in it.

    Attributes:
        key: 16 hex digits.
    """

    key: str
    vectors: VectorSpace

    @classmethod
    def of(cls, vectors: VectorSpace) -> StateSpace:
        """Return the state space over a vector space."""
        return _state_space(vectors)


@lru_cache(16)  # each request asks for that of the engine that serves
def _state_space(vectors: VectorSpace) -> StateSpace:
    content = orjson.dumps([vectors.fingerprint, vectors.blend], option=orjson.OPT_SORT_KEYS)
    return StateSpace(hashlib.sha256(content).hexdigest()[:16], vectors)


@dataclass(frozen=True, slots=True)
class ProductVector:
    """The vector of a product that an event is written with.

    Attributes:
        change_version: of the product's row when this was looked up; as long as it stays, so does the vector.
        version: that brought the vector; None where there is none.
        unsaved: the vector, while it may not be stored for the log yet.
    """

    change_version: int
    version: int | None
    unsaved: Embedding | None


class EventVectors:
    """Finds vectors of events, and keeps recent ones.

    What it keeps is only ever a copy of committed rows, unless it `keeps_pins` that may not be: for a computation
    that throws them away in the end.
    """

    def __init__(self, *, keeps_pins: bool = False) -> None:
        self._keeps_pins = keeps_pins
        self._vectors: OrderedDict[VectorKey, Embedding | None] = OrderedDict()
        self._products: OrderedDict[tuple[str, str], ProductVector] = OrderedDict()
        self._lock = threading.Lock()

    def current(self, db: Session, space: StateSpace, product_ids: Collection[str]) -> dict[str, ProductVector]:
        """Return the vectors of the products that exist or once did; others are left out.

        What is `unsaved` is to be handed to `store_vectors` in the transaction that uses it, and to `remember` when
        that is committed.
        """
        found: dict[str, ProductVector] = {}
        unknown: dict[str, int] = {}
        for chunk in chunks(sorted(product_ids)):
            for id_, change_version in db.connection().execute(_CHANGES, {"ids": chunk}):
                known = self._products.get((space.key, id_))
                if known is not None and known.change_version == change_version:
                    found[id_] = known
                else:
                    unknown[id_] = change_version
        vectors = EmbeddingRepository(db, space.vectors).vectors(list(unknown)) if unknown else {}
        for id_, change_version in unknown.items():
            version, vector = vectors.get(id_, (None, None))
            found[id_] = ProductVector(change_version, version, vector)
        return found

    def known(self, space: StateSpace, product_ids: Collection[str]) -> dict[str, ProductVector]:
        """Return what is kept of products; it holds as long as their `change_version` is still the same."""
        with self._lock:
            found = {id_: self._products.get((space.key, id_)) for id_ in product_ids}
        return {id_: product for id_, product in found.items() if product is not None}

    def remember(self, space: StateSpace, products: dict[str, ProductVector]) -> None:
        """Keep what has been stored, after the commit."""
        with self._lock:
            for id_, product in products.items():
                self._products[space.key, id_] = ProductVector(product.change_version, product.version, None)
                if product.version is not None and product.unsaved is not None:
                    self._vectors[space.key, id_, product.version] = product.unsaved
            _trim(self._products, CACHED_PRODUCTS)
            _trim(self._vectors, CACHED_VECTORS)

    def in_memory(self, space: StateSpace, events: Sequence[LoggedEvent]) -> list[Embedding | None] | None:
        """Return what `of_events` would, where all of it is kept; else None."""
        keys = [_key(space, event) for event in events]
        with self._lock:
            if not all(key is None or key in self._vectors for key in keys):
                return None
            return [None if key is None else self._vectors[key] for key in keys]

    def of_events(
        self, db: Session, space: StateSpace, events: Sequence[LoggedEvent], writing: Writing
    ) -> list[Embedding | None]:
        """Return the vector that each event is folded with: float32, shape (d,), L2 norm 1; None where it has none.

        An event written in this space has the vector it was written with. For one of another space, or imported, the
        product's first vector here stands: it is pinned when it is first asked for, so that it never changes.

        Args:
            db: to read from.
            space: to fold in.
            events: any.
            writing: opens the transaction in which vectors are pinned.
        """
        keys = [_key(space, event) for event in events]
        table = self._load(db, {key for key in keys if key is not None})
        if unpinned := sorted({key[1] for key in keys if key is not None and key[2] == PINNED and key not in table}):
            with writing() as pinning:
                self._pin(pinning, space, unpinned)
                pinned = self._stored(pinning, {(space.key, id_, PINNED) for id_ in unpinned})
            table |= pinned
            if self._keeps_pins:
                self._keep(pinned)
        return [None if key is None else table[key] for key in keys]

    def _load(self, db: Session, keys: set[VectorKey]) -> dict[VectorKey, Embedding | None]:
        table: dict[VectorKey, Embedding | None] = {}
        with self._lock:
            for key in keys:
                if key in self._vectors:
                    self._vectors.move_to_end(key)
                    table[key] = self._vectors[key]
        stored = self._stored(db, keys - table.keys())
        self._keep(stored)
        return table | stored

    def _keep(self, vectors: Mapping[VectorKey, Embedding | None]) -> None:
        with self._lock:
            self._vectors.update(vectors)
            _trim(self._vectors, CACHED_VECTORS)

    def _stored(self, db: Session, keys: Iterable[VectorKey]) -> dict[VectorKey, Embedding | None]:
        wanted = set(keys)
        found: dict[VectorKey, Embedding | None] = {}
        for space in {key[0] for key in wanted}:
            for chunk in chunks(sorted({key[1] for key in wanted if key[0] == space})):
                statement = select(
                    InteractionVectorRow.product_id, InteractionVectorRow.version, InteractionVectorRow.vector
                ).where(InteractionVectorRow.space == space, InteractionVectorRow.product_id.in_(chunk))
                for product_id, version, vector in db.execute(statement):
                    if (key := (space, product_id, version)) in wanted:
                        found[key] = np.frombuffer(vector, "<f4").astype(np.float32) if vector else None
        return found

    def _pin(self, db: Session, space: StateSpace, product_ids: Sequence[str]) -> None:
        vectors = EmbeddingRepository(db, space.vectors).vectors(product_ids)
        rows = [_row(space, id_, PINNED, vectors[id_][1] if id_ in vectors else None) for id_ in product_ids]
        insert_new(db, InteractionVectorRow, rows)


def store_vectors(db: Session, space: StateSpace, products: Mapping[str, ProductVector]) -> None:
    """Store the vectors that aren't yet, in the caller's transaction."""
    insert_new(db, InteractionVectorRow, unsaved_rows(space, products))


def unsaved_rows(space: StateSpace, products: Mapping[str, ProductVector]) -> list[dict[str, Any]]:
    """Return the rows of vectors that aren't stored yet, in a fixed order."""
    return [
        _row(space, id_, product.version, product.unsaved)
        for id_, product in sorted(products.items())
        if product.version is not None and product.unsaved is not None
    ]


def _key(space: StateSpace, event: LoggedEvent) -> VectorKey | None:
    if event.space != space.key:
        return space.key, event.product_id, PINNED
    return None if event.vector_version is None else (space.key, event.product_id, event.vector_version)


def _row(space: StateSpace, product_id: str, version: int, vector: Embedding | None) -> dict[str, Any]:
    content = b"" if vector is None else vector.astype("<f4").tobytes()
    return {"space": space.key, "product_id": product_id, "version": version, "vector": content}


def _trim(
    cache: OrderedDict[VectorKey, Embedding | None] | OrderedDict[tuple[str, str], ProductVector], most: int
) -> None:
    while len(cache) > most:
        cache.popitem(last=False)
