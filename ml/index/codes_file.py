"""Compact rows as files of a snapshot."""

from __future__ import annotations

import io
from pathlib import Path

import faiss
import numpy as np

from ml.errors import IndexDamaged
from ml.index.compact import CompactRows
from ml.index.files import sync, write_durably
from ml.index.grid import Grid

CODES = "codes.faiss"
CODES_META = "codes.npz"


def write_index(index: faiss.Index, path: Path) -> None:
    """Write a FAISS index, durably."""
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:  # how FAISS reports a full disk
        raise OSError(f"{path} can't be written: {error}") from error
    sync(path)


def write_codes(path: Path, compact: CompactRows) -> None:
    """Write codes and what they mean, durably."""
    write_index(compact.ivf, path / CODES)
    content = io.BytesIO()
    np.savez(
        content,
        mid=compact.grid.mid,
        step=compact.grid.step,
        errors=compact.errors,
        code_norm=np.array(compact.code_norm),
    )
    write_durably(path / CODES_META, content.getvalue())


def open_codes(path: Path) -> CompactRows:
    """Map the codes of a snapshot."""
    ivf = faiss.read_index(str(path / CODES), faiss.IO_FLAG_MMAP_IFC)
    if not isinstance(ivf, faiss.IndexIVFScalarQuantizer):
        raise IndexDamaged(f"{path / CODES} holds another index than the manifest says")
    with np.load(path / CODES_META, allow_pickle=False) as arrays:
        grid = Grid(arrays["mid"], arrays["step"])
        return CompactRows(ivf, grid, arrays["errors"], float(arrays["code_norm"]))
