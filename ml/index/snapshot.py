"""Snapshots of an index on disk: written beside, checksummed, then made current in one step.

    directory/
      CURRENT                   "<name of the current snapshot> <sha256 of its manifest>"
      LOCK                      held while a snapshot is written
      snapshot-<32 hex digits>/ vectors.faiss  ids.txt  moments.npz  manifest.json
                                codes.faiss  codes.npz, if there are enough products for codes to pay
                                outline.npz, if the codes aren't clustered and outlines find enough

CURRENT vouches for the manifest and the manifest for the other files, so no changed byte goes unseen. A crash at any
point leaves the old CURRENT or the new one, and both name a directory whose contents have reached the disk.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import faiss
import numpy as np

from ml.errors import FingerprintMismatch, IndexDamaged
from ml.index.array_files import (
    CODES,
    CODES_META,
    MOMENTS,
    OUTLINE,
    open_codes,
    open_moments,
    open_outline,
    write_codes,
    write_index,
    write_moments,
    write_outline,
)
from ml.index.checks import checked_embeddings
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.files import CURRENT, Current, sole_writer, sync, write_durably
from ml.index.manifest import FileRecord, Kind, Manifest, SnapshotMeta
from ml.index.merge import Merged, MergeSettings, merge_or_exact
from ml.index.moments import Moments
from ml.index.planner import PlannerSettings, Tuning
from ml.index.segment import FlatSegment
from ml.index.store import VectorStore
from ml.index.view import View
from ml.types import Embeddings, Fingerprint, ProductId

MANIFEST = "manifest.json"
VECTORS = "vectors.faiss"
IDS = "ids.txt"
_ALWAYS = (VECTORS, IDS, MOMENTS)
_FILES: Mapping[Kind, tuple[str, ...]] = {
    "flat": _ALWAYS,
    "compact": (*_ALWAYS, CODES, CODES_META),
    "clustered": (*_ALWAYS, CODES, CODES_META),
}
"""What each kind of snapshot has beside its manifest; outlines aren't counted."""


def save_snapshot(
    directory: Path,
    ids: Sequence[ProductId],
    embeddings: Iterable[Embeddings],
    meta: SnapshotMeta,
    merging: MergeSettings | None = None,
) -> Manifest:
    """Write a snapshot, make it the current one and remove the others.

    Codes that can't be made or measured are left out, and the manifest says why: such a snapshot is searched exactly.
    Writers queue on a lock, so the last one to finish wins. Readers never wait. Processes that have an older snapshot
    mapped keep it: on Linux an unlinked file lives as long as it's mapped. Memory use is one copy of the vectors.

    Args:
        directory: where snapshots live; made if missing. It must be on a local file system.
        ids: the product of each row, distinct, without white space.
        embeddings: blocks of float32, shape (n, d), rows of L2 norm 1, as many rows in all as ids.
        meta: what the vectors are.
        merging: from how many products codes and clusters pay.

    Returns:
        The manifest that was written.

    Raises:
        ValueError: ids, embeddings or meta are refused; the current snapshot is as it was.
        OSError: the disk is full or can't be written; the current snapshot is as it was.
    """
    _check_ids(ids)
    flat = _collect(embeddings, len(ids), meta.dimension)
    view = _view(flat)
    built = merge_or_exact(view, ids.__getitem__, merging or MergeSettings())
    directory.mkdir(parents=True, exist_ok=True)
    with sole_writer(directory):
        name = f"snapshot-{uuid.uuid4().hex}"
        try:
            manifest, digest = _write_files(directory / name, ids, flat, (view.moments, built), meta)
            sync(directory)
            Current(name, digest).publish(directory)
        except BaseException:
            if not _is_current(directory, name):
                shutil.rmtree(directory / name, ignore_errors=True)
            raise
        for path in directory.glob("snapshot-*"):  # older ones, and what a killed writer left
            if path.name != name:
                shutil.rmtree(path, ignore_errors=True)
    return manifest


def _is_current(directory: Path, name: str) -> bool:
    """Tell whether a snapshot was published, whatever failed afterwards."""
    try:
        return Current.read(directory).name == name
    except IndexDamaged:
        return False


def load_snapshot(
    directory: Path,
    *,
    fingerprint: Fingerprint,
    dimension: int,
    planning: PlannerSettings | None = None,
    merging: MergeSettings | None = None,
    on_failure: Callable[[], None] = lambda: None,
) -> tuple[FaissFlatIndex, Manifest]:
    """Verify the current snapshot and open it, its vectors mapped from the file rather than read into memory.

    Args:
        directory: where snapshots live.
        fingerprint: the encoder in use.
        dimension: length d of its embeddings.
        planning: when searches of the index may be approximate.
        merging: when it merges what was added since.
        on_failure: called when a merge in the background fails.

    Raises:
        IndexDamaged: there's no snapshot, or a file is missing, truncated or changed; build a new one.
        FingerprintMismatch: the snapshot is sound, but of another encoder or dimension.
    """
    while True:
        current = Current.read(directory)
        try:
            manifest = _verified(directory, current, fingerprint, dimension)
            return _open(directory / current.name, manifest, planning, merging, on_failure), manifest
        except IndexDamaged:
            # A writer may have replaced and removed this snapshot meanwhile; then the newer one is to be read.
            if Current.read(directory) == current:
                raise


def current_manifest(directory: Path) -> Manifest | None:
    """Return the current snapshot's manifest without looking at its other files; None when there's no snapshot.

    Raises:
        IndexDamaged: the manifest is missing or damaged.
    """
    while (directory / CURRENT).exists():
        current = Current.read(directory)
        try:
            return _read_manifest(directory, current)
        except IndexDamaged:
            if Current.read(directory) == current:
                raise
    return None


def _check_ids(ids: Sequence[ProductId]) -> None:
    """Refuse ids that a line of ``ids.txt`` can't hold, and repeated ones."""
    for product_id in ids:
        if product_id.split() != [product_id]:
            raise ValueError(f"a product id must be non-empty and without white space: {product_id!r}")
    if len(set(ids)) != len(ids):
        raise ValueError("product ids of a snapshot must be distinct")


def _collect(embeddings: Iterable[Embeddings], count: int, dimension: int) -> faiss.IndexFlat:
    """Join blocks into one FAISS index whose room is reserved up front, as growing would double the memory."""
    flat = faiss.IndexFlatIP(dimension)
    flat.codes.resize(count * flat.code_size)
    vectors = faiss.rev_swig_ptr(flat.get_xb(), count * dimension).reshape(count, dimension)
    used = 0
    for block in embeddings:
        if used + len(block) > count:
            raise ValueError(f"more embeddings than the {count} product ids")
        vectors[used : used + len(block)] = checked_embeddings(block, dimension)
        used += len(block)
    if used != count:
        raise ValueError(f"{count} product ids for {used} embeddings")
    flat.ntotal = count
    return flat


def _view(flat: faiss.IndexFlat) -> View:
    """Return the state of an index of these vectors alone."""
    store = VectorStore.over(FlatSegment(flat), flat.ntotal, flat.d)
    return View(store, np.ones(flat.ntotal, np.bool_), flat.ntotal, Moments.of(store.blocks(flat.ntotal), flat.d))


def _write_files(
    path: Path, ids: Sequence[ProductId], flat: faiss.IndexFlat, measured: tuple[Moments, Merged], meta: SnapshotMeta
) -> tuple[Manifest, str]:
    """Fill a new snapshot directory, durably; return the manifest and its sha256."""
    path.mkdir()
    write_index(flat, path / VECTORS)
    moments, built = measured
    compact = built.compact
    if compact is not None:
        write_codes(path, compact)
    if built.outline is not None:
        write_outline(path, built.outline)
    write_moments(path, moments)
    write_durably(path / IDS, "".join(f"{product_id}\n" for product_id in ids).encode())
    kind: Kind = "flat" if compact is None else "compact" if compact.lists == 1 else "clustered"
    manifest = Manifest(
        fingerprint=meta.fingerprint,
        dimension=meta.dimension,
        count=len(ids),
        catalogue_version=meta.catalogue_version,
        blend=dict(meta.blend),
        catalogue_id=meta.catalogue_id,
        created_at=datetime.now(UTC),
        kind=kind,
        lists=0 if compact is None else compact.lists,
        tuning=built.tuning,
        failure=built.failure,
        catalogue_stamp=meta.catalogue_stamp,
        files={name: FileRecord.of(path / name) for name in _files_of(kind, built.tuning)},
    )
    text = manifest.model_dump_json(indent=2).encode()
    write_durably(path / MANIFEST, text)
    sync(path)
    return manifest, hashlib.sha256(text).hexdigest()


def _files_of(kind: Kind, tuning: Tuning | None) -> set[str]:
    """Return what a snapshot has beside its manifest."""
    outlines = {OUTLINE} if kind == "compact" and tuning is not None and tuning.keeps_outlines else set()
    return {*_FILES[kind], *outlines}


def _read_manifest(directory: Path, current: Current) -> Manifest:
    """Read and check the manifest that CURRENT vouches for."""
    path = directory / current.name / MANIFEST
    try:
        text = path.read_bytes()
    except OSError as error:
        raise IndexDamaged(f"{path} can't be read: {error}") from error
    if hashlib.sha256(text).hexdigest() != current.manifest_sha256:
        raise IndexDamaged(f"{path} fails its checksum")
    return Manifest.parse(text)


def _verified(directory: Path, current: Current, fingerprint: Fingerprint, dimension: int) -> Manifest:
    """Return the manifest of a snapshot, once it and every file are known to be sound."""
    manifest = _read_manifest(directory, current)
    if (manifest.fingerprint, manifest.dimension) != (fingerprint, dimension):
        raise FingerprintMismatch(
            f"the snapshot is of encoder {manifest.fingerprint} with {manifest.dimension} dimensions, "
            f"in use is {fingerprint} with {dimension}; build the index again"
        )
    path = directory / current.name
    wanted = _files_of(manifest.kind, manifest.tuning)
    # Earlier versions have written outlines too that are never used.
    unread = {OUTLINE} if manifest.kind == "compact" else set()
    if not wanted <= manifest.files.keys() <= wanted | unread:
        raise IndexDamaged(f"{path / MANIFEST} lists other files than a snapshot of its kind has")
    for name, record in manifest.files.items():
        record.verify(path / name)
    return manifest


def _open(
    path: Path,
    manifest: Manifest,
    planning: PlannerSettings | None,
    merging: MergeSettings | None,
    on_failure: Callable[[], None],
) -> FaissFlatIndex:
    """Map one snapshot whose files were verified."""
    try:
        flat = faiss.read_index(str(path / VECTORS), faiss.IO_FLAG_MMAP_IFC)
        ids = [ProductId(line) for line in (path / IDS).read_bytes().decode().split("\n")[:-1]]
        if not isinstance(flat, faiss.IndexFlat) or len(ids) != manifest.count:
            raise IndexDamaged(f"{path} holds another index than its manifest says")
        compact = None if manifest.kind == "flat" else open_codes(path)
        return FaissFlatIndex(
            manifest.dimension,
            flat,
            ids,
            moments=open_moments(path),
            compact=compact,
            outline=open_outline(path) if OUTLINE in _files_of(manifest.kind, manifest.tuning) else None,
            tuning=manifest.tuning,
            planning=planning,
            merging=merging,
            failure=manifest.failure,
            on_failure=on_failure,
        )
    except (OSError, RuntimeError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise IndexDamaged(f"{path} can't be opened: {error}") from error
