"""Product fields in memory, one array each, aligned with the rows of the vector index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.attributes import Attributes
from backend.catalogue.fields import CATEGORY_SEPARATOR
from backend.catalogue.records import ChangedProduct, discount, in_stock
from backend.catalogue.row_filter import RowFilter
from backend.catalogue.vocabulary import NO_CODE, CategoryVocabulary, Vocabulary
from ml.types import RowMask

NO_PRICE = -1
PRIOR_RATING, PRIOR_REVIEWS = 3.5, 5.0  # a product with few reviews is pulled towards a middling rating
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

CODED = ("category", "brand", "merchant", "colour", "size")  # what filters ask for
CODES = (*CODED, "item_group")
PLAIN = {
    "live": np.bool_,
    "price_cents": np.int64,
    "discount": np.int16,
    "in_stock": np.bool_,
    "rating": np.float32,
    "browse_rank": np.float64,
    "version": np.int32,
    "created_us": np.int64,
}


def _vocabularies() -> dict[str, Vocabulary]:
    return {name: CategoryVocabulary() if name == "category" else Vocabulary() for name in CODES}


@dataclass(frozen=True, slots=True)
class ColumnArrays:
    """Arrays of shape (capacity,); rows that hold no live product have `live` False.

    Attributes:
        discount: hundredths of a percent by which the price is below the list price, 0 for what isn't on sale.
        created_us: when the product was first written, in microseconds since 1970.
        codes: numbers of the field's vocabulary, 0 for no value.
    """

    live: NDArray[np.bool_]
    price_cents: NDArray[np.int64]
    discount: NDArray[np.int16]
    in_stock: NDArray[np.bool_]
    rating: NDArray[np.float32]
    browse_rank: NDArray[np.float64]
    version: NDArray[np.int32]
    created_us: NDArray[np.int64]
    codes: dict[str, NDArray[np.int32]]

    @classmethod
    def empty(cls, capacity: int) -> ColumnArrays:
        """Return arrays without a live row."""
        return cls(
            live=np.zeros(capacity, np.bool_),
            price_cents=np.full(capacity, NO_PRICE, np.int64),
            discount=np.zeros(capacity, np.int16),
            in_stock=np.zeros(capacity, np.bool_),
            rating=np.full(capacity, np.nan, np.float32),
            browse_rank=np.zeros(capacity, np.float64),
            version=np.zeros(capacity, np.int32),
            created_us=np.zeros(capacity, np.int64),
            codes={name: np.full(capacity, NO_CODE, np.int32) for name in CODES},
        )

    def of_size(self, capacity: int) -> ColumnArrays:
        """Return a copy with another number of rows, the first of which are the same."""
        fresh = ColumnArrays.empty(capacity)
        size = min(capacity, len(self.live))
        for name in PLAIN:
            getattr(fresh, name)[:size] = getattr(self, name)[:size]
        for name in CODES:
            fresh.codes[name][:size] = self.codes[name][:size]
        return fresh


@dataclass(slots=True)
class Columns:
    """The arrays of one catalogue: one writer, any number of readers.

    A new row is written completely before `live` is set, and growing swaps in new arrays. A changed price or stock is
    written in place: a search at that moment sees some fields of before and some of after. A product's attributes
    change all at once.
    """

    arrays: ColumnArrays = field(default_factory=lambda: ColumnArrays.empty(1024))
    vocabularies: dict[str, Vocabulary] = field(default_factory=_vocabularies)
    attributes: Attributes = field(default_factory=Attributes)
    live_count: int = 0
    changes: int = 0  # begun and ended: odd while a row is being written

    def put(self, row: int, product: ChangedProduct) -> None:
        """Write one row and make it live."""
        self.changes += 1
        try:
            self._put(row, product)
        finally:
            self.changes += 1

    def _put(self, row: int, product: ChangedProduct) -> None:
        if row >= len(self.arrays.live):
            self.arrays = self.arrays.of_size(max(row + 1, 2 * len(self.arrays.live)))
        arrays = self.arrays
        arrays.price_cents[row] = NO_PRICE if product.price_cents is None else product.price_cents
        arrays.discount[row] = discount(product.price_cents, product.list_price_cents)
        arrays.in_stock[row] = in_stock(product.stock_quantity)
        arrays.rating[row] = np.nan if product.rating is None else product.rating
        arrays.browse_rank[row] = browse_rank(product)
        arrays.version[row] = product.version
        arrays.created_us[row] = (product.created_at - EPOCH) // timedelta(microseconds=1)
        for name in CODES:
            arrays.codes[name][row] = self.vocabularies[name].code(getattr(product, name))
        self.attributes.put(row, product.attributes)
        self.attributes = self.attributes.compacted()
        self.live_count += not arrays.live[row]
        arrays.live[row] = True

    def retire(self, row: int) -> None:
        """Take one row out of every search."""
        self.changes += 1
        self.live_count -= bool(self.arrays.live[row])
        self.arrays.live[row] = False
        self.attributes.remove(row)
        self.changes += 1

    def groups(self) -> NDArray[np.int32]:
        """Return a number for the item group of each row, 0 for none: int32, shape (capacity,)."""
        return self.values("item_group")

    def values(self, name: str) -> NDArray[np.int32]:
        """Return a number for the value of a coded field of each row, whatever its case; 0 for none."""
        codes = self.arrays.codes[name].copy()
        folds = self.vocabularies[name].folds  # after the codes, so that each of them is in it
        numbers: NDArray[np.int32] = folds[codes]
        return numbers

    def values_of(self, name: str, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the same for some rows: int32, shape (n,)."""
        codes = self.arrays.codes[name][rows]
        numbers: NDArray[np.int32] = self.vocabularies[name].folds[codes]
        return numbers

    def clear_variants(self, mask: RowMask, row: int) -> None:
        """Clear in a mask the rows of the same item group as a row, if it belongs to any."""
        groups = self.groups()[: len(mask)]
        if groups[row]:
            mask[: len(groups)] &= groups != groups[row]

    def mask(self, where: RowFilter) -> RowMask:
        """Return which rows are live and pass the filter, apart from its ids: bool, shape (capacity,)."""
        arrays, attributes = self.arrays, self.attributes
        mask = arrays.live.copy()
        if where.min_price_cents is not None:
            mask &= arrays.price_cents >= max(where.min_price_cents, 0)
        if where.max_price_cents is not None:
            mask &= (arrays.price_cents <= where.max_price_cents) & (arrays.price_cents != NO_PRICE)
        if where.on_sale is not None:
            mask &= (arrays.discount > 0) == where.on_sale
        if where.min_discount is not None:
            mask &= arrays.discount >= max(where.min_discount, 1)
        if where.max_discount is not None:
            mask &= (arrays.discount <= where.max_discount) & (arrays.discount > 0)
        if where.in_stock is not None:
            mask &= arrays.in_stock == where.in_stock
        if where.min_rating is not None:
            mask &= arrays.rating >= where.min_rating
        for name in CODED:
            wanted: Sequence[str] | None = getattr(where, name)
            if wanted is not None:
                mask &= self.vocabularies[name].table(wanted).take(arrays.codes[name], mode="clip")
        for name, unwanted in where.excluded:
            mask &= ~self.vocabularies[name].table(unwanted).take(arrays.codes[name], mode="clip")
        for test in where.attributes:
            mask &= test.rows(attributes, len(mask))
        return mask

    def passes(self, where: RowFilter, row: int) -> bool:
        """Whether one row is live and passes the filter now, apart from its ids."""
        arrays = self.arrays
        price, reduced = int(arrays.price_cents[row]), int(arrays.discount[row])
        return (
            bool(arrays.live[row])
            and (where.min_price_cents is None or price >= max(where.min_price_cents, 0))
            and (where.max_price_cents is None or NO_PRICE < price <= where.max_price_cents)
            and (where.on_sale is None or (reduced > 0) == where.on_sale)
            and (where.min_discount is None or reduced >= max(where.min_discount, 1))
            and (where.max_discount is None or 0 < reduced <= where.max_discount)
            and (where.in_stock is None or bool(arrays.in_stock[row]) == where.in_stock)
            and (where.min_rating is None or bool(arrays.rating[row] >= where.min_rating))
            and all(self._is(row, name, wanted) for name in CODED if (wanted := getattr(where, name)) is not None)
            and not any(self._is(row, name, unwanted) for name, unwanted in where.excluded)
            and all(test.passes(self.attributes, row) for test in where.attributes)
        )

    def _is(self, row: int, name: str, wanted: Sequence[str]) -> bool:
        code = int(self.arrays.codes[name][row])
        value = self.vocabularies[name].spelling(code).casefold()
        if name != "category":
            return code != NO_CODE and any(value == text.casefold() for text in wanted)
        return code != NO_CODE and any(is_below(value, text.casefold()) for text in wanted)


def is_below(path: str, top: str) -> bool:
    """Whether a category path is another one or below it; both in one case."""
    return path == top or path.startswith(top + CATEGORY_SEPARATOR)


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
