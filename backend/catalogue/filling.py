"""Fills columns, words and cards of a snapshot's rows: from what was saved if that still is true, else from SQL."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from backend.catalogue.attributes import Attributes
from backend.catalogue.columns import Columns
from backend.catalogue.marks import marks_of
from backend.catalogue.options import SearchOptions
from backend.catalogue.records import CARD_FIELDS
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.saved import FOLDER, SavedRows, load_rows
from backend.catalogue.saved_cards import NONE, CardArrays
from backend.catalogue.texts import Texts
from backend.database.engine import Database
from backend.version import VERSION
from ml.errors import IndexDamaged
from ml.index.manifest import Manifest
from ml.types import ProductId

logger = logging.getLogger(__name__)
BLOCK = 2000
ANALYSIS = 1  # of texts into words; another number makes every start read them anew
MAKING = 1  # of columns and cards; the same for them
TEXTS = "texts"  # folder of the words, beside the vectors of the same space

RowOf = Callable[[ProductId], int | None]


@dataclass(frozen=True, slots=True)
class Filled:
    """What is known of a snapshot's rows beside their vectors; no cards where they couldn't be saved."""

    columns: Columns
    texts: Texts
    cards: CardArrays | None


def filled(database: Database, row_of: RowOf, manifest: Manifest, folder: Path, options: SearchOptions) -> Filled:
    """Return columns, words and cards of the rows of a snapshot; what isn't kept or isn't true any more is made.

    Args:
        database: the truth.
        row_of: the row of a product.
        manifest: of the snapshot.
        folder: of the snapshots of this vector space.
        options: how it is searched.
    """
    written = manifest.model_dump_json()
    tag = _digest(f"{ANALYSIS} {written}")
    texts = Texts.open(folder / TEXTS, tag, options.language, options.synonyms)
    declared = None if options.attributes is None else sorted(options.attributes)
    own_tag = _digest(f"{MAKING} {ANALYSIS} {VERSION} {CARD_FIELDS} {declared} {written}")
    if texts.was_saved:
        try:
            saved = _still_true(database, row_of, manifest, load_rows(folder / FOLDER, own_tag, options.attributes))
        except IndexDamaged as error:
            logger.info("reading every product again: %s", error)
        else:
            texts.restore(saved.text_digests)
            return Filled(saved.columns, texts, saved.cards)
    columns = _read(database, row_of, manifest.catalogue_version, texts, options)
    try:
        if not texts.was_saved:
            texts = texts.saved(folder / TEXTS, tag)
        _made(database, row_of, manifest, columns, texts).save(folder / FOLDER, own_tag)
        # Opened like any other, so that the next start can't be the first to find that it doesn't work.
        saved = load_rows(folder / FOLDER, own_tag, options.attributes)
    except (OSError, IndexDamaged) as error:  # it only saves the next start some time
        logger.warning("can't save what was read of the catalogue: %s", error)
        return Filled(columns, texts, None)
    return Filled(columns, texts, saved.cards)


def _still_true(database: Database, row_of: RowOf, manifest: Manifest, saved: SavedRows) -> SavedRows:
    """Compare what was saved with SQL; what changed since the snapshot, the change log brings.

    Raises:
        IndexDamaged: SQL says something else of an older product.
    """
    with database.reading() as db:
        marks, later = marks_of(CatalogueRepository(db), row_of, manifest.count, manifest.catalogue_version)
    if len(saved.marks) != manifest.count or not ((marks == saved.marks) | later).all():
        raise IndexDamaged(
            "the database isn't the one that was read, though it has its name: restored from a backup?"
        )
    # Of another past of the database the same version of a product may show something else.
    cards = saved.cards
    versions = np.where(later, np.int32(NONE), cards.versions)
    return SavedRows(saved.columns, CardArrays(cards.text, cards.ends, versions), saved.text_digests, saved.marks)


def _read(database: Database, row_of: RowOf, version: int, texts: Texts, options: SearchOptions) -> Columns:
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
            if texts.was_saved:
                texts.recognise(rows, products, version)
            else:
                texts.put(rows, products)
    return columns


def _made(database: Database, row_of: RowOf, manifest: Manifest, columns: Columns, texts: Texts) -> SavedRows:
    count = manifest.count
    with database.reading() as db:
        repository = CatalogueRepository(db)
        cards = CardArrays.made(repository, row_of, count)
        marks, _ = marks_of(repository, row_of, count, manifest.catalogue_version)
    return SavedRows(columns, cards, texts.digests(count), marks)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
