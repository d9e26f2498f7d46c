"""Fills columns, words and cards of a snapshot's rows: from what was saved if that still is true, else from SQL."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from uuid import uuid4

import numpy as np

from backend.catalogue.attributes import Attributes
from backend.catalogue.columns import Columns
from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.marks import marks_of
from backend.catalogue.options import SearchOptions
from backend.catalogue.records import CARD_FIELDS
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.saved import FOLDER, SavedRows, Shown, load_rows
from backend.catalogue.saved_cards import NONE, CardArrays
from backend.catalogue.space import VectorSpace
from backend.catalogue.texts import Texts
from backend.database.engine import Database
from backend.version import VERSION
from ml.errors import IndexDamaged
from ml.index.manifest import Manifest
from ml.types import ProductId

logger = logging.getLogger(__name__)
BLOCK = 2000
ANALYSIS = 2  # of texts into words and of products into marks; another number makes every start read all anew
MAKING = 1  # of columns and cards; the same for them alone
TEXTS = "texts"  # folder of the words, beside the vectors of the same space

RowOf = Callable[[ProductId], int | None]


class OtherPast(IndexDamaged):
    """A snapshot is of another past of this database, which has gone on from a backup."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open snapshot of vectors.

    Attributes:
        row_of: the row of a product.
        manifest: of the snapshot.
        folder: of the snapshots of this vector space.
        space: that is.
    """

    row_of: RowOf
    manifest: Manifest
    folder: Path
    space: VectorSpace


@dataclass(frozen=True, slots=True)
class Filled:
    """What is known of a snapshot's rows beside their vectors; no cards where they couldn't be saved."""

    columns: Columns
    texts: Texts
    cards: CardArrays | None


def filled(database: Database, snapshot: Snapshot, options: SearchOptions) -> Filled:
    """Return columns, words and cards of the rows of a snapshot; what isn't kept is made.

    Args:
        database: the truth.
        snapshot: whose rows they are.
        options: how it is searched.

    Raises:
        OtherPast: the snapshot is of another past of the database, so neither its rows nor what is kept is true.
    """
    folder = snapshot.folder
    tag = _digest(f"{ANALYSIS} {snapshot.manifest.model_dump_json()}")
    declared = None if options.attributes is None else sorted(options.attributes)
    making = _digest(f"{MAKING} {VERSION} {CARD_FIELDS} {declared}")
    saved = _saved(database, snapshot, tag, making, options.attributes)
    words = None if saved is None else saved.words
    texts = Texts.open(folder / TEXTS, words, options.language, options.synonyms)
    if saved is not None and texts.was_saved:
        texts.restore(saved.text_digests)
        if saved.shown is not None:
            return Filled(saved.shown.columns, texts, saved.shown.cards)
    columns = _read(database, snapshot.row_of, texts, options)
    try:
        if words is None or not texts.was_saved:
            words = uuid4().hex
            texts = texts.saved(folder / TEXTS, words)
        _made(database, snapshot, columns, texts, words).save(folder / FOLDER, tag, making)
        # Opened like any other, so that the next start can't be the first to find that it doesn't work.
        shown = load_rows(folder / FOLDER, tag, making, options.attributes).shown
    except (OSError, IndexDamaged) as error:  # it only saves the next start some time
        logger.warning("can't save what was read of the catalogue: %s", error)
        shown = None
    return Filled(columns, texts, None if shown is None else shown.cards)


def _saved(
    database: Database, snapshot: Snapshot, tag: str, making: str, attributes: frozenset[str] | None
) -> SavedRows | None:
    """Open what was saved and compare it with SQL; None where it isn't there or can't be used.

    Raises:
        OtherPast: SQL says something else of a product that hasn't changed since the snapshot.
    """
    folder, version = snapshot.folder / FOLDER, snapshot.manifest.catalogue_version
    try:
        saved = load_rows(folder, tag, making, attributes)
    except IndexDamaged as error:
        logger.info("reading every product again: %s", error)
        return None
    with database.reading() as db:
        seen = marks_of(CatalogueRepository(db), snapshot.row_of, len(saved.marks), version)
        # What has no row wasn't embedded then, or the snapshot never knew of it.
        unknown = EmbeddingRepository(db, snapshot.space).any_until(version, seen.missing)
    if unknown or not ((seen.values == saved.marks) | seen.later).all():
        raise OtherPast("the database isn't the one that was read, though it has its name: restored from a backup?")
    if saved.shown is None:
        logger.info("reading every product again: %s was made by other settings or another version", folder)
        return saved
    # Of another past of the database the same version of a product may show something else.
    cards = saved.shown.cards
    cards = CardArrays(cards.text, cards.ends, np.where(seen.later, np.int32(NONE), cards.versions))
    return replace(saved, shown=Shown(saved.shown.columns, cards))


def _read(database: Database, row_of: RowOf, texts: Texts, options: SearchOptions) -> Columns:
    columns = Columns(attributes=Attributes(options.attributes))
    with database.reading() as db:
        changed = CatalogueRepository(db).changed_since(-1)
        while block := list(islice(changed, BLOCK)):
            rows, products = [], []
            for product in block:
                row = row_of(ProductId(product.id))
                if row is not None and product.active and not product.deleted:
                    columns.put(row, product)
                    rows.append(row)
                    products.append(product)
            if not texts.was_saved:
                texts.put(rows, products)
    return columns


def _made(database: Database, snapshot: Snapshot, columns: Columns, texts: Texts, words: str) -> SavedRows:
    count = snapshot.manifest.count
    with database.reading() as db:
        repository = CatalogueRepository(db)
        cards = CardArrays.made(repository, snapshot.row_of, count)
        marks = marks_of(repository, snapshot.row_of, count, snapshot.manifest.catalogue_version)
    return SavedRows(Shown(columns, cards), words, texts.digests(count), marks.values)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
