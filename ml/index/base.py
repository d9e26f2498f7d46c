"""The index interface: rows in, best rows out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.index.moments import Moments
from ml.index.planner import Plan
from ml.index.reaching import Reached
from ml.types import Embedding, Embeddings, ProductId, RowMask


class VectorIndex(Protocol):
    """Finds the products whose embeddings have the highest inner product with a query.

    Every vector lives in one row. A changed product gets a new row and its old one is retired, so a row number never
    changes its meaning while the process lives; callers may keep arrays of their own aligned with the rows. A
    merge in the background changes neither rows nor answers.
    Searching is safe from several threads, also beside one writer.
    """

    @property
    def dimension(self) -> int:
        """Length d of an embedding."""

    @property
    def row_count(self) -> int:
        """Rows ever used, live and retired; the next new row has this number."""

    @property
    def live_count(self) -> int:
        """Products that can be found."""

    @property
    def moments(self) -> Moments:
        """How the vectors of the live rows are spread; a function of these vectors alone."""

    @property
    def failure(self) -> str | None:
        """Why what makes searches quick couldn't be made of the rows as they are; None if nothing is amiss.

        What there was before goes on to serve, or else every search is exact: answers are right all the same.
        """

    def row_of(self, product_id: ProductId) -> int | None:
        """Return the live row of a product, or None."""

    def id_of(self, row: int) -> ProductId:
        """Return the product that owns, or owned, a row."""

    def are_live(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which rows (n,), each below `row_count`, hold a product that can be found."""

    def embeddings(self, rows: NDArray[np.int64]) -> Embeddings:
        """Return a copy of the vectors of rows, live or retired.

        Args:
            rows: int64, shape (n,), each below `row_count`.

        Returns:
            float32, shape (n, d), exactly as they were given.

        Raises:
            IndexError: a row doesn't exist, or it was retired so long ago that its vector was let go.
        """

    def upsert(self, product_ids: Sequence[ProductId], embeddings: Embeddings) -> NDArray[np.int64]:
        """Add products, or give them new vectors; visible to searches when the call returns.

        Args:
            product_ids: n distinct ids.
            embeddings: float32, shape (n, d), rows of L2 norm 1.

        Returns:
            int64, shape (n,): the new row of each product.
        """

    def remove(self, product_ids: Sequence[ProductId]) -> None:
        """Retire the rows of products; unknown ids are ignored."""

    def search(
        self, query: Embedding, k: int, allowed: RowMask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the k best live rows.

        Args:
            query: float32, shape (d,), L2 norm 1.
            k: how many rows are wanted, at least 1.
            allowed: bool, shape (<= row_count,), rows that may be returned; rows past its end are excluded. None
                allows every live row.

        Returns:
            Rows (int64, shape (m,)) and inner products (float32, shape (m,)), best first, m = min(k, allowed live
            rows). Equal scores are ordered by product id, also at the cut, so content alone decides the answer.
        """

    def close(self) -> None:
        """End background work; the index can still be searched."""

    def inner_products(self, query: Embedding, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the exact inner products of rows: the scores that `search` gives them, bit for bit.

        Args:
            query: float32, shape (d,), L2 norm 1.
            rows: int64, shape (n,), each below `row_count`.

        Returns:
            float32, shape (n,); -inf for rows that are retired.

        Raises:
            IndexError: a row doesn't exist.
        """

    def plan(self, count: int, allowed: int | None = None, *, exact: bool = False) -> Plan:
        """Return how `candidates` answers best: exactly, or approximately where that was measured to be as good.

        Args:
            count: results wanted.
            allowed: live rows that the filter allows; None for no filter.
            exact: whether it must be exactly.
        """

    def likely_rows(
        self, query: Embedding, count: int, allowed: RowMask | None = None, passed: int | None = None
    ) -> NDArray[np.int64]:
        """Return rows among which the best likely are, for another score to choose from: as cheaply as recall allows.

        Args:
            query: float32, shape (d,), L2 norm 1.
            count: how many of the best are wanted, at least 1.
            allowed: as for `search`.
            passed: how many live rows that allows, if that is known.

        Returns:
            int64, ascending, live, allowed and distinct: at least min(count, allowed live rows) of them.
        """

    def candidates(
        self, query: Embedding, count: int, allowed: RowMask | None = None, plan: Plan | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the best live rows, as `search` does, but exactly or approximately as a plan says.

        Args:
            query: float32, shape (d,), L2 norm 1.
            count: how many rows are wanted, at least 1.
            allowed: as for `search`.
            plan: how; None asks `plan`.

        Returns:
            As `search`: always min(count, allowed live rows) rows, with exact scores, best first, equal ones by
            product id. An approximate answer may miss some of the best.
        """

    def plan_reaching(self, allowed: int | None = None, *, beside: int = 0, exact: bool = False) -> Plan:
        """Return how `reaching` answers best; wherever it is approximate, it is so for every wider filter too.

        Args:
            allowed: live rows that the filter allows; None for no filter.
            beside: rows that will be scored in any case.
            exact: whether it must be exactly.
        """

    def reaching(
        self,
        query: Embedding,
        least: float,
        allowed: RowMask | None = None,
        plan: Plan | None = None,
        *,
        beside: NDArray[np.int64] | None = None,
    ) -> Reached:
        """Find the live rows whose inner product may reach a value.

        Args:
            query: float32, shape (d,), L2 norm 1.
            least: the value.
            allowed: as for `search`.
            plan: how; None is exactly.
            beside: int64, distinct rows whose estimates are wanted in any case, where they are live and allowed.

        Returns:
            Every row that reaches it, perhaps with some that fall short by less than their bound of error. By an
            approximate plan some may be missing: which ones depends on query and index, not on what is allowed.

        Raises:
            IndexError: a row beside doesn't exist.
        """
