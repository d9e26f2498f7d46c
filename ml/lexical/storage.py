"""A lexical index on disk, written as snapshots of vectors are: beside, checksummed, then made current in one step.

    folder/
      CURRENT                   "<name of the current snapshot> <sha256 of its manifest>"
      LOCK                      held while a snapshot is written
      snapshot-<32 hex digits>/ words.txt  terms.txt  <one .npy for each array>  manifest.json

It's derived: a folder that fails a check is built again from the catalogue.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from ml.errors import IndexDamaged
from ml.index.files import Current, sole_writer, sync, write_durably
from ml.index.manifest import FileRecord
from ml.lexical.segment import Segment
from ml.lexical.state import State

FORMAT_VERSION: Literal[1] = 1
MANIFEST: Final = "manifest.json"
WORDS, TERMS = "words.txt", "terms.txt"
_SEGMENT_ARRAYS: Final = {
    "terms": np.int32,
    "starts": np.int64,
    "rows": np.int32,
    "codes": np.uint16,
    "row_numbers": np.int32,
    "row_starts": np.int64,
    "row_words": np.int32,
}
_ARRAYS: Final = {**_SEGMENT_ARRAYS, "term_of_word": np.int32, "lengths": np.uint16, "used": np.bool_}
_FILES: Final = {WORDS, TERMS, *(f"{name}.npy" for name in _ARRAYS)}


class LexicalManifest(BaseModel):
    """The contents of ``manifest.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = FORMAT_VERSION
    language: str
    tag: str
    """Whatever the writer wants to know about the rows, such as which snapshot of vectors they belong to."""
    files: dict[str, FileRecord]


def save(folder: Path, state: State, *, language: str, tag: str) -> LexicalManifest:
    """Write a snapshot, make it the current one and remove the others.

    Raises:
        OSError: the disk is full or can't be written; the current snapshot is as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with sole_writer(folder):
        name = f"snapshot-{uuid.uuid4().hex}"
        try:
            manifest, digest = _write(folder / name, state, language, tag)
            sync(folder)
        except BaseException:
            shutil.rmtree(folder / name, ignore_errors=True)
            raise
        Current(name, digest).publish(folder)
        for path in folder.glob("snapshot-*"):  # older ones, and what a killed writer left
            if path.name != name:
                shutil.rmtree(path, ignore_errors=True)
    return manifest


def load(folder: Path, *, language: str) -> tuple[State, LexicalManifest]:
    """Verify the current snapshot and open it, its arrays mapped from the files.

    Raises:
        IndexDamaged: there's none, a file is missing or changed, or another language was analysed; build a new one.
    """
    while True:
        current = Current.read(folder)
        try:
            return _read(folder / current.name, current, language)
        except IndexDamaged:
            # A writer may have replaced and removed this snapshot meanwhile; then the newer one is to be read.
            if Current.read(folder) == current:
                raise


def _write(path: Path, state: State, language: str, tag: str) -> tuple[LexicalManifest, str]:
    path.mkdir()
    for name in _ARRAYS:
        np.save(path / f"{name}.npy", _array(state, name), allow_pickle=False)
        sync(path / f"{name}.npy")
    write_durably(path / WORDS, "".join(f"{word}\n" for word in state.words).encode())
    write_durably(path / TERMS, "".join(f"{term}\n" for term in state.terms).encode())
    records = {name: FileRecord.of(path / name) for name in sorted(_FILES)}
    manifest = LexicalManifest(language=language, tag=tag, files=records)
    text = manifest.model_dump_json(indent=2).encode()
    write_durably(path / MANIFEST, text)
    sync(path)
    return manifest, hashlib.sha256(text).hexdigest()


def _array(state: State, name: str) -> NDArray[Any]:
    array: NDArray[Any] = getattr(state.segment if name in _SEGMENT_ARRAYS else state, name)
    return array


def _read(path: Path, current: Current, language: str) -> tuple[State, LexicalManifest]:
    manifest = _read_manifest(path, current)
    if manifest.language != language:
        raise IndexDamaged(f"{path} was analysed as {manifest.language}, wanted is {language}; build it again")
    if manifest.files.keys() != _FILES:
        raise IndexDamaged(f"{path / MANIFEST} lists other files than a lexical index has")
    for name, record in manifest.files.items():
        record.verify(path / name)
    try:
        arrays = {name: _map(path / f"{name}.npy", np.dtype(kind)) for name, kind in _ARRAYS.items()}
        state = State(
            words=(path / WORDS).read_text(encoding="utf-8").split("\n")[:-1],
            terms=(path / TERMS).read_text(encoding="utf-8").split("\n")[:-1],
            term_of_word=arrays["term_of_word"],
            segment=Segment(**{name: arrays[name] for name in _SEGMENT_ARRAYS}),
            lengths=arrays["lengths"],
            used=arrays["used"],
        )
        state.check()
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} can't be opened: {error}") from error
    return state, manifest


def _read_manifest(path: Path, current: Current) -> LexicalManifest:
    try:
        text = (path / MANIFEST).read_bytes()
    except OSError as error:
        raise IndexDamaged(f"{path / MANIFEST} can't be read: {error}") from error
    if hashlib.sha256(text).hexdigest() != current.manifest_sha256:
        raise IndexDamaged(f"{path / MANIFEST} fails its checksum")
    try:
        return LexicalManifest.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise IndexDamaged(f"{path / MANIFEST} isn't a manifest of format {FORMAT_VERSION}: {error}") from error


def _map(path: Path, kind: np.dtype[Any]) -> NDArray[Any]:
    """Map an array from its file; the plain view of it is quicker to slice than a memmap."""
    mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    if mapped.dtype != kind:
        raise ValueError(f"{path.name} holds {mapped.dtype} instead of {kind}")
    return np.asarray(mapped)
