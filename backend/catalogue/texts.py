"""The words of the catalogue in memory, aligned with the rows of the vector index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend.catalogue.documents import digest_of, document_of
from backend.catalogue.records import ChangedProduct
from ml.lexical.analyzer import Analyzer
from ml.lexical.build_query import build_query
from ml.lexical.index import LexicalIndex
from ml.lexical.match import Matches


class Texts:
    """The lexical index of one catalogue, and which text each of its rows has: one writer, any number of readers."""

    def __init__(self, language: str) -> None:
        self._analyzer = Analyzer(language)
        self.index = LexicalIndex(self._analyzer)
        self._digests = np.zeros(1024, np.int64)

    def match(self, words: str) -> Matches:
        """Return what the words of a query find."""
        return self.index.match(build_query(words, self._analyzer, self.index.vocabulary))

    def put(self, rows: Sequence[int], products: Sequence[ChangedProduct]) -> None:
        """Add rows that were never used before."""
        if not rows:
            return
        documents = [document_of(product) for product in products]
        size = max(rows) + 1
        if size > len(self._digests):
            self._digests = np.pad(self._digests, (0, max(size, 2 * len(self._digests)) - len(self._digests)))
        self._digests[list(rows)] = [digest_of(document) for document in documents]
        self.index.put(rows, documents)

    def changed(self, row: int, product: ChangedProduct) -> bool:
        """Whether a product's text is another than its row has."""
        return digest_of(document_of(product)) != int(self._digests[row])

    def retire(self, rows: Sequence[int]) -> None:
        """Take rows out of every search."""
        self.index.retire(rows)
