"""Orders, groups and caps against the plainest way to make them."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.catalogue.records import ChangedProduct, discount
from backend.errors import InvalidRequest
from backend.search.cursor import Cursor
from backend.search.groups import first_few_of_each, first_of_groups
from backend.search.sorts import MISSING, Sort, order, sort_keys
from ml.types import ProductId
from tests.backend.search.catalogue import columns_of, products

SORTS: list[Sort] = ["relevance", "price_asc", "price_desc", "discount", "rating", "newest"]


def plain_key(sort: Sort, product: ChangedProduct) -> tuple[bool, float]:
    """Whether the value is missing, and what sorts first as the least."""
    if sort == "relevance":
        return False, 0
    if sort == "newest":
        return False, -product.created_at.timestamp()
    if sort == "discount":
        reduced = discount(product.price_cents, product.list_price_cents)
        return not reduced, -reduced
    value = product.rating if sort == "rating" else product.price_cents
    return value is None, 0 if value is None else value if sort == "price_asc" else -value


@settings(max_examples=300, deadline=None)
@given(products(), st.sampled_from(SORTS), st.integers(1, 30))
def test_an_order_is_by_key_then_relevance_then_id(listed: list[ChangedProduct], sort: Sort, k: int) -> None:
    scores = {product.id: [0.5, 0.25, 0.0, -1.0][int(product.id[-1]) % 4] for product in listed}
    expected = sorted(listed, key=lambda p: (plain_key(sort, p), -scores[p.id], p.id))
    for seed in (None, 1):
        columns, rows = columns_of(listed, seed)
        numbers = np.arange(len(rows))
        keys = sort_keys(sort, columns.arrays, numbers)
        relevance = np.array([scores[product.id] for product in rows])
        places = order(numbers, keys, relevance, k, lambda row, rows=rows: ProductId(rows[row].id))  # type: ignore[misc]
        assert [rows[place].id for place in places] == [product.id for product in expected[:k]]
        assert (np.diff(keys[places]) <= 0).all()


def test_keys_are_exact_where_doubles_are_not() -> None:
    columns, _ = columns_of([])
    arrays = columns.arrays
    arrays.created_us[:2] = 2**53, 2**53 + 1
    arrays.rating[:3] = 0.0, np.nextafter(np.float32(4), np.float32(5)), 4
    newest = sort_keys("newest", arrays, np.arange(2))
    assert newest[1] - newest[0] == 1
    rating = sort_keys("rating", arrays, np.arange(4))
    assert rating[1] > rating[2] > rating[0] > rating[3] == MISSING


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 4))
def test_groups_keep_their_first_and_caps_the_first_few(codes: list[int], limit: int) -> None:
    array = np.array(codes, np.int32)
    kept, variants = first_of_groups(array)
    seen: set[int] = set()
    expected = [at for at, code in enumerate(codes) if code == 0 or (code not in seen and not seen.add(code))]  # type: ignore[func-returns-value]
    assert kept.tolist() == expected
    assert variants.tolist() == [1 if codes[at] == 0 else codes.count(codes[at]) for at in expected]
    assert sum(variants) == len(codes)
    capped = first_few_of_each(array, limit).tolist()
    assert capped == [at for at, code in enumerate(codes) if code == 0 or codes[:at].count(code) < limit]
    shorter = first_few_of_each(array[: len(codes) // 2], limit).tolist()
    assert shorter == [at for at in capped if at < len(codes) // 2]  # a longer list keeps what a shorter one kept
    counts = Counter(codes[at] for at in capped)
    assert all(count <= limit for code, count in counts.items() if code)


@given(
    st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 2**40), st.text()
)
def test_a_cursor_comes_back_as_it_was(key: int, rank: float, seen: int, request: str) -> None:
    cursor = Cursor(rank, "produit-é", seen, "basis", key)
    text = cursor.encode(request.encode())
    assert Cursor.decode(text, request.encode(), "basis") == cursor
    assert Cursor.decode(text, request.encode(), "other") == seen
    with pytest.raises(InvalidRequest):
        Cursor.decode(text, request.encode() + b"x", "basis")


@given(st.binary(max_size=80) | st.integers(2**62 + 1, 2**63 - 1))
def test_a_damaged_cursor_is_a_typed_error(damage: bytes | int) -> None:
    good = Cursor(0.5, "p", 3, "b").encode(b"request")
    text = good[:-6] + damage.hex() if isinstance(damage, bytes) else Cursor(0.5, "p", 3, "b", damage).encode(b"r")
    try:
        found = Cursor.decode(text, b"request", "b")
    except InvalidRequest:
        return
    assert isinstance(found, Cursor)  # only what still is a whole cursor of this request
    assert math.isfinite(found.rank)
