"""Counts of values among a set of rows: what a shopper can narrow the list by, and to how many products."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.attributes import Attribute, Attributes
from backend.catalogue.columns import NO_PRICE, Columns
from backend.catalogue.fields import CATEGORY_SEPARATOR, MAX_CATEGORY_DEPTH
from backend.catalogue.row_filter import ATTRIBUTE_PREFIX, RowFilter
from backend.catalogue.vocabulary import CategoryVocabulary, Codes
from backend.search.facet_schemas import FLAGS, RANGES, Bucket, Facet, FacetQuery, FacetValue
from backend.search.facet_values import Counts, best_first, flag_values, text_values
from backend.search.filters import check_known
from backend.search.histogram import histogram
from ml.types import RowMask


def check_facets(queries: Iterable[FacetQuery], attributes: Attributes) -> None:
    """Make sure that facets on attributes can be counted.

    Raises:
        InvalidRequest: no product has such an attribute.
    """
    for query in queries:
        if query.field.startswith(ATTRIBUTE_PREFIX):
            check_known(query.field.removeprefix(ATTRIBUTE_PREFIX), attributes, f"facets.{query.field}")


def count_facets(
    queries: Sequence[FacetQuery],
    columns: Columns,
    where: RowFilter,
    members: RowMask,
    members_without: Callable[[str], RowMask],
) -> list[Facet]:
    """Count each facet among the results that its own filter doesn't narrow.

    Args:
        queries: what to count.
        columns: of the catalogue.
        where: the filter of the search.
        members: rows that are results: bool, shape (capacity,).
        members_without: rows that would be results without the filter on one facet; only asked for those that have
            one.
    """
    counter, everything = _Counter(columns, where), Members(members)
    return [
        counter.count(
            query, everything if where.without(query.field) == where else Members(members_without(query.field))
        )
        for query in queries
    ]


class Members:
    """A set of rows in the forms that counting is fast with."""

    def __init__(self, mask: RowMask) -> None:
        self.rows = np.flatnonzero(mask)
        self.padded = np.zeros(len(mask) + 2, np.bool_)  # as `Attributes.among` wants it
        self.padded[1:-1] = mask

    def __len__(self) -> int:
        return len(self.rows)


def _distinct_count(slots: list[Codes]) -> int:
    """Count the products behind the slots of texts, numbers and flags; each array rises."""
    filled = [array for array in slots if len(array)]
    if len(filled) == 1:
        return int(np.count_nonzero(np.diff(filled[0]))) + 1
    return len(np.unique(np.concatenate(filled))) if filled else 0


@dataclass(frozen=True, slots=True)
class _Counter:
    columns: Columns
    where: RowFilter

    def count(self, query: FacetQuery, members: Members) -> Facet:
        total = len(members)
        if query.field.startswith(ATTRIBUTE_PREFIX):
            return self._attribute(query, members, total)
        arrays = self.columns.arrays
        if query.field in RANGES:
            numbers, low, high = self._numbers(query.field, members)
            return _range(query, total, numbers, missing=total - len(numbers), low=low, high=high)
        if query.field in FLAGS:
            flags, selected = (
                (arrays.in_stock, self.where.in_stock)
                if query.field == "in_stock"
                else (arrays.discount > 0, self.where.on_sale)
            )
            there = int(np.count_nonzero(flags.take(members.rows)))
            values = flag_values(total - there, there, {selected})
            return Facet(field=query.field, kind="values", total=total, missing=0, values=best_first(values))
        codes = arrays.codes[query.field]
        if query.field == "category":
            return self._level(query, codes, members)
        vocabulary = self.columns.vocabularies[query.field]
        counts = np.bincount(codes.take(members.rows))
        chosen: tuple[str, ...] = getattr(self.where, query.field) or ()
        values, other = text_values(query, vocabulary, counts, chosen, lambda: self._spelled(codes))
        missing = int(counts[0]) if len(counts) else 0
        return Facet(
            field=query.field, kind="values", total=total, missing=missing, values=best_first(values), other=other
        )

    def _numbers(self, field: str, members: Members) -> tuple[NDArray[np.float64], float | None, float | None]:
        """Return the values of a range as shoppers read them, and the ends that are selected."""
        arrays, where = self.columns.arrays, self.where
        if field == "rating":
            ratings = arrays.rating.take(members.rows).astype(np.float64)
            return ratings[~np.isnan(ratings)], where.min_rating, None
        if field == "price":
            cents = arrays.price_cents.take(members.rows)
            return cents[cents != NO_PRICE] / 100, _units(where.min_price_cents), _units(where.max_price_cents)
        hundredths = arrays.discount.take(members.rows)
        return hundredths[hundredths > 0] / 100, _units(where.min_discount), _units(where.max_discount)

    def _spelled(self, codes: Codes) -> Counts:
        """Count the spellings of all live products: what a value is called doesn't depend on the search."""
        return np.bincount(codes * self.columns.arrays.live[: len(codes)])

    def _level(self, query: FacetQuery, codes: Codes, members: Members) -> Facet:
        vocabulary = self.columns.vocabularies["category"]
        assert isinstance(vocabulary, CategoryVocabulary)  # noqa: S101  as the columns made it
        held = codes.take(members.rows)  # a copy: later codes than those that the levels below know can't come in
        folds, levels = vocabulary.folds, vocabulary.levels
        selected = self.where.category or ()
        path = selected[0] if len(selected) == 1 else None
        depth = 0 if path is None else path.count(CATEGORY_SEPARATOR) + 1
        per_path = np.bincount(held, minlength=len(folds))[: len(folds)]
        if path is not None:
            per_path = np.where(vocabulary.table([path])[: len(folds)], per_path, 0)
        total = int(per_path.sum())
        if depth >= MAX_CATEGORY_DEPTH:
            return Facet(field=query.field, kind="tree", total=total, missing=total, path=path)
        level = levels[: len(folds), depth]
        counts = np.bincount(level, weights=per_path, minlength=len(folds)).astype(np.int64)

        def spelled() -> Counts:
            everywhere = self._spelled(codes)[: len(folds)]
            return np.bincount(level[: len(everywhere)], weights=everywhere, minlength=len(folds)).astype(np.int64)

        missing = int(counts[0])
        chosen = selected if path is None else ()  # several may be chosen, and of these the top level is shown
        values, other = text_values(
            query, vocabulary, counts, [text for text in chosen if CATEGORY_SEPARATOR not in text], spelled
        )
        for value in values:
            value.label = str(value.value).rpartition(CATEGORY_SEPARATOR)[2]
        return Facet(
            field=query.field,
            kind="tree",
            total=total,
            missing=missing,
            values=best_first(values),
            other=other,
            path=path,
        )

    def _attribute(self, query: FacetQuery, members: Members, total: int) -> Facet:
        name, attributes = query.field.removeprefix(ATTRIBUTE_PREFIX), self.columns.attributes
        attribute = attributes.get(name) or Attribute()
        test = next((test for test in self.where.attributes if test.name == name), None)
        selected = () if test is None or test.any_of is None else test.any_of
        slots, codes = attribute.texts.view()
        number_slots, numbers = attribute.numbers.view()
        flag_slots, flags = attribute.flags.view()
        among = [attributes.among(of_kind, members.padded) for of_kind in (slots, number_slots, flag_slots)]
        numbers, flags = numbers[among[1]], flags[among[2]]
        present = [of_kind[chosen] for of_kind, chosen in zip((slots, number_slots, flag_slots), among, strict=True)]
        # Only between the two steps of changing a product can it be counted twice.
        missing = max(0, total - _distinct_count(present))
        if not any(attributes.in_use(name)[::2]):  # numbers alone
            low, high = (None, None) if test is None else (test.low, test.high)
            return _range(query, total, numbers, missing=missing, low=low, high=high)
        counts = np.bincount(codes[among[0]])

        def spelled() -> Counts:
            return np.bincount(codes[attributes.among(slots, Members(self.columns.arrays.live).padded)])

        texts = [value for value in selected if isinstance(value, str)]
        values, other = text_values(query, attribute.vocabulary, counts, texts, spelled)
        other += int(counts[0]) if len(counts) else 0  # prose
        if flags.size:
            there = int(np.count_nonzero(flags))
            values += flag_values(len(flags) - there, there, {v for v in selected if isinstance(v, bool)})
        if numbers.size:
            chosen_numbers = {value for value in selected if not isinstance(value, str | bool)}
            values += [
                FacetValue(value=number, label=f"{number:.15g}", count=count, selected=number in chosen_numbers)
                for number, count in zip(*(a.tolist() for a in np.unique(numbers, return_counts=True)), strict=True)
            ]
        listed = best_first(values)
        kept = [value for place, value in enumerate(listed) if place < query.limit or value.selected]
        other += sum(value.count for value in values) - sum(value.count for value in kept)
        return Facet(field=query.field, kind="values", total=total, missing=missing, values=kept, other=other)


def _units(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100


def _range(
    query: FacetQuery,
    total: int,
    numbers: NDArray[np.float64],
    *,
    missing: int,
    low: float | None,
    high: float | None,
) -> Facet:
    facet = Facet(field=query.field, kind="range", total=total, missing=missing, selected_min=low, selected_max=high)
    if len(numbers):
        edges, counts = histogram(numbers, query.buckets)
        ends = [*edges[1:], None]
        facet.min, facet.max = float(numbers.min()), float(numbers.max())
        facet.buckets = [
            Bucket(low=edge, high=end, count=count) for edge, end, count in zip(edges, ends, counts, strict=True)
        ]
    return facet
