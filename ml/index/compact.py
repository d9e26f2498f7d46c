"""Rows in 8 bits a dimension: quick estimates of inner products, each with a proven bound of its error.

A row x is stored as whole numbers c of -127..127 on a grid: x^ = mid + step * c. A query becomes whole numbers too:
q * step = t * b + r. Then, exactly,

    q.x = q.mid + t * (b.c) + r.c + q.(x - x^)

FAISS adds up b.c in integers. The other two terms are unknown, yet by Cauchy-Schwarz they are at most |r| |c| and
|q| |x - x^|.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from ml.index.grid import LEVELS, Grid
from ml.index.segment import inner_products_of
from ml.types import Embedding, RowMask

_EVERYTHING = -3e38


@dataclass(frozen=True, slots=True)
class Scan:
    """Estimated inner products of rows with a query; the true one is within `errors` of the estimate.

    Attributes:
        rows: int64, shape (n,).
        estimates: float32, shape (n,).
        errors: float32, shape (n,).
    """

    rows: NDArray[np.int64]
    estimates: NDArray[np.float32]
    errors: NDArray[np.float32]


class CompactRows:
    """Codes of some rows of an index, in lists: one, or one for each cluster of similar rows. Never changed.

    Row numbers are those of the index, so nothing is renumbered when retired rows leave or later ones join.
    """

    def __init__(
        self,
        ivf: faiss.IndexIVFScalarQuantizer,
        grid: Grid,
        errors: NDArray[np.float32],
        code_norm: float,
        list_of: NDArray[np.int32] | None = None,
    ) -> None:
        """Take over the parts.

        Args:
            ivf: FAISS lists of codes, the row numbers as ids; its quantizer holds the centres of the clusters.
            grid: what the codes mean.
            errors: float32, shape (highest row + 1,): bound of |x - x^| by row number.
            code_norm: upper bound of |c| of every row.
            list_of: int32, shape (highest row + 1,): the list of each row, -1 for none. Read from `ivf` if not given.

        Raises:
            ValueError: the kernel of this FAISS doesn't add up whole numbers exactly, so bounds would be wrong.
        """
        self.ivf = ivf
        self.grid = grid
        self.errors = errors
        self.code_norm = code_norm
        self._largest_error = float(errors.max(initial=0))
        self.sizes: NDArray[np.int64] = np.array(
            [lists_of(ivf).list_size(number) for number in range(ivf.nlist)], np.int64
        )
        self.list_of = self._read_lists() if list_of is None else list_of
        self._check_kernel()

    @property
    def count(self) -> int:
        """Rows that have a code."""
        return int(self.ivf.ntotal)

    @property
    def lists(self) -> int:
        """Number of lists; 1 means that rows aren't clustered."""
        return int(self.ivf.nlist)

    def rows(self) -> NDArray[np.int64]:
        """Return the rows that have a code, ascending."""
        return np.flatnonzero(self.list_of >= 0)

    def scan(
        self,
        query: Embedding,
        lists: NDArray[np.int64] | None = None,
        allowed: RowMask | None = None,
        least: float | None = None,
    ) -> Scan:
        """Estimate the inner products of a query with the rows of some lists, or of all.

        Args:
            query: float32, shape (d,), L2 norm 1.
            lists: int64, distinct; None is every list.
            allowed: bool, by row number; rows outside, and past its end, may be left out but needn't be.
            least: rows whose inner product surely is less may be left out, and nearly all are; None is every row.
        """
        whole, unit, offset, slack = self._quantised(query)
        lists = np.arange(self.lists) if lists is None else lists
        norm = float(np.linalg.norm(query.astype(np.float64))) * 1.000001
        above = _EVERYTHING
        if least is not None and unit > 0:
            above = (least - offset - self._largest_error * norm - slack) / unit - 2  # sums are whole numbers
        rows, sums = self._range(whole, lists, allowed, above)
        sums *= np.float32(unit)
        sums += np.float32(offset)
        errors = self.errors[rows]
        errors *= np.float32(norm)
        errors += np.float32(slack)
        return Scan(rows, sums, errors)

    def likeliest(
        self, query: Embedding, count: int, lists: NDArray[np.int64] | None = None, allowed: RowMask | None = None
    ) -> NDArray[np.int64]:
        """Return the rows of some lists, or of all, with the highest estimates: int64, shape (<= count,), unordered.

        Args:
            query: float32, shape (d,), L2 norm 1.
            count: how many, at least 1; the more, the nearer it comes to the cost of `scan`.
            lists: int64, distinct; None is every list.
            allowed: bool, by row number; other rows, and those past its end, are left out.
        """
        whole, _, _, _ = self._quantised(query)
        lists = np.arange(self.lists) if lists is None else np.ascontiguousarray(lists)
        if not len(lists):  # FAISS takes that for a mistake
            return np.empty(0, np.int64)
        rows, sums = np.empty(count, np.int64), np.empty(count, np.float32)
        unused = np.zeros(len(lists), np.float32)
        with _alone():
            self.ivf.search_preassigned_c(  # type: ignore[attr-defined]
                1,
                faiss.swig_ptr(whole),
                count,
                faiss.swig_ptr(lists),
                faiss.swig_ptr(unused),
                faiss.swig_ptr(sums),
                faiss.swig_ptr(rows),
                False,
                _parameters(len(lists), allowed),
                None,
            )
        return rows[rows >= 0]

    def nearest_lists(self, query: Embedding, probes: int, wanted: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        """Return the lists whose centres are most similar to the query, among the wanted ones that hold rows."""
        useful = self.sizes > 0
        numbers = np.flatnonzero(useful if wanted is None else useful & wanted)
        if probes >= len(numbers):
            return numbers
        scores = inner_products_of(centres_of(self.ivf).get_xb(), query, numbers)
        return numbers[np.argpartition(-scores, probes - 1)[:probes]]

    def lists_with(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which lists (lists,) hold one of these rows, each of which must have a code."""
        found: NDArray[np.bool_] = np.bincount(self.list_of[rows], minlength=self.lists) > 0
        return found

    def _quantised(self, query: Embedding) -> tuple[NDArray[np.float32], float, float, float]:
        """Return b as whole float32 numbers (d,), t, q.mid, and the part of the error bound all rows share."""
        exact = query.astype(np.float64)
        weighted = exact * self.grid.step  # (d,)
        unit = float(np.abs(weighted).max()) / LEVELS
        whole = np.rint(weighted / unit) if unit > 0 else np.zeros_like(weighted)
        rest = float(np.linalg.norm(weighted - unit * whole))
        # Rounding of float32 sums, here and in the exact score that this bounds: d products of a total below 4.
        rounding = (4 * len(query) + 64) * 2.0**-24
        return whole.astype(np.float32), unit, float(exact @ self.grid.mid), rest * self.code_norm + rounding

    def _range(
        self, whole: NDArray[np.float32], lists: NDArray[np.int64], allowed: RowMask | None, above: float
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows of lists whose b.c is above a value, and these: no heap, and the GIL is free."""
        if not len(lists):  # FAISS takes that for a mistake
            return np.empty(0, np.int64), np.empty(0, np.float32)
        lists = np.ascontiguousarray(lists)
        unused = np.zeros(len(lists), np.float32)
        result = faiss.RangeSearchResult(1)
        with _alone():
            self.ivf.range_search_preassigned_c(  # type: ignore[attr-defined]
                1,
                faiss.swig_ptr(whole),
                above,
                faiss.swig_ptr(lists),
                faiss.swig_ptr(unused),
                result,
                False,
                _parameters(len(lists), allowed),
                None,
            )
        found = int(faiss.rev_swig_ptr(result.lims, 2)[1])
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return faiss.rev_swig_ptr(result.labels, found).copy(), faiss.rev_swig_ptr(result.distances, found).copy()

    def _read_lists(self) -> NDArray[np.int32]:
        list_of = np.full(len(self.errors), -1, np.int32)
        for number in np.flatnonzero(self.sizes).tolist():
            rows, _ = list_content(self.ivf, number)
            list_of[rows] = number
        return list_of

    def _check_kernel(self) -> None:
        """Compare a few sums with NumPy's: FAISS says nothing about how it adds up bytes."""
        if not self.count:
            return
        number = int(np.argmax(self.sizes))
        rows, codes = list_content(self.ivf, number)
        whole = np.where(np.arange(codes.shape[1]) % 2, -LEVELS, LEVELS - 3).astype(np.float32)
        wanted = (codes[:64].astype(np.int64) - 128) @ whole.astype(np.int64)
        some = np.zeros(len(self.errors), np.bool_)
        some[rows[:64]] = True
        found, sums = self._range(whole, np.array([number]), some, _EVERYTHING)
        if not np.allclose(
            sums, wanted[np.argsort(rows[:64])][np.searchsorted(np.sort(rows[:64]), found)], rtol=1e-6
        ):
            raise ValueError("this build of FAISS doesn't score 8-bit codes as the index needs it")


@contextmanager
def _alone() -> Iterator[None]:
    """Keep FAISS to this thread, as in `segment`: one query can't be shared out, and waiting for helpers costs."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def _parameters(lists: int, allowed: RowMask | None) -> faiss.SearchParametersIVF:
    """Return what says how many lists FAISS looks into, and which rows in them."""
    if allowed is None:
        return faiss.SearchParametersIVF(nprobe=lists)  # type: ignore[call-arg]  # FAISS's stubs know the C++ form alone
    selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore[call-arg, arg-type]
    return faiss.SearchParametersIVF(nprobe=lists, sel=selector)  # type: ignore[call-arg]


def lists_of(ivf: faiss.IndexIVFScalarQuantizer) -> Any:
    """Return the inverted lists, which FAISS's type stubs think may be None."""
    return ivf.invlists


def centres_of(ivf: faiss.IndexIVFScalarQuantizer) -> Any:
    """Return the flat index of the cluster centres."""
    return faiss.downcast_index(ivf.quantizer)


def list_content(ivf: faiss.IndexIVFScalarQuantizer, number: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return views of the rows (n,) and codes (n, d) of one list; they live as long as the index."""
    lists = lists_of(ivf)
    size = lists.list_size(number)
    if not size:
        return np.empty(0, np.int64), np.empty((0, ivf.d), np.uint8)
    rows = faiss.rev_swig_ptr(lists.get_ids(number), size)
    codes = faiss.rev_swig_ptr(lists.get_codes(number), size * ivf.code_size).reshape(size, ivf.code_size)
    return rows, codes
