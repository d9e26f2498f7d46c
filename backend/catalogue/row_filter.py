"""What a product must be to be found, as the columns in memory understand it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from backend.catalogue.attributes import Attribute, Attributes
from ml.types import RowMask

AttributeValue: TypeAlias = str | float | bool

ATTRIBUTE_PREFIX = "attributes."
_FIELDS = {
    "price": ("min_price_cents", "max_price_cents"),
    "discount": ("min_discount", "max_discount"),
    "rating": ("min_rating",),
}


@dataclass(frozen=True, slots=True)
class AttributeTest:
    """What one attribute must be; None asks for nothing. Of a list, one value that passes is enough.

    Attributes:
        any_of: one of the values; texts ignore case, and each type is only equal to itself.
        none_of: none of the values; a product without the attribute passes.
        low, high: range of a number, both ends included.
        exists: whether the product has the attribute.
    """

    name: str
    any_of: tuple[AttributeValue, ...] | None = None
    none_of: tuple[AttributeValue, ...] | None = None
    low: float | None = None
    high: float | None = None
    exists: bool | None = None

    def rows(self, attributes: Attributes, capacity: int) -> RowMask:
        """Return which rows pass: bool, shape (capacity,)."""
        attribute = attributes.get(self.name) or Attribute()
        mask = np.ones(capacity, np.bool_)
        if self.any_of is not None:
            mask &= _equal(attributes, attribute, self.any_of, capacity)
        if self.low is not None or self.high is not None:
            slots, numbers = attribute.numbers.view()
            low = -np.inf if self.low is None else self.low
            high = np.inf if self.high is None else self.high
            mask &= attributes.spread(slots[(numbers >= low) & (numbers <= high)], capacity)
        if self.exists is not None:
            present = np.zeros(capacity, np.bool_)
            for pairs in attribute.kinds():
                present |= attributes.spread(pairs.view()[0], capacity)
            mask &= present if self.exists else ~present
        if self.none_of is not None:
            mask &= ~_equal(attributes, attribute, self.none_of, capacity)
        return mask

    def passes(self, attributes: Attributes, row: int) -> bool:
        """Whether one row passes now."""
        attribute, slot = attributes.get(self.name) or Attribute(), attributes.slot(row)
        codes, numbers, flags = attribute.texts.of(slot), attribute.numbers.of(slot), attribute.flags.of(slot)
        texts = {attribute.vocabulary.spelling(code).casefold() for code in codes.tolist() if code}

        def equal(values: tuple[AttributeValue, ...]) -> bool:
            return any(
                value.casefold() in texts
                if isinstance(value, str)
                else bool((flags == value).any() if isinstance(value, bool) else (numbers == value).any())
                for value in values
            )

        within = (numbers >= (-np.inf if self.low is None else self.low)) & (
            numbers <= (np.inf if self.high is None else self.high)
        )
        return (
            (self.any_of is None or equal(self.any_of))
            and (self.none_of is None or not equal(self.none_of))
            and ((self.low is None and self.high is None) or bool(within.any()))
            and (self.exists is None or self.exists == bool(len(codes) or len(numbers) or len(flags)))
        )


def _equal(
    attributes: Attributes, attribute: Attribute, values: tuple[AttributeValue, ...], capacity: int
) -> RowMask:
    mask = np.zeros(capacity, np.bool_)
    texts = [value for value in values if isinstance(value, str)]
    flags = {value for value in values if isinstance(value, bool)}
    numbers = [value for value in values if not isinstance(value, str | bool)]
    if texts:
        slots, codes = attribute.texts.view()
        mask |= attributes.spread(slots[attribute.vocabulary.table(texts).take(codes, mode="clip")], capacity)
    if numbers:
        slots, held = attribute.numbers.view()
        mask |= attributes.spread(slots[np.isin(held, numbers)], capacity)
    if flags:
        slots, set_ = attribute.flags.view()
        mask |= attributes.spread(slots[np.isin(set_, list(flags))], capacity)
    return mask


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a row must be; None means anything. Prices in cents, discounts in hundredths of a percent, ends included.

    Attributes:
        excluded: fields of `CODED` and values that they must not have; a product without a value passes.
        ids: only these products; None for any.
        exclude_ids: not these products.
    """

    min_price_cents: int | None = None
    max_price_cents: int | None = None
    on_sale: bool | None = None
    min_discount: int | None = None
    max_discount: int | None = None
    in_stock: bool | None = None
    min_rating: float | None = None
    category: tuple[str, ...] | None = None
    brand: tuple[str, ...] | None = None
    merchant: tuple[str, ...] | None = None
    colour: tuple[str, ...] | None = None
    size: tuple[str, ...] | None = None
    excluded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    attributes: tuple[AttributeTest, ...] = ()
    ids: frozenset[str] | None = None
    exclude_ids: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether every live row passes."""
        return self == _ANYTHING

    def without(self, facet: str) -> RowFilter:
        """Return the filter without what it says about one facet: a field, a range or `attributes.NAME`."""
        if facet.startswith(ATTRIBUTE_PREFIX):
            name = facet.removeprefix(ATTRIBUTE_PREFIX)
            kept = tuple(test for test in self.attributes if test.name != name)
            return self if len(kept) == len(self.attributes) else replace(self, attributes=kept)
        fields: dict[str, Any] = dict.fromkeys(_FIELDS.get(facet, (facet,)))
        excluded = tuple(pair for pair in self.excluded if pair[0] != facet)
        return replace(self, excluded=excluded, **fields)


_ANYTHING = RowFilter()
