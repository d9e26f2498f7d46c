"""ChangedProduct attributes in memory, one array each, aligned with the rows of the vector index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.records import ChangedProduct, in_stock
from backend.catalogue.schemas import CATEGORY_SEPARATOR
from ml.types import RowMask

NO_PRICE = -1
NO_CODE = -1
PRIOR_RATING, PRIOR_REVIEWS = 3.5, 5.0  # a product with few reviews is pulled towards a middling rating

CODED = ("category", "brand", "merchant", "colour", "size")  # what filters ask for
_KEPT = (*CODED, "item_group")


class Vocabulary:
    """Numbers the distinct values of one attribute; values that differ in case only are one."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, value: str | None) -> int:
        """Return the number of a value, new or known; NO_CODE for None."""
        return NO_CODE if value is None else self._codes.setdefault(value.casefold(), len(self._codes))

    def codes_of(self, values: Iterable[str]) -> set[int]:
        """Return the numbers of those values that are known."""
        return {code for value in values if (code := self._codes.get(value.casefold())) is not None}

    def codes_below(self, paths: Iterable[str]) -> set[int]:
        """Return the numbers of category paths and all their descendants."""
        found = set()
        for path in paths:
            top = path.casefold()
            prefix = top + CATEGORY_SEPARATOR
            found |= {code for known, code in list(self._codes.items()) if known == top or known.startswith(prefix)}
        return found


@dataclass(frozen=True, slots=True)
class ColumnArrays:
    """Arrays of shape (capacity,); rows that hold no live product have `live` False."""

    live: NDArray[np.bool_]
    price_cents: NDArray[np.int64]
    in_stock: NDArray[np.bool_]
    rating: NDArray[np.float32]
    browse_rank: NDArray[np.float64]
    version: NDArray[np.int32]
    codes: dict[str, NDArray[np.int32]]

    @classmethod
    def empty(cls, capacity: int) -> ColumnArrays:
        """Return arrays without a live row."""
        return cls(
            live=np.zeros(capacity, np.bool_),
            price_cents=np.full(capacity, NO_PRICE, np.int64),
            in_stock=np.zeros(capacity, np.bool_),
            rating=np.full(capacity, np.nan, np.float32),
            browse_rank=np.zeros(capacity, np.float64),
            version=np.zeros(capacity, np.int32),
            codes={name: np.full(capacity, NO_CODE, np.int32) for name in _KEPT},
        )

    def grown(self, capacity: int) -> ColumnArrays:
        """Return larger arrays with the same rows."""
        larger = ColumnArrays.empty(capacity)
        size = len(self.live)
        for name in ("live", "price_cents", "in_stock", "rating", "browse_rank", "version"):
            getattr(larger, name)[:size] = getattr(self, name)
        for name in _KEPT:
            larger.codes[name][:size] = self.codes[name]
        return larger


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a row must be; None means anything. Prices in cents, both ends included."""

    min_price_cents: int | None = None
    max_price_cents: int | None = None
    in_stock: bool | None = None
    min_rating: float | None = None
    category: tuple[str, ...] | None = None
    brand: tuple[str, ...] | None = None
    merchant: tuple[str, ...] | None = None
    colour: tuple[str, ...] | None = None
    size: tuple[str, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every live row passes."""
        return self == RowFilter()


@dataclass(slots=True)
class Columns:
    """The arrays of one catalogue: one writer, any number of readers.

    A new row is written completely before `live` is set, and growing swaps in new arrays. A changed price or stock is
    written in place: a search at that moment sees some fields of before and some of after.
    """

    arrays: ColumnArrays = field(default_factory=lambda: ColumnArrays.empty(1024))
    vocabularies: dict[str, Vocabulary] = field(default_factory=lambda: {name: Vocabulary() for name in _KEPT})
    live_count: int = 0

    def put(self, row: int, product: ChangedProduct) -> None:
        """Write one row and make it live."""
        if row >= len(self.arrays.live):
            self.arrays = self.arrays.grown(max(row + 1, 2 * len(self.arrays.live)))
        arrays = self.arrays
        arrays.price_cents[row] = NO_PRICE if product.price_cents is None else product.price_cents
        arrays.in_stock[row] = in_stock(product.stock_quantity)
        arrays.rating[row] = np.nan if product.rating is None else product.rating
        arrays.browse_rank[row] = browse_rank(product)
        arrays.version[row] = product.version
        for name in _KEPT:
            value = getattr(product, name)
            # SQLite hands out a number where PostgreSQL has its text.
            arrays.codes[name][row] = self.vocabularies[name].code(None if value is None else str(value))
        self.live_count += not arrays.live[row]
        arrays.live[row] = True

    def retire(self, row: int) -> None:
        """Take one row out of every search."""
        self.live_count -= bool(self.arrays.live[row])
        self.arrays.live[row] = False

    def clear_variants(self, mask: RowMask, row: int) -> None:
        """Clear in a mask the rows of the same item group as a row, if it belongs to any."""
        groups = self.arrays.codes["item_group"][: len(mask)]
        if groups[row] != NO_CODE:
            mask[: len(groups)] &= groups != groups[row]

    def mask(self, where: RowFilter) -> RowMask:
        """Return which rows are live and pass the filter: bool, shape (capacity,)."""
        arrays = self.arrays
        mask = arrays.live.copy()
        if where.min_price_cents is not None:
            mask &= arrays.price_cents >= max(where.min_price_cents, 0)
        if where.max_price_cents is not None:
            mask &= (arrays.price_cents <= where.max_price_cents) & (arrays.price_cents != NO_PRICE)
        if where.in_stock is not None:
            mask &= arrays.in_stock == where.in_stock
        if where.min_rating is not None:
            mask &= arrays.rating >= where.min_rating
        for name in CODED:
            wanted: Sequence[str] | None = getattr(where, name)
            if wanted is not None:
                vocabulary = self.vocabularies[name]
                codes = vocabulary.codes_below(wanted) if name == "category" else vocabulary.codes_of(wanted)
                mask &= np.isin(arrays.codes[name], np.fromiter(codes, np.int32, len(codes)))
        return mask


def browse_rank(product: ChangedProduct) -> float:
    """Return how early a product appears when nothing was asked: its quality and its reviews, 0 to 2.

    A millionth decided by the id orders equal products: the same way in every process, and without putting those
    whose ids happen to sort first in front.
    """
    reviews = float(product.review_count or 0) if product.rating is not None else 0.0
    rating = product.rating if product.rating is not None else 0.0
    smoothed = (PRIOR_RATING * PRIOR_REVIEWS + rating * reviews) / (PRIOR_REVIEWS + reviews)
    shuffle = int.from_bytes(hashlib.blake2b(product.id.encode(), digest_size=6).digest(), "big") / 2**48
    return (product.quality_score or 0.0) + smoothed / 5 + shuffle * 1e-6
