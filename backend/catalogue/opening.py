"""Builds the index snapshot from the database, and opens the searchable catalogue from it."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.filling import Snapshot, filled
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.options import SearchOptions
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.saved_cards import SavedCards
from backend.catalogue.space import VectorSpace
from backend.database.engine import Database
from ml.errors import FingerprintMismatch, IndexDamaged
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.files import CURRENT, LOCK, Current
from ml.index.manifest import Manifest, SnapshotMeta
from ml.index.merge import MergeSettings
from ml.index.snapshot import current_manifest, load_snapshot, save_snapshot
from ml.types import Embeddings, Fingerprint, ProductId

logger = logging.getLogger(__name__)
BLOCK = 2000
MERGING = MergeSettings()  # what pays in service
STALE_SHARE = 0.2  # rows changed since the snapshot, from which a new one is worth its time at start
_SPACE_FOLDER = re.compile(r"[0-9a-f]{16}")
_SNAPSHOT = re.compile(r"snapshot-[0-9a-f]{32}")


class _Behind(IndexDamaged):
    """A snapshot is sound and true, but so old that a new one pays."""


def index_folder(path: Path, space: VectorSpace) -> Path:
    """Return where the snapshots of one vector space lie, beside those of others."""
    return path / space.fingerprint


def index_spaces(path: Path) -> list[Fingerprint]:
    """Return the vector spaces that have snapshots; other directories of such names aren't ours to delete."""
    folders = path.iterdir() if path.is_dir() else ()
    return sorted(Fingerprint(folder.name) for folder in folders if _holds_snapshots(folder))


def delete_index(path: Path, space: Fingerprint) -> None:
    """Delete the snapshots of a vector space; a process that has one open keeps it."""
    folder = path / space
    for snapshot in folder.glob("snapshot-*"):  # first: what is left of a killed run still is known as ours
        shutil.rmtree(snapshot)
    shutil.rmtree(folder)


def _holds_snapshots(folder: Path) -> bool:
    if folder.is_symlink() or not folder.is_dir() or not _SPACE_FOLDER.fullmatch(folder.name):
        return False
    try:
        Current.read(folder)
    except IndexDamaged:
        return False
    return True


def _remove_former_layout(path: Path) -> None:
    """Delete snapshots that lie in the directory itself, where they were before each space had its own folder."""
    try:
        Current.read(path)
    except IndexDamaged:
        return  # other programs have files of these names too
    for name in (CURRENT, f"{CURRENT}.new", LOCK):
        (path / name).unlink(missing_ok=True)
    for folder in path.iterdir():
        if _SNAPSHOT.fullmatch(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def build_snapshot(
    database: Database,
    space: VectorSpace,
    path: Path,
    on_rows: Callable[[int, int], None] | None = None,
    merging: MergeSettings | None = None,
) -> Manifest:
    """Write a snapshot of every embedded, active product.

    Args:
        database: where products and embeddings are.
        space: which embeddings to take.
        path: directory of the indexes of every space.
        on_rows: called with the rows done and their total, for progress.
        merging: from how many products codes pay; None takes the defaults.

    Raises:
        FingerprintMismatch: products are embedded, but none in this space.
        OSError: the disk is full or can't be written.
    """
    with database.reading() as db:
        repository, embeddings = CatalogueRepository(db), EmbeddingRepository(db, space)
        version, stamp = repository.moment()
        ids = [ProductId(id_) for id_ in embeddings.searchable_ids()]
        if not ids and (others := embeddings.other_spaces()):
            stored = ", ".join(f"{count} under {name}" for name, count in others.items())
            raise FingerprintMismatch(
                f"no product is embedded for this encoder and text template ({space.fingerprint}), but {stored}: "
                "run `python -m scripts.embed_catalogue`, or go back to the former CLIP_MODEL and template"
            )

        def blocks() -> Iterator[Embeddings]:
            for start in range(0, len(ids), BLOCK):
                block = ids[start : start + BLOCK]
                vectors = embeddings.vectors(block)
                yield np.stack([vectors[id_][1] for id_ in block])
                if on_rows is not None:
                    on_rows(start + len(block), len(ids))

        meta = SnapshotMeta(
            fingerprint=space.fingerprint,
            dimension=space.dimension,
            catalogue_id=repository.catalogue_id(),
            catalogue_version=version,
            blend=space.blend,
            catalogue_stamp=stamp,
        )
        manifest = save_snapshot(index_folder(path, space), ids, blocks(), meta, merging or MERGING)
    _remove_former_layout(path)
    return manifest


def open_live(
    database: Database,
    space: VectorSpace,
    path: Path,
    options: SearchOptions | None = None,
    on_failure: Callable[[], None] = lambda: None,
) -> LiveCatalogue:
    """Open the current snapshot and apply what changed since; a snapshot that can't serve is built anew first.

    Codes and clusters that can't be made or measured keep nobody from searching: every search is exact without them.

    Args:
        database: where products and embeddings are.
        space: which embeddings to take.
        path: directory of the indexes of every space.
        options: how it is searched; None takes the defaults.
        on_failure: called when codes and clusters can't be made, now or in the background later on.

    Raises:
        FingerprintMismatch: products are embedded, but not for this encoder and template.
    """
    options = options or SearchOptions()
    folder = index_folder(path, space)
    try:
        if current_manifest(folder) is not None:
            return open_saved(database, space, path, options, on_failure)
        logger.info("building the first index")
    except (IndexDamaged, FingerprintMismatch) as error:
        level = logging.INFO if isinstance(error, _Behind) else logging.WARNING
        logger.log(level, "building the index from the database: %s", error)
    if build_snapshot(database, space, path, merging=options.merging).failure is not None:
        on_failure()
    return _caught_up(database, space, folder, _load(folder, space, options, on_failure), options)


def open_saved(
    database: Database,
    space: VectorSpace,
    path: Path,
    options: SearchOptions,
    on_failure: Callable[[], None] = lambda: None,
) -> LiveCatalogue:
    """Do the same with the snapshot that is there, or not at all.

    Args:
        database: as for `open_live`.
        space: as for `open_live`.
        path: as for `open_live`.
        options: as for `open_live`.
        on_failure: as for `open_live`.

    Raises:
        IndexDamaged: there's no snapshot, or it isn't sound, or doesn't belong to this database and these settings.
        FingerprintMismatch: it is of another encoder.
    """
    folder = index_folder(path, space)
    index, manifest = _load(folder, space, options, on_failure)
    reason = _unusable(database, space, manifest)
    if reason is not None:
        raise IndexDamaged(reason)
    live = _caught_up(database, space, folder, (index, manifest), options)
    if index.row_count - manifest.count > STALE_SHARE * manifest.count:
        live.close()
        raise _Behind(f"the snapshot is {index.row_count - manifest.count} rows behind")
    return live


def _load(
    folder: Path, space: VectorSpace, options: SearchOptions, on_failure: Callable[[], None]
) -> tuple[FaissFlatIndex, Manifest]:
    return load_snapshot(
        folder,
        fingerprint=space.fingerprint,
        dimension=space.dimension,
        planning=options.planning,
        merging=options.merging or MERGING,
        on_failure=on_failure,
    )


def _unusable(database: Database, space: VectorSpace, manifest: Manifest) -> str | None:
    """Return why a sound snapshot doesn't belong to this database and these settings, or None."""
    with database.reading() as db:
        repository = CatalogueRepository(db)
        if manifest.catalogue_id != repository.catalogue_id():
            return "the snapshot is of another database"
        version, stamp = repository.moment()
        if manifest.catalogue_version > version:
            return "the database is older than the snapshot: restored from a backup?"
        if manifest.catalogue_version == version and manifest.catalogue_stamp not in (None, stamp):
            return "the database has reached the snapshot's version a second time: restored from a backup?"
    if manifest.blend != space.blend:
        return "the weights of text and image changed"
    return None


def _caught_up(
    database: Database,
    space: VectorSpace,
    folder: Path,
    snapshot: tuple[FaissFlatIndex, Manifest],
    options: SearchOptions,
) -> LiveCatalogue:
    """Fill what belongs to the snapshot's rows; the change log brings what has changed since."""
    index, manifest = snapshot
    rows = filled(database, Snapshot(index.row_of, manifest, folder, space), options)
    cards = None if rows.cards is None else SavedCards(rows.cards, index.row_of)
    version = manifest.catalogue_version
    live = LiveCatalogue(index, rows.columns, rows.texts, space, version=version, fusion=options.fusion, cards=cards)
    live.catch_up(database)
    if manifest.failure is not None:
        logger.error("every search is exact, as the index has no codes: %s", manifest.failure)
        index.merge_if_due()
    return live
