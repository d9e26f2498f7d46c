"""What the machine writes and asks for: few values, so that they meet again and again."""

from __future__ import annotations

from hypothesis import strategies as st

from backend.catalogue.schemas import ProductIn

WORDS = ("steel", "wooden", "coffee", "tea", "mug", "table", "garden", "chair", "lamp", "red", "blue", "light")
IDS = [f"P-{number}X7" for number in range(30)]

ids = st.sampled_from(IDS)
phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
prices = st.none() | st.sampled_from([0, 1, 9.99, 10, 250])
products = st.builds(
    dict, id=ids, title=phrases, description=st.none() | phrases, price=prices,
    sku=st.none() | st.sampled_from([f"KX-{number}00/B" for number in range(8)]),
    brand=st.sampled_from([None, "Norda", "norda", "Kavo"]), category=st.sampled_from([None, "A", "A > X", "B"]),
    colour=st.sampled_from([None, "red", "blue"]), stock_quantity=st.sampled_from([None, 0, 5]),
    quality_score=st.none() | st.sampled_from([0.25, 0.5]), active=st.sampled_from([True] * 9 + [False]),
    attributes=st.just({}) | st.sampled_from([{"material": "oak"}, {"material": ["oak", "wool"], "item_group": "g"}]),
).map(ProductIn.model_validate)  # fmt: skip
changes = st.fixed_dictionaries(
    {}, optional={"price": prices, "stock_quantity": st.sampled_from([None, 0, 1, 5]), "active": st.booleans()}
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "min_price": st.sampled_from([0, 9.99]), "max_price": st.sampled_from([10, 250]), "in_stock": st.booleans(),
        "brand": st.sampled_from([["norda"], ["kavo", "nobody"]]), "category": st.sampled_from(["A", "A > X"]),
        "ids": st.lists(ids, max_size=12),
    },
)  # fmt: skip
workers = st.integers(0, 1)
