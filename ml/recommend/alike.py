"""Which products are alike by content: by meaning (vectors) and by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.lexical.analyzer import Analyzer
from ml.recommend.table import NeighbourTable
from ml.recommend.words import WordVectors
from ml.types import Embeddings

NEIGHBOURS = 100
_BLOCK = 256  # products compared with all others at a time


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """The products most like each one, by the mean of both likenesses.

    Attributes:
        table: its scores are that mean, 0 to 1.
        cosines: float32, shape (m,): likeness by meaning of each entry of the table, 0 to 1.
        words: float32, shape (m,): likeness by words, 0 to 1.
    """

    table: NeighbourTable
    cosines: NDArray[np.float32]
    words: NDArray[np.float32]

    @classmethod
    def empty(cls, count: int) -> Alike:
        """Return what is known of products that weren't compared."""
        return cls(NeighbourTable.empty(count), np.zeros(0, np.float32), np.zeros(0, np.float32))

    def check(self) -> None:
        """Make sure that the arrays fit each other.

        Raises:
            ValueError: they don't.
        """
        self.table.check()
        for likeness in (self.cosines, self.words):
            if len(likeness) != len(self.table.rows) or not np.isfinite(likeness).all():
                raise ValueError("every likeness belongs to an entry, and is a number")


def compare(vectors: Embeddings, texts: Sequence[str], analyzer: Analyzer, neighbours: int = NEIGHBOURS) -> Alike:
    """Compare every product with every other.

    It takes n^2 d multiplications: seconds for 10,000 products, minutes for 100,000. It depends on the catalogue
    alone, so a new model of the interactions can keep what an older one found.

    Args:
        vectors: float32, shape (n, d), rows of L2 norm 1, as the index holds them; a row of zeros is like nothing.
        texts: title and brand of each product.
        analyzer: splits them.
        neighbours: how many are kept of each product.

    Raises:
        ValueError: not as many texts as vectors.
    """
    n = len(vectors)
    if len(texts) != n:
        raise ValueError(f"{len(texts)} texts for {n} vectors")
    by_words = WordVectors.of(texts, analyzer)
    kept = min(neighbours, max(n - 1, 0))
    sizes, rows, cosines, words = np.zeros(n, np.int64), [], [], []
    for start in range(0, n, _BLOCK):
        block = vectors[start : start + _BLOCK] @ vectors.T
        np.clip(block, 0.0, 1.0, out=block)
        for row, cosine in enumerate(block, start):
            shared = by_words.similarities(row)
            mean = (cosine + shared) / 2
            mean[row] = 0.0
            best = _best(mean, kept)
            sizes[row] = len(best)
            rows.append(best.astype(np.int32))
            cosines.append(cosine[best])
            words.append(shared[best])
    if not n:
        return Alike.empty(0)
    by_meaning, by_word = np.concatenate(cosines), np.concatenate(words)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    table = NeighbourTable(starts, np.concatenate(rows), (by_meaning + by_word) / np.float32(2))
    return Alike(table, by_meaning, by_word)


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the rows of the best scores above 0, best first, equal ones by row."""
    if not count:
        return np.zeros(0, np.int64)
    cut = np.partition(scores, -count)[-count]
    rows = np.flatnonzero((scores >= cut) & (scores > 0))
    return rows[np.lexsort((rows, -scores[rows]))][:count]
