"""What every index refuses, decided before anything changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.types import Embedding, Embeddings, ProductId, RowMask

NORM_TOLERANCE = 1e-3  # float16 storage moves a norm by about 1e-5; a vector nobody normalised is far outside


def checked_embeddings(embeddings: Embeddings, dimension: int) -> Embeddings:
    """Return the embeddings as a C-contiguous array, or refuse them.

    Args:
        embeddings: float32, shape (n, dimension), rows of L2 norm 1; n may be 0.
        dimension: length of an embedding.

    Raises:
        ValueError: another dtype or shape, a value that isn't finite, or a row whose norm isn't 1.
    """
    if embeddings.dtype != np.float32:
        raise ValueError(f"embeddings must be float32, not {embeddings.dtype}")
    if embeddings.ndim != 2 or embeddings.shape[1] != dimension:
        raise ValueError(f"embeddings must have shape (n, {dimension}), not {embeddings.shape}")
    # A NaN or an infinity survives into the sum of squares, so one comparison finds every kind of bad row.
    norms = np.sqrt(np.einsum("nd,nd->n", embeddings, embeddings, dtype=np.float64))  # (n,)
    bad = np.flatnonzero(~(np.abs(norms - 1.0) <= NORM_TOLERANCE))
    if len(bad):
        raise ValueError(f"{len(bad)} embeddings aren't finite with L2 norm 1; the first is row {bad[0]}")
    return np.ascontiguousarray(embeddings)


def checked_products(product_ids: Sequence[ProductId], embeddings: Embeddings, dimension: int) -> Embeddings:
    """Return the embeddings of distinct products as a C-contiguous array, or refuse both.

    Raises:
        ValueError: as `checked_embeddings`, another number of ids than rows, or a repeated id.
    """
    embeddings = checked_embeddings(embeddings, dimension)
    if len(product_ids) != len(embeddings):
        raise ValueError(f"{len(product_ids)} product ids for {len(embeddings)} embeddings")
    if len(set(product_ids)) != len(product_ids):
        raise ValueError("product ids must be distinct within one call")
    return embeddings


def checked_query(query: Embedding, k: int, dimension: int) -> Embedding:
    """Return the query as a contiguous array, or refuse the search.

    Raises:
        ValueError: `query` isn't one finite float32 vector of norm 1 and of this dimension, or `k` is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    if query.ndim != 1:
        raise ValueError(f"a query must have shape ({dimension},), not {query.shape}")
    checked: Embedding = checked_embeddings(query[np.newaxis], dimension)[0]
    return checked


def checked_mask(allowed: RowMask, row_count: int) -> RowMask:
    """Return the mask, or refuse it.

    Raises:
        ValueError: it isn't a one-dimensional bool array, or it's longer than the index has rows.
    """
    if allowed.dtype != np.bool_ or allowed.ndim != 1:
        raise ValueError(f"a mask must be bool with one dimension, not {allowed.dtype} with {allowed.ndim}")
    if len(allowed) > row_count:
        raise ValueError(f"a mask of {len(allowed)} rows for an index of {row_count}")
    return allowed


def checked_rows(rows: NDArray[np.int64], row_count: int) -> NDArray[np.int64]:
    """Return row numbers as a contiguous array, or refuse them.

    Raises:
        IndexError: a row doesn't exist.
    """
    if len(rows) and not (rows.min() >= 0 and rows.max() < row_count):
        raise IndexError(f"a row outside 0..{row_count - 1}")
    return np.ascontiguousarray(rows, np.int64)
