"""A model on disk: its product ids and arrays, as an `ml.array_snapshot`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ml.array_snapshot import ArrayManifest, ArraySnapshots, Contents, FileRecords
from ml.errors import IndexDamaged, RecommenderDamaged
from ml.recommend.alike import Alike
from ml.recommend.model import CollaborativeModel
from ml.recommend.table import NeighbourTable
from ml.types import Fingerprint, ProductId

FORMAT_VERSION: Literal[1] = 1
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


class ModelManifest(ArrayManifest):
    """The contents of ``manifest.json``."""

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


_SNAPSHOTS: Final = ArraySnapshots(ModelManifest, _ARRAYS, ("ids",))


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

    def manifest(files: FileRecords) -> ModelManifest:
        contents = "".join(f"{file} {record.sha256}\n" for file, record in files.items())
        return ModelManifest(
            version=hashlib.sha256(contents.encode()).hexdigest()[:16],
            fingerprint=fingerprint,
            catalogue_version=catalogue_version,
            trained_to=trained_to,
            events=model.events,
            files=files,
        )

    return _SNAPSHOTS.save(folder, Contents(_arrays(model), {"ids": model.product_ids}), manifest)


def load_model(folder: Path) -> tuple[CollaborativeModel, ModelManifest]:
    """Verify the current model and open it, its arrays mapped from the files.

    Raises:
        RecommenderDamaged: there's none, or a file is missing, truncated or changed; train it again.
    """
    try:
        contents, manifest = _SNAPSHOTS.load(folder)
    except IndexDamaged as error:
        raise RecommenderDamaged(str(error)) from error
    arrays = contents.arrays
    try:
        tables = {
            name: NeighbourTable(*(arrays[f"{name}_{part}"] for part in NeighbourTable.__slots__))
            for name in ("alike", "transitions", "complements")
        }
        model = CollaborativeModel.assemble(
            [ProductId(line) for line in contents.lines["ids"]],
            alike=Alike(tables["alike"], arrays["alike_cosines"], arrays["alike_words"]),
            transitions=tables["transitions"],
            complements=tables["complements"],
            popularity=arrays["popularity"],
            events=manifest.events,
        )
    except ValueError as error:
        raise RecommenderDamaged(f"{folder} can't be opened: {error}") from error
    return model, manifest


def _arrays(model: CollaborativeModel) -> dict[str, NDArray[Any]]:
    tables = {"alike": model.alike.table, "transitions": model.transitions, "complements": model.complements}
    arrays: dict[str, NDArray[Any]] = {
        f"{name}_{part}": getattr(table, part) for name, table in tables.items() for part in NeighbourTable.__slots__
    }
    more = {"alike_cosines": model.alike.cosines, "alike_words": model.alike.words, "popularity": model.popularity}
    return {name: np.asarray((arrays | more)[name], kind) for name, kind in _ARRAYS.items()}
