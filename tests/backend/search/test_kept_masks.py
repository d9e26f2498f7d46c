"""Masks that are kept are those that would be made anew."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.catalogue.columns import EPOCH, Columns
from backend.catalogue.masks import Masks
from backend.catalogue.records import ChangedProduct
from backend.catalogue.row_filter import AttributeTest, RowFilter
from tests.backend.search.catalogue import FILTERS, columns_of, products

BASE = ChangedProduct(
    "p", None, "kite", None, True, False, *[None] * 10, attributes={}, created_at=EPOCH, version=1, change_version=1
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(products(min_size=1), st.lists(FILTERS, min_size=1, max_size=4), st.data())
def test_a_kept_mask_is_the_current_one(
    listed: list[ChangedProduct], filters: list[RowFilter], data: st.DataObject
) -> None:
    columns, rows = columns_of(listed)
    masks = Masks(columns)
    for _ in range(8):
        where = data.draw(st.sampled_from(filters))
        mask, count = masks.of(where, lambda where=where: columns.mask(where))
        assert np.array_equal(mask, columns.mask(where))
        assert count == np.count_nonzero(mask)
        row = data.draw(st.integers(0, len(rows) - 1))
        if data.draw(st.booleans()):
            columns.put(row, data.draw(st.sampled_from(listed)))
        elif data.draw(st.booleans()):
            columns.retire(row)


def test_a_mask_is_made_once_while_nothing_changes() -> None:
    columns, made = _shop(), 0

    def make() -> np.ndarray:
        nonlocal made
        made += 1
        return columns.mask(RowFilter(brand=("b1",)))

    masks = Masks(columns)
    for _ in range(3):
        assert masks.of(RowFilter(brand=("b1",)), make)[1] == 10
    assert made == 1
    columns.retire(1)
    assert [masks.of(RowFilter(brand=("b1",)), make)[1] for _ in range(2)] == [9, 9]
    assert made == 2
    with pytest.raises(ValueError, match="read-only"):
        masks.of(RowFilter(brand=("b1",)), make)[0][0] = True


def test_one_and_true_are_not_one_filter() -> None:
    columns = _shop()
    columns.put(0, BASE._replace(attributes={"flag": True}))
    columns.put(1, BASE._replace(attributes={"flag": 1}))
    masks = Masks(columns)
    for value, row in ((True, 0), (1, 1), (True, 0)):
        where = RowFilter(attributes=(AttributeTest("flag", any_of=(value,)),))
        assert np.flatnonzero(masks.of(where, lambda where=where: columns.mask(where))[0]).tolist() == [row]


def test_masks_take_no_more_than_they_may() -> None:
    columns = _shop()
    masks = Masks(columns, budget_bytes=3 * len(columns.arrays.live))
    made: list[str] = []

    def ask(brand: str) -> None:
        masks.of(RowFilter(brand=(brand,)), lambda: made.append(brand) or columns.mask(RowFilter(brand=(brand,))))

    for brand in ("b0", "b1", "b2", "b3", "b3", "b1", "b0"):
        ask(brand)
    assert made == ["b0", "b1", "b2", "b3", "b0"]


def test_masks_follow_a_writer_beside_them() -> None:
    columns = _shop()
    masks, where, stop = Masks(columns), RowFilter(in_stock=True), threading.Event()
    stock = 0

    def write() -> None:
        nonlocal stock
        while not stop.is_set():
            columns.put(0, BASE._replace(stock_quantity=1 - stock))
            stock = 1 - stock

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(3000):
        masks.of(where, lambda: columns.mask(where))
    stop.set()
    writer.join()
    assert bool(masks.of(where, lambda: columns.mask(where))[0][0]) == bool(stock)


def _shop() -> Columns:
    columns = Columns()
    for row in range(40):
        columns.put(row, BASE._replace(id=f"p{row}", brand=f"b{row % 4}"))
    return columns
