"""Builds compact rows, from vectors alone or from former compact rows and the vectors added since."""

from __future__ import annotations

from collections.abc import Callable

import faiss
import numpy as np
from numpy.typing import NDArray

from ml.index.compact import CompactRows, centres_of, list_content, lists_of
from ml.index.grid import BLOCK, Grid, Vectors
from ml.types import Embeddings


def build_compact(
    vectors: Vectors,
    rows: NDArray[np.int64],
    dimension: int,
    *,
    centres: Embeddings | None = None,
    former: CompactRows | None = None,
    go_on: Callable[[], None] = lambda: None,
) -> CompactRows:
    """Encode rows.

    Args:
        vectors: gives the vectors of rows, a block at a time.
        rows: int64, shape (n,), ascending, at least one.
        dimension: length d of an embedding.
        centres: float32, shape (lists, d): the cluster centres, None for one list.
        former: compact rows of the same vectors whose grid, centres and codes are to be used again: rows it has
            needn't be encoded.
        go_on: called between blocks; it may raise to give up.
    """
    errors = np.zeros(int(rows[-1]) + 1, np.float32)
    if former is None:
        grid, norm, new = Grid.fit(vectors, rows, dimension), 0.0, rows
        centres = np.zeros((1, dimension), np.float32) if centres is None else centres
    else:
        grid, norm, centres = former.grid, former.code_norm, _centres(former.ivf)
        shared = min(len(errors), len(former.errors))
        errors[:shared] = former.errors[:shared]
        known = np.zeros(len(errors), np.bool_)
        known[:shared] = former.list_of[:shared] >= 0
        new = rows[~known[rows]]
    quantizer = faiss.IndexFlatIP(dimension)
    quantizer.add(centres)
    codes = np.empty((len(new), dimension), np.uint8)
    numbers = np.zeros(len(new), np.int64)
    for start in range(0, len(new), BLOCK):
        go_on()
        block = new[start : start + BLOCK]
        part = vectors(block)
        codes[start : start + BLOCK], errors[block], block_norm = grid.encode(part)
        norm = max(norm, block_norm)
        if len(centres) > 1:
            numbers[start : start + BLOCK] = quantizer.search(part, 1)[1][:, 0]
    ivf = _empty_ivf(quantizer)
    if former is not None:
        _copy_lists(former.ivf, ivf, rows)
    order = np.argsort(numbers, kind="stable")
    bounds = np.searchsorted(numbers[order], np.arange(len(centres) + 1))
    for number in np.flatnonzero(np.diff(bounds)).tolist():
        members = order[bounds[number] : bounds[number + 1]]
        _append(ivf, number, new[members], codes[members])
    return CompactRows(ivf, grid, errors, norm)


def _empty_ivf(quantizer: faiss.IndexFlatIP) -> faiss.IndexIVFScalarQuantizer:
    """Return lists of byte codes that are put in by hand."""
    kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
    ivf = faiss.IndexIVFScalarQuantizer(
        quantizer, quantizer.d, quantizer.ntotal, kind, faiss.METRIC_INNER_PRODUCT, False
    )
    quantizer.this.disown()  # type: ignore[attr-defined]  # FAISS's type stubs lack it
    ivf.own_fields = True
    ivf.is_trained = True
    return ivf


def _append(
    ivf: faiss.IndexIVFScalarQuantizer, number: int, rows: NDArray[np.int64], codes: NDArray[np.uint8]
) -> None:
    lists_of(ivf).add_entries(number, len(rows), faiss.swig_ptr(rows), faiss.swig_ptr(codes))
    ivf.ntotal += len(rows)


def _copy_lists(
    source: faiss.IndexIVFScalarQuantizer, target: faiss.IndexIVFScalarQuantizer, rows: NDArray[np.int64]
) -> None:
    """Copy the codes of those of these ascending rows that the source has."""
    kept = np.zeros(int(rows[-1]) + 1, np.bool_)
    kept[rows] = True
    for number in range(source.nlist):
        old, codes = list_content(source, number)
        stays = (old < len(kept)) & kept[np.minimum(old, len(kept) - 1)]
        if stays.any():
            _append(target, number, old[stays], codes[stays])


def _centres(ivf: faiss.IndexIVFScalarQuantizer) -> Embeddings:
    quantizer = centres_of(ivf)
    centres: Embeddings = quantizer.reconstruct_n(0, quantizer.ntotal)
    return centres
