"""NumPy's files of arrays, whose headers one thread at a time reads.

NumPy parses a header with `ast.literal_eval`, and CPython 3.11 counts the depth of parsing for all threads together:
two that read at once now and then get a SystemError for nothing (python/cpython#106905), which would look like a
snapshot that can't be opened.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_READING: Final = threading.Lock()


def mapped_array(path: Path) -> NDArray[Any]:
    """Map an array from its ``.npy`` file; the plain view of it is quicker to slice than a memmap.

    Raises:
        OSError: the file can't be read.
        ValueError: it holds no array.
    """
    with _READING:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read all arrays of an ``.npz`` file into memory, by name.

    Raises:
        OSError: the file can't be read.
        ValueError, zipfile.BadZipFile: it holds no arrays.
    """
    with _READING, np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
