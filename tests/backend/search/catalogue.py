"""Random products in columns, without database and HTTP, and the plainest reading of every filter."""

from __future__ import annotations

import math
import random
from datetime import timedelta
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from backend.catalogue.columns import EPOCH, Columns
from backend.catalogue.records import ChangedProduct, in_stock
from backend.catalogue.row_filter import AttributeTest, RowFilter
from backend.search.facet_schemas import FacetQuery

TEXTS = st.sampled_from(["Cotton", "cotton", "COTTON", "wool", "Wool", "leather", "\u017filk", "Silk", "x" * 300])
NUMBERS = st.sampled_from([0, -0.0, 1, 1.5, 2, 100, 250.25, 1e9, -7]) | st.floats(-1e6, 1e6)
SCALARS = TEXTS | NUMBERS | st.booleans()
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "material": TEXTS | st.lists(TEXTS, max_size=4),
        "weight": NUMBERS,
        "waterproof": st.booleans(),
        "mixed": SCALARS | st.lists(SCALARS, max_size=4),
        "item_group": st.sampled_from(["g1", "G1", "g2", 7]),
        "empty": st.sampled_from([None, [], ""]),
    },
)
PATHS = ["A", "a", "A > X", "A > x", "A > X > 1", "B", "B > Y", "A > Y"]


def products(min_size: int = 0, max_size: int = 25) -> st.SearchStrategy[list[ChangedProduct]]:
    """Products with distinct ids."""
    product = st.builds(
        ChangedProduct,
        id=st.integers(0, 999).map("p{:03}".format),
        sku=st.none(),
        title=st.just("coffee"),
        description=st.none(),
        active=st.just(True),
        deleted=st.just(False),
        price_cents=st.none() | st.sampled_from([0, 1, 999, 1000, 5000, 10**11]),
        stock_quantity=st.sampled_from([None, 0, 3]),
        rating=st.none() | st.sampled_from([0.0, 3.5, 4.5, 5.0]),
        review_count=st.none() | st.integers(0, 9),
        quality_score=st.none() | st.sampled_from([0.0, 0.5]),
        category=st.none() | st.sampled_from(PATHS),
        brand=st.none() | st.sampled_from(["Norda", "norda", "NORDA", "Kavo", "Strasse", "Straße"]),
        merchant=st.none() | st.just("M"),
        colour=st.none() | st.sampled_from(["red", "Red", "blue"]),
        size=st.none() | st.sampled_from(["S", "m"]),
        attributes=ATTRIBUTES,
        created_at=st.integers(0, 3).map(lambda days: EPOCH + timedelta(days=20_000 + days, microseconds=days)),
        version=st.just(1),
        change_version=st.just(1),
        list_price_cents=st.none() | st.sampled_from([0, 1, 1000, 1250, 10**12 - 1]),
    )
    return st.lists(product, min_size=min_size, max_size=max_size, unique_by=lambda product: product.id)


VALUES = st.sampled_from(["cotton", "WOOL", "leather", "silk", "nylon", 1.0, 100.0, True, False])
TESTS = st.builds(
    AttributeTest,
    name=st.sampled_from(["material", "weight", "waterproof", "mixed", "unheard"]),
    any_of=st.none() | st.lists(VALUES, min_size=1, max_size=3).map(tuple),
    none_of=st.none() | st.lists(VALUES, min_size=1, max_size=2).map(tuple),
    low=st.none() | st.sampled_from([-10.0, 1.0, 50.0]),
    high=st.none() | st.sampled_from([1.0, 100.0, 1e8]),
    exists=st.none() | st.booleans(),
)
BRANDS = st.lists(st.sampled_from(["norda", "KAVO", "strasse", "nobody"]), min_size=1, max_size=2).map(tuple)
TREES = st.lists(st.sampled_from(["a", "A > x", "B", "C"]), min_size=1, max_size=2).map(tuple)
FILTERS = st.builds(
    RowFilter,
    min_price_cents=st.none() | st.sampled_from([0, 1, 999]),
    max_price_cents=st.none() | st.sampled_from([999, 5000]),
    on_sale=st.none() | st.booleans(),
    min_discount=st.none() | st.sampled_from([0, 1, 2000, 2001]),
    max_discount=st.none() | st.sampled_from([0, 2000, 10_000]),
    in_stock=st.none() | st.booleans(),
    min_rating=st.none() | st.just(3.5),
    category=st.none() | TREES,
    brand=st.none() | BRANDS,
    colour=st.none() | st.just(("RED",)),
    excluded=st.sampled_from([(), (("brand", ("norda",)),), (("category", ("a > x",)), ("colour", ("blue",)))]),
    attributes=st.lists(TESTS, max_size=2, unique_by=lambda test: test.name).map(tuple),
)
FACETS = tuple(
    FacetQuery(field=field, limit=3, buckets=4)
    for field in (
        "brand", "category", "merchant", "colour", "size", "in_stock", "on_sale", "price", "discount", "rating",
        "attributes.material", "attributes.weight", "attributes.waterproof", "attributes.mixed",
    )
)  # fmt: skip


def columns_of(listed: list[ChangedProduct], seed: int | None = None) -> tuple[Columns, list[ChangedProduct]]:
    """Put products into columns; with a seed in another order, with rows that came and went in between."""
    columns, rows = Columns(), list(listed)
    if seed is not None:
        rng = random.Random(seed)
        rng.shuffle(rows)
    for row, product in enumerate(rows):
        if seed is not None:
            other = rng.choice(listed)
            columns.put(row, other._replace(attributes={**other.attributes, "gone": "soon"}))
        columns.put(row, product)
    if seed is not None and rows:
        columns.put(len(rows), rows[0]._replace(id="gone", brand="Gone", attributes={"material": "gone"}))
        columns.retire(len(rows))
    return columns, rows


def passes(where: RowFilter, product: ChangedProduct) -> bool:
    """Read a filter in the plainest way."""
    price, before = product.price_cents, product.list_price_cents
    reduced = 0.0  # in hundredths of a percent
    if price is not None and before is not None and before > price:
        reduced = max(1, math.floor(Fraction(10_000 * (before - price), before)))

    def same(value: Any, wanted: Any) -> bool:
        if isinstance(value, str) and isinstance(wanted, str):
            return len(value) <= 200 and value.casefold() == wanted.casefold()
        return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)

    def named(field: str, wanted: tuple[str, ...]) -> bool:
        value = getattr(product, field)
        return value is not None and any(
            value.casefold() == text.casefold()
            or (field == "category" and value.casefold().startswith(text.casefold() + " > "))
            for text in wanted
        )

    def attribute(test: AttributeTest) -> bool:
        held = product.attributes.get(test.name)
        values = [v for v in (held if isinstance(held, list) else [held]) if v not in (None, "")]
        numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        low, high = (-np.inf if test.low is None else test.low), (np.inf if test.high is None else test.high)
        return (
            (test.any_of is None or any(same(v, w) for v in values for w in test.any_of))
            and (test.none_of is None or not any(same(v, w) for v in values for w in test.none_of))
            and ((test.low is None and test.high is None) or any(low <= v <= high for v in numbers))
            and (test.exists is None or test.exists == bool(values))
        )

    return (
        (where.min_price_cents is None or (price is not None and price >= where.min_price_cents))
        and (where.max_price_cents is None or (price is not None and price <= where.max_price_cents))
        and (where.on_sale is None or where.on_sale == (reduced > 0))
        and (where.min_discount is None or (reduced > 0 and reduced >= where.min_discount))
        and (where.max_discount is None or (reduced > 0 and reduced <= where.max_discount))
        and (where.in_stock is None or in_stock(product.stock_quantity) == where.in_stock)
        and (where.min_rating is None or (product.rating is not None and product.rating >= where.min_rating))
        and all(
            named(field, wanted)
            for field in ("category", "brand", "colour")
            if (wanted := getattr(where, field)) is not None
        )
        and not any(named(field, unwanted) for field, unwanted in where.excluded)
        and all(map(attribute, where.attributes))
    )
