"""The searchable catalogue in memory: vectors and filter columns, kept in step with the database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from backend.catalogue.columns import Columns
from backend.catalogue.embeddings_repository import EmbeddingRepository
from backend.catalogue.masks import Masks
from backend.catalogue.ranking import Ranking
from backend.catalogue.records import ChangedProduct
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.row_filter import RowFilter
from backend.catalogue.saved_cards import SavedCards
from backend.catalogue.scales import Scales
from backend.catalogue.space import VectorSpace
from backend.catalogue.texts import Texts
from backend.catalogue.traits import CountedTraits
from backend.database.engine import Database
from ml.index.base import VectorIndex
from ml.index.order import best_first
from ml.index.planner import Plan
from ml.lexical.match import Matches
from ml.ranking.calibration import Calibration, Scale
from ml.ranking.fusion import Bonus, Fusion, Relevance
from ml.types import Embedding, ProductId, RowMask

APPLY_BLOCK = 1000


class LiveCatalogue:
    """Answers searches from memory and follows the change log.

    `catch_up` may run beside searches; one at a time.
    """

    def __init__(
        self,
        index: VectorIndex,
        columns: Columns,
        texts: Texts,
        space: VectorSpace,
        *,
        version: int,
        fusion: Fusion,
        cards: SavedCards | None = None,
    ) -> None:
        self.saved_cards = cards
        self.fusion = fusion
        self.index = index
        self.columns = columns
        self.texts = texts
        self.space = space
        self.followers: list[Callable[[Session], None]] = []  # called before a higher version counts as reached
        self.moves = 0  # begun and ended: odd while products change rows, and can be missed on the way
        self._scales = Scales()
        self._masks = Masks(columns)
        self._moment: tuple[int, int | None] = (version, None)
        self.traits = CountedTraits(columns, lambda: self.version)
        self._catching_up = threading.Lock()

    @property
    def version(self) -> int:
        """Catalogue version up to which every change has been applied."""
        return self._moment[0]

    @property
    def moment(self) -> tuple[int, int | None]:
        """The version with its stamp, as of `CatalogueRepository.moment`; without one before the first catch-up."""
        return self._moment

    @property
    def product_count(self) -> int:
        """Products that can be found."""
        return self.columns.live_count

    @property
    def calibration(self) -> Calibration:
        """What a similarity means among the products that can be found now; it follows from their vectors alone."""
        return Calibration(self.index.moments)

    def scale_of(self, row: int) -> Scale:
        """Return what similarities to a row's vector mean."""
        return self._scales.of(self.index, row)

    def scales(self) -> Callable[[int], Scale]:
        """Return what tells the scales of many rows, at less cost than asking for each."""
        return self._scales.by_row(self.index)

    def scale_of_vector(self, vector: Embedding) -> Scale:
        """Return what similarities to a vector mean that will be asked for again, such as a taste."""
        return self._scales.of_vector(self.index, vector)

    def allowed(self, where: RowFilter) -> tuple[RowMask | None, int]:
        """Return the rows that pass a filter, None for all, and their number; the mask isn't to be written to."""
        if where.is_empty:
            return None, self.columns.live_count
        return self._masks.of(where, lambda: self.mask(where))

    def mask(self, where: RowFilter) -> RowMask:
        """Return which rows are live and pass a filter: bool, shape (capacity of the columns,)."""
        mask = self.columns.mask(where)
        if where.ids is not None:
            named = np.zeros_like(mask)
            named[self._rows_of(where.ids, len(mask))] = True
            mask &= named
        if where.exclude_ids:
            mask[self._rows_of(where.exclude_ids, len(mask))] = False
        return mask

    def passes(self, where: RowFilter, product_id: ProductId) -> bool:
        """Whether a product can be found and passes a filter as it is now: the check before it is shown."""
        row = self.index.row_of(product_id)
        return (
            row is not None
            and (where.ids is None or product_id in where.ids)
            and product_id not in where.exclude_ids
            and self.columns.passes(where, row)
        )

    def _rows_of(self, ids: Iterable[str], capacity: int) -> list[int]:
        rows = map(self.index.row_of, cast("Iterable[ProductId]", ids))  # hundreds, of a shopper who has seen much
        return [row for row in rows if row is not None and row < capacity]

    def nearest(self, query: Embedding, k: int, allowed: RowMask | None, plan: Plan | None = None) -> Ranking:
        """Return the k allowed products nearest to a query vector, best first; equal ones by id.

        Args:
            query: float32, shape (d,), L2 norm 1.
            k: how many.
            allowed: bool, by row number; None allows all.
            plan: how they are found; None is exactly.
        """
        mask = self.known(allowed)
        if plan is None:
            rows, scores = self.index.search(query, k, mask)
        else:
            rows, scores = self.index.candidates(query, k, mask, plan)
        return Ranking(rows, scores.astype(np.float64), self.index.id_of, self.columns.arrays)

    def known(self, allowed: RowMask | None) -> RowMask | None:
        """Return a mask without rows that the index doesn't have yet: columns learn of them first."""
        return None if allowed is None else allowed[: self.index.row_count]

    def relevance(
        self, query: Embedding, words: str, bonus: Bonus | None = None, matches: Matches | None = None
    ) -> Relevance:
        """Return how well each product fits a query: its vector, its words, and what rules add.

        Args:
            query: float32, shape (d,), L2 norm 1.
            words: of the query.
            bonus: what rules add to rows.
            matches: what the words find; None looks it up.
        """
        scale = self.calibration.scale(query)
        matches = matches or self.texts.match(words)
        return Relevance(query, scale, matches, self.index, self.fusion, bonus=bonus)

    def live_rows(self, allowed: RowMask | None) -> NDArray[np.int64]:
        """Return the rows of products that can be found, ascending: int64, those of a mask, or all."""
        rows = np.flatnonzero(self.columns.arrays.live if allowed is None else allowed)
        # Columns learn of a row before the index does.
        return rows[: np.searchsorted(rows, self.index.row_count)]

    def ranking(self, rows: NDArray[np.int64], ranks: NDArray[np.float64]) -> Ranking:
        """Return rows, best first, as a list of products; of a product that moved meanwhile only its current row."""
        current = self.index.are_live(rows)
        return Ranking(rows[current], ranks[current], self.index.id_of, self.columns.arrays)

    def browse(self, k: int, allowed: RowMask | None, bonus: Bonus | None = None) -> Ranking:
        """Return the first k allowed products by quality and reviews, and what rules add; equal ones by id."""
        arrays = self.columns.arrays
        rows = np.flatnonzero(arrays.live if allowed is None else allowed)
        # Columns learn of a row before the index does, and forget it after: only a product's current row counts.
        rows = rows[rows < self.index.row_count]
        spare = k + APPLY_BLOCK
        own = arrays.browse_rank[rows]
        best, ranks = best_first(rows, own if bonus is None else own + bonus(rows), spare, self.index.id_of)
        current = self.index.are_live(best)
        return Ranking(best[current][:k], ranks[current][:k], self.index.id_of, arrays)

    def close(self) -> None:
        """End the index's background work; whoever still searches can."""
        self.index.close()

    def catch_up(self, database: Database) -> int:
        """Apply every change that is committed; return the catalogue version reached."""
        with self._catching_up, database.reading() as db:
            repository = CatalogueRepository(db)
            target, stamp = repository.moment()
            if target > self.version:
                embeddings = EmbeddingRepository(db, self.space)
                block: list[ChangedProduct] = []
                for row in repository.changed_since(self.version):
                    block.append(row)
                    if len(block) == APPLY_BLOCK:
                        self._apply(block, embeddings)
                        block = []
                self._apply(block, embeddings)
                for follow in self.followers:
                    follow(db)
                self._moment = target, stamp
            elif target == self.version and self._moment[1] is None:
                self._moment = target, stamp
            return self.version

    def _apply(self, products: Sequence[ChangedProduct], embeddings: EmbeddingRepository) -> None:
        visible: dict[ProductId, ChangedProduct] = {
            ProductId(p.id): p for p in products if p.active and not p.deleted
        }
        vectors = embeddings.vectors(list(visible)) if visible else {}
        gone = [ProductId(p.id) for p in products if ProductId(p.id) not in visible]
        for id_ in gone:
            if (row := self.index.row_of(id_)) is not None:
                self.columns.retire(row)
                self.texts.retire([row])
        self.index.remove(gone)
        moved: list[ProductId] = []
        for id_, product in visible.items():
            row = self.index.row_of(id_)
            if id_ not in vectors:
                continue  # not embedded yet: it appears, or changes, when it is
            if row is None or vectors[id_][0] > self.version or self.texts.changed(row, product):
                moved.append(id_)
            else:
                self.columns.put(row, product)
        if moved:
            self.moves += 1
            try:
                self._move(moved, visible, np.stack([vectors[id_][1] for id_ in moved]))
            finally:
                self.moves += 1

    def _move(self, ids: Sequence[ProductId], products: dict[ProductId, ChangedProduct], vectors: Embedding) -> None:
        """Give products new rows: first the columns, so that a row that can be found has its attributes."""
        old = [self.index.row_of(id_) for id_ in ids]
        first = self.index.row_count
        for offset, id_ in enumerate(ids):
            self.columns.put(first + offset, products[id_])
        self.index.upsert(ids, vectors)
        # Last, as it takes the numbers for good: what failed before this is tried again with the same ones.
        self.texts.put(range(first, first + len(ids)), [products[id_] for id_ in ids])
        replaced = [row for row in old if row is not None]
        for row in replaced:
            self.columns.retire(row)
        self.texts.retire(replaced)
