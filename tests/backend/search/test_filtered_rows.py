"""Filters over columns against the plainest reading of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.catalogue.attributes import Attributes
from backend.catalogue.columns import EPOCH, Columns
from backend.catalogue.records import ChangedProduct
from backend.catalogue.row_filter import AttributeTest, RowFilter
from tests.backend.search.catalogue import FILTERS, TESTS, columns_of, passes, products


@settings(max_examples=1000, deadline=None)
@given(products(), FILTERS, st.none() | st.integers(0, 99))
def test_a_mask_is_what_the_filter_says(listed: list[ChangedProduct], where: RowFilter, seed: int | None) -> None:
    columns, rows = columns_of(listed, seed)
    mask = columns.mask(where)
    expected = [row for row, product in enumerate(rows) if passes(where, product)]
    assert np.flatnonzero(mask).tolist() == expected
    assert [row for row in range(len(mask)) if columns.passes(where, row)] == expected


@settings(max_examples=500, deadline=None)
@given(products(), FILTERS, TESTS)
def test_a_further_condition_never_adds_a_row(
    listed: list[ChangedProduct], where: RowFilter, test: AttributeTest
) -> None:
    columns, _ = columns_of(listed)
    narrower = replace(where, attributes=(*where.attributes, test), brand=where.brand or ("norda",))
    assert not (columns.mask(narrower) & ~columns.mask(where)).any()


@settings(max_examples=300, deadline=None)
@given(products(min_size=1), FILTERS)
def test_a_facet_dropped_from_a_filter_only_widens_it(listed: list[ChangedProduct], where: RowFilter) -> None:
    columns, _ = columns_of(listed)
    mask = columns.mask(where)
    for facet in (
        "brand",
        "category",
        "colour",
        "price",
        "discount",
        "rating",
        "in_stock",
        "on_sale",
        "attributes.material",
    ):
        wider = where.without(facet)
        assert not (mask & ~columns.mask(wider)).any()
        assert wider.without(facet) == wider


def test_changing_attributes_over_and_over_keeps_what_is_current() -> None:
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
    for row in range(5):
        columns.put(row, base._replace(id=f"keep{row}", attributes={"material": ["Wool", f"kind {row}"], "n": row}))
    for turn in range(20_000):  # several times what is cleared away at once
        columns.put(5, base._replace(attributes={"material": f"turn {turn}", "n": turn, f"name {turn % 7}": True}))
    store = columns.attributes
    assert store.compacted() is store
    texts = store.get("material")
    assert texts is not None
    assert len(texts.texts.view()[0]) < 10_000
    assert [row for row in range(6) if columns.passes(_equals("material", "wool"), row)] == [0, 1, 2, 3, 4]
    assert np.flatnonzero(columns.mask(_equals("material", "TURN 19999"))).tolist() == [5]
    assert not columns.mask(_equals("material", "turn 19998")).any()
    assert np.flatnonzero(columns.mask(_equals("n", 3.0))).tolist() == [3]
    columns.retire(5)
    assert list(store.names()) == ["material", "n"]


def test_only_declared_attributes_are_kept() -> None:
    attributes = Attributes(frozenset({"material"}))
    attributes.put(0, {"material": "wool", "weight": 3})
    attributes.put(1, {"weight": 3})
    assert list(attributes.names()) == ["material"]


def _equals(name: str, value: str | float) -> RowFilter:
    return RowFilter(attributes=(AttributeTest(name, any_of=(value,)),))
