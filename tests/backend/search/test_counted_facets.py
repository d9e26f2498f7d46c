"""Facets: sums, order, labels, and that they depend on nothing but the products."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.catalogue.columns import EPOCH, Columns
from backend.catalogue.records import ChangedProduct
from backend.catalogue.row_filter import AttributeTest, RowFilter
from backend.search.facet_schemas import Facet, FacetQuery
from backend.search.facets import count_facets
from backend.search.histogram import histogram, nice_edges, value_at
from tests.backend.search.catalogue import FACETS, FILTERS, columns_of, passes, products

SINGLE = {"brand", "merchant", "colour", "size", "category", "in_stock", "on_sale", "price", "discount", "rating",
          "attributes.waterproof", "attributes.weight"}  # fmt: skip


def counted(columns: Columns, where: RowFilter, queries: tuple[FacetQuery, ...] = FACETS) -> dict[str, Facet]:
    found = count_facets(
        queries, columns, where, columns.mask(where), lambda facet: columns.mask(where.without(facet))
    )
    return {facet.field: facet for facet in found}


def entries(facet: Facet) -> int:
    return sum(item.count for item in (*facet.values, *facet.buckets)) + facet.other


@settings(max_examples=300, deadline=None)
@given(products(), FILTERS)
def test_counts_add_up_and_agree_with_the_filter(listed: list[ChangedProduct], where: RowFilter) -> None:
    columns, rows = columns_of(listed)
    for field, facet in counted(columns, where).items():
        wider = where.without(field)
        among = [product for product in rows if passes(wider, product)]
        if facet.path is None:
            assert facet.total == len(among)
        if field in SINGLE:
            assert entries(facet) + facet.missing == facet.total
        for value in facet.values:  # choosing a value shows as many products as it said
            if field in {"brand", "merchant", "colour", "size", "category"}:
                chosen = replace(wider, **{field: (str(value.value),)})
            elif field in {"in_stock", "on_sale"}:
                chosen = replace(wider, **{field: bool(value.value)})
            else:
                test = AttributeTest(field.removeprefix("attributes."), any_of=(value.value,))
                chosen = replace(wider, attributes=(*wider.attributes, test))
            assert value.count == np.count_nonzero(columns.mask(chosen))
        ranks = [(-value.count, value.label.casefold()) for value in facet.values]
        assert ranks == sorted(ranks)


@settings(max_examples=200, deadline=None)
@given(products(), FILTERS, st.integers(0, 99))
def test_the_order_in_which_products_came_changes_nothing(
    listed: list[ChangedProduct], where: RowFilter, seed: int
) -> None:
    assert counted(columns_of(listed)[0], where) == counted(columns_of(listed, seed)[0], where)


@settings(max_examples=200, deadline=None)
@given(products(), FILTERS, FILTERS)
def test_a_further_filter_never_raises_a_count(
    listed: list[ChangedProduct], where: RowFilter, other: RowFilter
) -> None:
    columns, _ = columns_of(listed)
    queries = tuple(query.model_copy(update={"limit": 500}) for query in FACETS)
    in_stock = True if where.in_stock is None else where.in_stock
    narrower = replace(where, merchant=("m",), in_stock=in_stock, attributes=where.attributes + other.attributes[:1])
    before, after = counted(columns, where, queries), counted(columns, narrower, queries)
    for field, facet in after.items():
        if where.without(field) == where and narrower.without(field) == narrower:
            had = {repr(value.value): value.count for value in before[field].values}
            assert all(value.count <= had.get(repr(value.value), 0) for value in facet.values)
            assert facet.missing <= before[field].missing


def shop(*brands: str | None, **fields: object) -> Columns:
    base = ChangedProduct(
        "p",
        None,
        "kite",
        None,
        True,
        False,
        *[None] * 10,
        attributes={},
        created_at=EPOCH,
        version=1,
        change_version=1,
    )
    columns = Columns()
    for row, brand in enumerate(brands):
        columns.put(row, base._replace(id=f"p{row}", brand=brand, **fields))
    return columns


def test_a_value_is_called_as_most_products_spell_it_and_what_is_selected_stays() -> None:
    columns = shop("NORDA", "Norda", "Norda", "kavo", "Kavo", "Zett", None)
    where = RowFilter(brand=("zett", "nobody"))
    brand = counted(columns, where, (FacetQuery(field="brand", limit=1),))["brand"]
    assert [(value.label, value.count, value.selected) for value in brand.values] == [
        ("Norda", 3, False), ("Zett", 1, True), ("nobody", 0, True),
    ]  # fmt: skip
    assert (brand.other, brand.missing, brand.total) == (2, 1, 7)


def test_the_category_facet_goes_down_the_tree() -> None:
    columns = Columns()
    paths = ["Home", "Home > Bed", "Home > bed > Linen", "Home > Kitchen", "home > Kitchen > Knives", "Garden", None]
    base = ChangedProduct(
        "p",
        None,
        "kite",
        None,
        True,
        False,
        *[None] * 10,
        attributes={},
        created_at=EPOCH,
        version=1,
        change_version=1,
    )
    for row, path in enumerate(paths):
        columns.put(row, base._replace(id=f"p{row}", category=path))

    def level(*selected: str) -> Facet:
        where = RowFilter(category=selected or None)
        return counted(columns, where, (FacetQuery(field="category"),))["category"]

    top = level()
    assert [(value.value, value.label, value.count) for value in top.values] == [
        ("Home", "Home", 5), ("Garden", "Garden", 1),
    ]  # fmt: skip
    assert (top.total, top.missing, top.path) == (7, 1, None)
    home = level("HOME")
    assert [(value.value, value.label, value.count) for value in home.values] == [
        ("Home > Bed", "Bed", 2), ("Home > Kitchen", "Kitchen", 2),
    ]  # fmt: skip
    assert (home.total, home.missing, home.path) == (5, 1, "HOME")
    assert [value.label for value in level("home > bed").values] == ["Linen"]
    assert level("home > bed > linen").values == []
    assert [value.selected for value in level("Home", "Garden").values] == [True, True]


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.floats(-1e300, 1e300) | st.sampled_from([0.0, 1e-300, -1e300, 1.0]), min_size=1, max_size=40),
    st.integers(1, 30),
)
def test_a_histogram_holds_every_value_once(values: list[float], bars: int) -> None:
    edges, counts = histogram(np.array(values), bars)
    assert sum(counts) == len(values)
    assert len(edges) == len(counts) <= bars
    assert edges == sorted(set(edges))
    for low, high, count in zip(edges, [*edges[1:], np.inf], counts, strict=True):
        assert count == sum((value >= low or low == edges[0]) and value < high for value in values)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 400), st.sampled_from([1, 3, 50, 10**6]), st.floats(0, 1))
def test_a_place_is_found_without_sorting(seed: int, count: int, different: int, share: float) -> None:
    values = np.random.default_rng(seed).integers(0, different, count).astype(np.float64)
    place = int(share * (count - 1))
    assert value_at(values, place) == np.sort(values)[place]
    assert value_at(np.sort(values), place) == value_at(np.sort(values)[::-1], place) == np.sort(values)[place]


@pytest.mark.parametrize(
    ("low", "high", "bars", "edges"),
    [
        (0, 99, 10, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]),
        (3.2, 4.9, 4, [3, 3.5, 4, 4.5]),
        (19.99, 19.99, 5, [19.99]),
        (-5, 5, 4, [-5, 0, 5]),
        (0.01, 0.03, 10, [0.01, 0.012, 0.014, 0.016, 0.018, 0.02, 0.022, 0.024, 0.026, 0.028]),
    ],
)
def test_edges_are_those_that_people_choose(low: float, high: float, bars: int, edges: list[float]) -> None:
    assert nice_edges(low, high, bars) == edges


def test_prices_are_counted_in_units_of_the_currency() -> None:
    columns = Columns()
    base = ChangedProduct(
        "p",
        None,
        "kite",
        None,
        True,
        False,
        *[None] * 10,
        attributes={},
        created_at=EPOCH,
        version=1,
        change_version=1,
    )
    for row, cents in enumerate([1999, 2999, 3999, 4999, None]):
        columns.put(row, base._replace(id=f"p{row}", price_cents=cents))
    price = counted(columns, RowFilter(max_price_cents=3000), (FacetQuery(field="price", buckets=4),))["price"]
    assert (price.min, price.max, price.selected_max, price.missing, price.total) == (19.99, 49.99, 30.0, 1, 5)
    assert Counter({bucket.low: bucket.count for bucket in price.buckets}) == {10.0: 1, 20.0: 1, 30.0: 2}
