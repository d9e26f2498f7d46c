"""A model on disk, written as snapshots of vectors are: beside, checksummed, then made current in one step.

    folder/
      CURRENT                   "<name of the current snapshot> <sha256 of its manifest>"
      LOCK                      held while a snapshot is written
      snapshot-<32 hex digits>/ ids.txt  <one .npy for each array>  manifest.json

It's derived: a folder that fails a check is trained again from the log and the catalogue.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ml.errors import IndexDamaged, RecommenderDamaged
from ml.index.files import Current, sole_writer, sync, write_durably
from ml.index.manifest import FileRecord
from ml.recommend.alike import Alike
from ml.recommend.model import CollaborativeModel
from ml.recommend.table import NeighbourTable
from ml.types import Fingerprint, ProductId

FORMAT_VERSION: Literal[1] = 1
MANIFEST: Final = "manifest.json"
IDS: Final = "ids.txt"
_ARRAYS: Final = {
    "alike_starts": np.int64,
    "alike_rows": np.int32,
    "alike_scores": np.float32,
    "alike_cosines": np.float32,
    "alike_words": np.float32,
    "transitions_starts": np.int64,
    "transitions_rows": np.int32,
    "transitions_scores": np.float32,
    "complements_starts": np.int64,
    "complements_rows": np.int32,
    "complements_scores": np.float32,
    "popularity": np.float32,
}
_FILES: Final = {IDS, *(f"{name}.npy" for name in _ARRAYS)}


class ModelManifest(BaseModel):
    """The contents of ``manifest.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = FORMAT_VERSION
    version: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """Of the contents: the same catalogue and acts give the same one."""
    fingerprint: Fingerprint
    """Space of the vectors by which products were compared."""
    catalogue_version: Annotated[int, Field(ge=0)]
    """Change of the catalogue up to which products were compared."""
    trained_to: Annotated[int, Field(ge=0)]
    """Position in the log of interactions up to which it was learned."""
    events: Annotated[int, Field(ge=0)]
    """Acts that it was learned from."""
    files: dict[str, FileRecord]


def save_model(
    folder: Path, model: CollaborativeModel, *, fingerprint: Fingerprint, catalogue_version: int, trained_to: int
) -> ModelManifest:
    """Write a model, make it the current one and remove the others; who has an older one mapped keeps it.

    Raises:
        ValueError: a product id has white space.
        OSError: the disk is full or can't be written; the current model is as it was.
    """
    if any(product_id.split() != [product_id] for product_id in model.product_ids):
        raise ValueError("product ids are without white space")
    folder.mkdir(parents=True, exist_ok=True)
    with sole_writer(folder):
        name = f"snapshot-{uuid.uuid4().hex}"
        try:
            records = _write(folder / name, model)
            contents = "".join(f"{file} {records[file].sha256}\n" for file in sorted(records))
            manifest = ModelManifest(
                version=hashlib.sha256(contents.encode()).hexdigest()[:16],
                fingerprint=fingerprint,
                catalogue_version=catalogue_version,
                trained_to=trained_to,
                events=model.events,
                files=records,
            )
            text = manifest.model_dump_json(indent=2).encode()
            write_durably(folder / name / MANIFEST, text)
            sync(folder / name)
            sync(folder)
        except BaseException:
            shutil.rmtree(folder / name, ignore_errors=True)
            raise
        Current(name, hashlib.sha256(text).hexdigest()).publish(folder)
        for path in folder.glob("snapshot-*"):  # older ones, and what a killed writer left
            if path.name != name:
                shutil.rmtree(path, ignore_errors=True)
    return manifest


def load_model(folder: Path) -> tuple[CollaborativeModel, ModelManifest]:
    """Verify the current model and open it, its arrays mapped from the files.

    Raises:
        RecommenderDamaged: there's none, or a file is missing, truncated or changed; train it again.
    """
    try:
        while True:
            current = Current.read(folder)
            try:
                return _read(folder / current.name, current)
            except IndexDamaged:
                # A writer may have replaced and removed this one meanwhile; then the newer one is to be read.
                if Current.read(folder) == current:
                    raise
    except IndexDamaged as error:
        raise RecommenderDamaged(str(error)) from error


def _write(path: Path, model: CollaborativeModel) -> dict[str, FileRecord]:
    path.mkdir()
    for name, array in _arrays(model).items():
        np.save(path / f"{name}.npy", array, allow_pickle=False)
        sync(path / f"{name}.npy")
    write_durably(path / IDS, "".join(f"{product_id}\n" for product_id in model.product_ids).encode())
    return {name: FileRecord.of(path / name) for name in sorted(_FILES)}


def _arrays(model: CollaborativeModel) -> dict[str, NDArray[Any]]:
    tables = {"alike": model.alike.table, "transitions": model.transitions, "complements": model.complements}
    arrays: dict[str, NDArray[Any]] = {
        f"{name}_{part}": getattr(table, part) for name, table in tables.items() for part in NeighbourTable.__slots__
    }
    more = {"alike_cosines": model.alike.cosines, "alike_words": model.alike.words, "popularity": model.popularity}
    return {name: np.asarray((arrays | more)[name], kind) for name, kind in _ARRAYS.items()}


def _read(path: Path, current: Current) -> tuple[CollaborativeModel, ModelManifest]:
    manifest = _read_manifest(path, current)
    if manifest.files.keys() != _FILES:
        raise IndexDamaged(f"{path / MANIFEST} lists other files than a model has")
    for name, record in manifest.files.items():
        record.verify(path / name)
    try:
        arrays = {name: _map(path / f"{name}.npy", np.dtype(kind)) for name, kind in _ARRAYS.items()}
        tables = {
            name: NeighbourTable(*(arrays[f"{name}_{part}"] for part in NeighbourTable.__slots__))
            for name in ("alike", "transitions", "complements")
        }
        model = CollaborativeModel.assemble(
            [ProductId(line) for line in (path / IDS).read_text(encoding="utf-8").split("\n")[:-1]],
            alike=Alike(tables["alike"], arrays["alike_cosines"], arrays["alike_words"]),
            transitions=tables["transitions"],
            complements=tables["complements"],
            popularity=arrays["popularity"],
            events=manifest.events,
        )
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} can't be opened: {error}") from error
    return model, manifest


def _read_manifest(path: Path, current: Current) -> ModelManifest:
    try:
        text = (path / MANIFEST).read_bytes()
    except OSError as error:
        raise IndexDamaged(f"{path} can't be read: {error}") from error
    if hashlib.sha256(text).hexdigest() != current.manifest_sha256:
        raise IndexDamaged(f"{path / MANIFEST} fails its checksum")
    try:
        return ModelManifest.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise IndexDamaged(f"{path / MANIFEST} isn't a manifest of format {FORMAT_VERSION}: {error}") from error


def _map(path: Path, kind: np.dtype[Any]) -> NDArray[Any]:
    """Map an array from its file; the plain view of it is quicker to slice than a memmap."""
    mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    if mapped.dtype != kind:
        raise ValueError(f"{path.name} holds {mapped.dtype} instead of {kind}")
    return np.asarray(mapped)
