"""Named arrays and lists of lines on disk, written beside, checksummed, then made current in one step.

    folder/
      CURRENT                   "<name of the current snapshot> <sha256 of its manifest>"
      LOCK                      held while a snapshot is written
      snapshot-<32 hex digits>/ <one .npy for each array>  <one .txt for each list>  manifest.json

CURRENT vouches for the manifest and the manifest for the other files, as in `ml.index.snapshot`, whose vectors are
FAISS's. What lies here is derived: a folder that fails a check is made anew.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from ml.array_reading import mapped_array
from ml.errors import IndexDamaged
from ml.index.files import Current, sole_writer, sync, write_durably
from ml.index.manifest import FileRecord

MANIFEST: Final = "manifest.json"

FileRecords = dict[str, FileRecord]
"""By file name, without the manifest."""


class ArrayManifest(BaseModel):
    """What every ``manifest.json`` says; what else is in one is its owner's to say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: FileRecords


M = TypeVar("M", bound=ArrayManifest)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a snapshot holds.

    Attributes:
        arrays: by name, of any shape; mapped from their files when loaded.
        lines: by name, none of which holds a line feed.
    """

    arrays: Mapping[str, NDArray[Any]]
    lines: Mapping[str, Sequence[str]]


class ArraySnapshots(Generic[M]):
    """Writes and reads the snapshots of one kind."""

    def __init__(self, manifest: type[M], arrays: Mapping[str, Any], lines: Sequence[str]) -> None:
        """Say what the kind consists of.

        Args:
            manifest: of its snapshots.
            arrays: dtype by name.
            lines: names of the lists.
        """
        self._manifest = manifest
        self._kinds = {name: np.dtype(kind) for name, kind in arrays.items()}
        self._lines = tuple(lines)
        self._files = {*map(_array_file, self._kinds), *map(_lines_file, lines)}

    def save(self, folder: Path, contents: Contents, manifest: Callable[[FileRecords], M]) -> M:
        """Write a snapshot, make it the current one and remove the others; who has an older one mapped keeps it.

        Args:
            folder: made if missing, on a local file system.
            contents: an array of the right dtype and a list for each name.
            manifest: given the other files, by name in rising order.

        Raises:
            ValueError: an array has another dtype; the current snapshot is as it was.
            OSError: the disk is full or can't be written; the current snapshot is as it was.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with sole_writer(folder):
            name = f"snapshot-{uuid.uuid4().hex}"
            try:
                written = manifest(self._write(folder / name, contents))
                text = written.model_dump_json(indent=2).encode()
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
        return written

    def load(self, folder: Path) -> tuple[Contents, M]:
        """Verify the current snapshot and open it, its arrays mapped from the files.

        Raises:
            IndexDamaged: there's none, or a file is missing, truncated or changed.
        """
        while True:
            current = Current.read(folder)
            try:
                return self._read(folder / current.name, current)
            except IndexDamaged:
                # A writer may have replaced and removed this one meanwhile; then the newer one is to be read.
                if Current.read(folder) == current:
                    raise

    def _write(self, path: Path, contents: Contents) -> FileRecords:
        path.mkdir()
        for name, kind in self._kinds.items():
            array = contents.arrays[name]
            _check_kind(name, array, kind)
            np.save(path / _array_file(name), array, allow_pickle=False)
            sync(path / _array_file(name))
        for name in self._lines:
            write_durably(path / _lines_file(name), "".join(f"{line}\n" for line in contents.lines[name]).encode())
        return {name: FileRecord.of(path / name) for name in sorted(self._files)}

    def _read(self, path: Path, current: Current) -> tuple[Contents, M]:
        manifest = self._read_manifest(path / MANIFEST, current)
        if manifest.files.keys() != self._files:
            raise IndexDamaged(f"{path / MANIFEST} lists other files than a snapshot of its kind has")
        for name, record in manifest.files.items():
            record.verify(path / name)
        try:
            arrays = {name: _mapped(path / _array_file(name), kind) for name, kind in self._kinds.items()}
            lines = {name: (path / _lines_file(name)).read_bytes().decode().split("\n")[:-1] for name in self._lines}
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{path} can't be opened: {error}") from error
        return Contents(arrays, lines), manifest

    def _read_manifest(self, path: Path, current: Current) -> M:
        try:
            text = path.read_bytes()
        except OSError as error:
            raise IndexDamaged(f"{path} can't be read: {error}") from error
        if hashlib.sha256(text).hexdigest() != current.manifest_sha256:
            raise IndexDamaged(f"{path} fails its checksum")
        try:
            return self._manifest.model_validate_json(text, strict=True)
        except ValidationError as error:
            raise IndexDamaged(f"{path} isn't a manifest of this format: {error}") from error


def _array_file(name: str) -> str:
    return f"{name}.npy"


def _lines_file(name: str) -> str:
    return f"{name}.txt"


def _mapped(path: Path, kind: np.dtype[Any]) -> NDArray[Any]:
    mapped = mapped_array(path)
    _check_kind(path.name, mapped, kind)
    return mapped


def _check_kind(name: str, array: NDArray[Any], kind: np.dtype[Any]) -> None:
    if array.dtype != kind:
        raise ValueError(f"{name} holds {array.dtype} instead of {kind}")
