"""A lexical index on disk: its words, terms and arrays, as an `ml.array_snapshot`."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import numpy as np

from ml.array_snapshot import ArrayManifest, ArraySnapshots, Contents
from ml.errors import IndexDamaged
from ml.lexical.names import NameTable
from ml.lexical.segment import Segment
from ml.lexical.state import State

FORMAT_VERSION: Literal[2] = 2
_SEGMENT_ARRAYS: Final = {
    "terms": np.int32,
    "starts": np.int64,
    "rows": np.int32,
    "codes": np.uint16,
    "row_numbers": np.int32,
    "row_starts": np.int64,
    "row_words": np.int32,
}
_NAME_ARRAYS: Final = {"text": np.uint8, "ends": np.int64, "order": np.int32}
_NAMES: Final = ("words", "terms")
_STATE_ARRAYS: Final = {"term_of_word": np.int32, "lengths": np.uint16, "used": np.bool_}


class LexicalManifest(ArrayManifest):
    """The contents of ``manifest.json``."""

    format_version: Literal[2] = FORMAT_VERSION
    language: str
    tag: str
    """Whatever the writer wants to know about the rows, such as which snapshot of vectors they belong to."""


_ARRAYS: Final = {
    **_SEGMENT_ARRAYS,
    **_STATE_ARRAYS,
    **{f"{names}_{part}": kind for names in _NAMES for part, kind in _NAME_ARRAYS.items()},
}
_SNAPSHOTS: Final = ArraySnapshots(LexicalManifest, _ARRAYS, ())


def save(folder: Path, state: State, *, language: str, tag: str) -> LexicalManifest:
    """Write a snapshot, make it the current one and remove the others.

    Raises:
        OSError: the disk is full or can't be written; the current snapshot is as it was.
    """
    arrays = {name: getattr(state.segment, name) for name in _SEGMENT_ARRAYS}
    arrays |= {name: getattr(state, name) for name in _STATE_ARRAYS}
    for names in _NAMES:
        arrays |= {f"{names}_{part}": getattr(getattr(state, names), part) for part in _NAME_ARRAYS}
    contents = Contents(arrays, {})
    return _SNAPSHOTS.save(folder, contents, lambda files: LexicalManifest(language=language, tag=tag, files=files))


def load(folder: Path, *, language: str) -> tuple[State, LexicalManifest]:
    """Verify the current snapshot and open it, its arrays mapped from the files.

    Raises:
        IndexDamaged: there's none, a file is missing or changed, or another language was analysed; build a new one.
    """
    contents, manifest = _SNAPSHOTS.load(folder)
    if manifest.language != language:
        raise IndexDamaged(f"{folder} was analysed as {manifest.language}, wanted is {language}; build it again")
    arrays = contents.arrays
    try:
        words, terms = (NameTable(*(arrays[f"{names}_{part}"] for part in _NAME_ARRAYS)) for names in _NAMES)
        state = State(
            words=words,
            terms=terms,
            segment=Segment(**{name: arrays[name] for name in _SEGMENT_ARRAYS}),
            **{name: arrays[name] for name in _STATE_ARRAYS},
        )
        state.check()
    except ValueError as error:
        raise IndexDamaged(f"{folder} can't be opened: {error}") from error
    return state, manifest
