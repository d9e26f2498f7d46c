"""The words of the catalogue in memory, aligned with the rows of the vector index."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.documents import digest_of, document_of
from backend.catalogue.records import ChangedProduct
from ml.errors import IndexDamaged
from ml.lexical.analyzer import Analyzer
from ml.lexical.correct import Correction, Corrector
from ml.lexical.index import LexicalIndex
from ml.lexical.match import Matches
from ml.lexical.suggest import Suggester, Suggestion
from ml.lexical.synonyms import Synonyms, read_synonyms

logger = logging.getLogger(__name__)
UNKNOWN = -1  # digest of a row of which nothing is known


class Texts:
    """The lexical index of one catalogue, and what text and picture a row has: one writer, any number of readers."""

    def __init__(self, index: LexicalIndex, synonyms: Synonyms, *, was_saved: bool = False) -> None:
        self.was_saved = was_saved
        self._index = index
        self._synonyms = synonyms
        self._corrector = Corrector(index)
        self._suggester = Suggester(index.analyzer, index.vocabulary, self._corrector)
        self._digests = np.full(1024, UNKNOWN, np.int64)

    @classmethod
    def open(cls, folder: Path, tag: str | None, language: str, synonyms: Path | None) -> Texts:
        """Open what was saved with this tag; if there is no such thing, start empty.

        Args:
            folder: where it lies.
            tag: as of `saved`; None starts empty.
            language: of the texts.
            synonyms: file of them.

        Raises:
            SynonymsRefused: the file of synonyms has a line that makes no sense.
            OSError: the file of synonyms can't be read.
        """
        analyzer = Analyzer(language)
        meanings = Synonyms({}) if synonyms is None else read_synonyms(synonyms, analyzer)
        if tag is not None:
            try:
                index, saved = LexicalIndex.load(folder, analyzer)
                if saved == tag:
                    return cls(index, meanings, was_saved=True)
                reason = "another process saved them"
            except IndexDamaged as error:
                reason = str(error)
            logger.info("reading every product's text again: %s", reason)
        return cls(LexicalIndex(analyzer), meanings)

    def saved(self, folder: Path, tag: str) -> Texts:
        """Save the index, so that a start with the same snapshot of vectors needn't read every text again.

        Args:
            folder: made if missing.
            tag: of this reading alone: another process beside may have read another moment of the database.

        Returns:
            The same over what was saved, which takes less memory; this one is used up.

        Raises:
            OSError: the disk is full or can't be written; this one is as it was.
        """
        self._index.save(folder, tag)
        try:
            index, kept = LexicalIndex.load(folder, self._index.analyzer)
        except IndexDamaged:
            return self
        if kept != tag:  # of another process, which saved after us
            return self
        texts = Texts(index, self._synonyms, was_saved=True)
        texts._digests = self._digests
        return texts

    def match(self, words: str) -> Matches:
        """Return what the words of a query, or their synonyms, find."""
        index = self._index
        return index.match(self._synonyms.expand(index.builder.build(words)))

    def readings(self, query: str, kept: AbstractSet[str] = frozenset()) -> list[Correction]:
        """Return what was probably meant by a query, the likeliest first; several where words can't tell for sure.

        Args:
            query: its words.
            kept: folded words that are right whatever products have.
        """
        return self._corrector.readings(query, kept)

    def suggest(self, typed: str, limit: int) -> list[Suggestion]:
        """Return what a shopper may be about to type."""
        return self._suggester.suggest(typed, limit)

    def put(self, rows: Sequence[int], products: Sequence[ChangedProduct]) -> None:
        """Add rows that were never used before."""
        documents = [document_of(product) for product in products]
        pictures = [product.image_file for product in products]
        self._know(rows, [digest_of(*both) for both in zip(documents, pictures, strict=True)])
        self._index.put(rows, documents)

    def digests(self, count: int) -> NDArray[np.int64]:
        """Return what is known of the texts and pictures of the first rows: int64, shape (count,)."""
        known = np.full(count, UNKNOWN, np.int64)
        size = min(count, len(self._digests))
        known[:size] = self._digests[:size]
        return known

    def restore(self, digests: NDArray[np.int64]) -> None:
        """Take what `digests` returned once for the same saved rows."""
        self._know(range(len(digests)), digests)

    def changed(self, row: int, product: ChangedProduct) -> bool:
        """Whether a product's text or picture is another than its row has."""
        return digest_of(document_of(product), product.image_file) != int(self._digests[row])

    def retire(self, rows: Sequence[int]) -> None:
        """Take rows out of every search."""
        self._index.retire(rows)

    def _know(self, rows: Sequence[int], digests: Sequence[int] | NDArray[np.int64]) -> None:
        if not rows:
            return
        missing = max(rows) + 1 - len(self._digests)
        if missing > 0:
            grown = max(missing, len(self._digests))
            self._digests = np.pad(self._digests, (0, grown), constant_values=UNKNOWN)
        self._digests[list(rows)] = digests
