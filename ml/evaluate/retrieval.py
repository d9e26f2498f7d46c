"""Figures of retrieval between pictures and texts."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings

BLOCK = 1024  # queries whose scores are in memory at a time


def recall_at(queries: Embeddings, items: Embeddings, k: int) -> float:
    """Share of queries whose own item is among the k nearest.

    Args:
        queries: shape (n, d); query i belongs to item i.
        items: shape (n, d).
        k: at least 1.

    Returns:
        0 to 1. Items as near as the own one count as nearer, and so do scores that aren't numbers: equal embeddings
        earn nothing, those of a model that has diverged neither.
    """
    scores = queries @ items.T  # (n, n)
    own = np.diagonal(scores)[:, None]
    nearer = (~(scores < own)).sum(axis=1) - 1  # not `>=`, which is false of NaN
    return float((nearer < k).mean())


def own_places(queries: Embeddings, items: Embeddings, own: Sequence[int]) -> NDArray[np.int64]:
    """Place of each query's own item among all of them, the first being 1.

    Args:
        queries: shape (n, d).
        items: shape (m, d).
        own: row of `items` that belongs to each query.

    Returns:
        Shape (n,). Items as near as the own one count as nearer, and so do scores that aren't numbers.
    """
    places = np.empty(len(queries), np.int64)
    for start in range(0, len(queries), BLOCK):
        scores = queries[start : start + BLOCK] @ items.T  # (block, m)
        right = np.asarray(own[start : start + BLOCK])
        places[start : start + BLOCK] = (~(scores < scores[np.arange(len(right)), right, None])).sum(axis=1)
    return places


def precision_at(
    queries: Embeddings, wanted: Sequence[Hashable], items: Embeddings, labels: Sequence[Hashable], k: int
) -> float:
    """Mean share of the k nearest items that carry the label which the query asks for.

    Args:
        queries: shape (n, d).
        wanted: label that each query asks for.
        items: shape (m, d), m >= k.
        labels: of the items.
        k: at least 1; where fewer items carry the label, a query can't reach 1.
    """
    nearest = np.argsort(-(queries @ items.T), axis=1, kind="stable")[:, :k]
    hits = [sum(labels[row] == label for row in rows) / k for label, rows in zip(wanted, nearest, strict=True)]
    return float(np.mean(hits))


def accuracy(items: Embeddings, labels: Sequence[int], names: Embeddings) -> float:
    """Share of items whose nearest name is that of their label (zero-shot classification).

    Args:
        items: shape (n, d).
        labels: row of `names` that is right for each item.
        names: shape (c, d).
    """
    return float((np.argmax(items @ names.T, axis=1) == np.asarray(labels)).mean())


def others_precision_at(queries: Embeddings, items: Embeddings, labels: Sequence[Hashable], k: int) -> float:
    """Mean share of an item's k nearest others that carry its label.

    Args:
        queries: shape (n, d); query i belongs to item i, which doesn't count as found.
        items: shape (n, d).
        labels: of the items.
        k: at least 1.
    """
    scores = queries @ items.T
    np.fill_diagonal(scores, -np.inf)
    nearest = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return float(np.mean([[labels[row] == labels[i] for row in rows] for i, rows in enumerate(nearest)]))
