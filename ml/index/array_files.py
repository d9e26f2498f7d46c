"""Compact rows and moments as files of a snapshot."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from ml.array_reading import read_arrays
from ml.errors import IndexDamaged
from ml.index.compact import CompactRows
from ml.index.files import sync, write_durably
from ml.index.grid import Grid
from ml.index.moments import STEPS, Moments
from ml.index.outline import Outline

CODES = "codes.faiss"
CODES_META = "codes.npz"
MOMENTS = "moments.npz"
OUTLINE = "outline.npz"


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
    _write_arrays(
        path / CODES_META,
        mid=compact.grid.mid,
        step=compact.grid.step,
        errors=compact.errors,
        code_norm=np.array(compact.code_norm),
    )


def open_codes(path: Path) -> CompactRows:
    """Map the codes of a snapshot."""
    ivf = faiss.read_index(str(path / CODES), faiss.IO_FLAG_MMAP_IFC)
    if not isinstance(ivf, faiss.IndexIVFScalarQuantizer):
        raise IndexDamaged(f"{path / CODES} holds another index than the manifest says")
    arrays = read_arrays(path / CODES_META)
    return CompactRows(ivf, Grid(arrays["mid"], arrays["step"]), arrays["errors"], float(arrays["code_norm"]))


def write_outline(path: Path, outline: Outline) -> None:
    """Write outlines, durably."""
    _write_arrays(path / OUTLINE, axes=outline.axes, near=outline.near, far=outline.far)


def open_outline(path: Path) -> Outline:
    """Read the outlines of a snapshot."""
    arrays = read_arrays(path / OUTLINE)
    return Outline(arrays["axes"], np.asfortranarray(arrays["near"]), arrays["far"])


def write_moments(path: Path, moments: Moments) -> None:
    """Write moments, durably."""
    folded = moments.folded()
    counts = np.array([folded.count, STEPS])
    _write_arrays(path / MOMENTS, counts=counts, total=folded.total, products=folded.products)


def open_moments(path: Path) -> Moments:
    """Read the moments of a snapshot."""
    arrays = read_arrays(path / MOMENTS)
    count, steps = arrays["counts"].tolist()
    if steps != STEPS:
        raise IndexDamaged(f"{path / MOMENTS} counts in steps of 1/{steps}")
    return Moments.summed(count, arrays["total"], arrays["products"])


def _write_arrays(path: Path, **arrays: NDArray[Any]) -> None:
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    write_durably(path, content.getvalue())
