"""Clusters of similar rows, by spherical k-means on a sample."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

import faiss
import numpy as np
from numpy.typing import NDArray

from ml.index.grid import Vectors
from ml.types import Embeddings, ProductId

CLUSTERS_FROM = 100_000  # rows; below, an exact scan of the codes takes a few milliseconds at most
LISTS_PER_ROOT = 4  # clusters for each square root of the rows: the size at which centres and members cost the same
SAMPLE_PER_LIST = 40  # FAISS's own advice is 39 to 256; more takes longer and gained nothing here
ROUNDS = 8


def list_count(rows: int) -> int:
    """Return into how many clusters so many rows belong."""
    return max(1, min(rows, round(LISTS_PER_ROOT * math.sqrt(rows))))


def train_centres(
    vectors: Vectors, rows: NDArray[np.int64], id_of: Callable[[int], ProductId], dimension: int
) -> Embeddings:
    """Return cluster centres: float32, shape (lists, dimension), L2 norm 1.

    Which products are looked at, and in which order, is decided by a hash of their ids, so that the order in which
    they were added doesn't matter.
    """
    lists = list_count(len(rows))
    wanted = min(len(rows), SAMPLE_PER_LIST * lists)
    candidates = rows
    keys = np.array([_key(id_of(row)) for row in candidates.tolist()], np.uint64)
    chosen = candidates[np.argsort(keys, kind="stable")[:wanted]]
    del keys
    kmeans = faiss.Kmeans(
        dimension,
        lists,
        niter=ROUNDS,
        spherical=True,
        seed=0,
        min_points_per_centroid=1,
        max_points_per_centroid=SAMPLE_PER_LIST + 1,
    )
    kmeans.train(vectors(chosen))
    centres: Embeddings = np.asarray(kmeans.centroids)
    return centres


def _key(product_id: ProductId) -> int:
    return int.from_bytes(hashlib.blake2b(product_id.encode(), digest_size=8).digest(), "little")
