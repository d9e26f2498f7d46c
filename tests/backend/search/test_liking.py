"""From the log to what a shopper likes, without database and HTTP: which acts count, and which attributes."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogue.columns import EPOCH, Columns
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.records import ChangedProduct
from backend.catalogue.traits import MOST, Traits
from backend.interaction.events import LoggedEvent
from backend.search.acts import LOOKED_AT, NO_ACTS, Acts
from backend.search.leaning import Leaning
from backend.search.liking import Liking
from ml.profile.rules import ProfileRules
from tests.backend.search.catalogue import columns_of, products

RULES = ProfileRules()
DAY_US = 86_400 * 10**6


def event(product_id: str, type_: str, days_ago: float = 0, rating: float | None = None) -> LoggedEvent:
    return LoggedEvent(1, product_id, type_, rating, round((100 - days_ago) * DAY_US), None, None)


def strengths(*events: LoggedEvent) -> dict[str, float]:
    acts = Acts.of(events, RULES)
    return dict(zip(acts.products, acts.strengths.tolist(), strict=True))


def product(id_: str, **fields: Any) -> ChangedProduct:
    plain = dict.fromkeys(ChangedProduct._fields)
    known = {"title": "x", "active": True, "deleted": False, "attributes": {}, "created_at": EPOCH, "version": 1}
    return ChangedProduct(**{**plain, **known, "change_version": 1, "id": id_, **fields})


def traits_of(*listed: ChangedProduct) -> Traits:
    columns = Columns()
    for row, one in enumerate(listed):
        columns.put(row, one)
    return Traits.of(columns)


def texts(traits: Traits, row: int) -> dict[str, str | None]:
    numbers = traits.described(np.array([row])).values[0].tolist()
    return {traits.names[place]: traits.text(place, number) for place, number in enumerate(numbers)}


def test_the_strongest_act_for_a_product_and_the_strongest_against_it_count() -> None:
    assert strengths(event("a", "PURCHASE"), event("a", "ADD_TO_CART"), event("b", "VIEW")) == {"a": 1.0, "b": 0.1}
    assert strengths(event("a", "ADD_TO_CART"), event("a", "REMOVE_FROM_CART"))["a"] == pytest.approx(0.3)
    assert strengths(event("a", "DISLIKE"), event("b", "RATING", rating=1)) == {"a": -0.5, "b": -1.0}
    assert Acts.of([event("a", "VIEW"), event("b", "VIEW"), event("b", "CLICK")], RULES).viewed.tolist() == [
        True, False,
    ]  # fmt: skip


def test_acts_fade_from_the_newest_one_on() -> None:
    found = strengths(event("a", "PURCHASE", 50), event("b", "PURCHASE", 80))
    assert found == {"a": 1.0, "b": pytest.approx(math.exp(-1))}


def test_a_long_past_costs_no_more() -> None:
    assert Acts.of([], RULES) is NO_ACTS
    long = [event(f"p{n}", "CLICK") for n in range(3 * LOOKED_AT)]
    assert len(Acts.of(long, RULES).products) == LOOKED_AT


def test_traits_are_brand_colour_size_and_the_attributes_that_describe() -> None:
    listed = [
        product(
            f"p{n}", brand="Norda" if n % 2 else "NORDA", colour="red", price_cents=1000 * (n + 1),
            attributes={
                "pattern": "dotted" if n else "plain", "warm": n > 1, "use": ["indoors", "garden"],
                "item_group": "g", "serial": f"s{n}", "weight": 3,
            },
        )
        for n in range(6)
    ]  # fmt: skip
    traits = traits_of(*listed)
    assert traits.names == ("brand", "colour", "size", "attributes.pattern", "attributes.warm", "price")
    assert texts(traits, 0) == {
        "brand": "norda", "colour": "red", "size": None, "attributes.pattern": "plain", "attributes.warm": "false",
    }  # fmt: skip
    assert texts(traits, 5)["attributes.warm"] == "true"
    assert texts(traits, 10**6) == dict.fromkeys(traits.names[:-1])
    levels = traits.described(np.arange(6)).levels
    assert np.all(np.diff(levels) > 0)
    assert levels.mean() == pytest.approx(0, abs=1e-6)


def test_the_commonest_attributes_are_taken() -> None:
    listed = [product(f"p{n}", attributes={f"a{k:02}": "x" for k in range(n + 1)}) for n in range(MOST + 5)]
    names = traits_of(*listed).names
    assert len(names) == MOST + 4
    assert "attributes.a00" in names
    assert f"attributes.a{MOST}" not in names


@given(products())
def test_traits_do_not_depend_on_the_history_of_rows(listed: list[ChangedProduct]) -> None:
    columns, _ = columns_of(listed)
    plain = Traits.of(columns)
    moved, rows = columns_of(listed, seed=1)
    other = Traits.of(moved)
    assert plain.names == other.names
    place = {one.id: row for row, one in enumerate(rows)}
    for row, one in enumerate(listed):
        assert texts(plain, row) == texts(other, place[one.id])
    levels = plain.described(np.arange(len(listed))).levels
    again = other.described(np.array([place[one.id] for one in listed], np.int64)).levels
    assert levels == pytest.approx(again, abs=1e-5, nan_ok=True)
    assert np.isnan(levels).tolist() == [not one.price_cents for one in listed]
    assert np.all(plain.base.shares <= 1)


def leaning_in(columns: Columns, rows: list[ChangedProduct], acts: Acts) -> Leaning | None:
    """Return what acts lead to in one process, where rows and values have numbers of its own."""
    place = {one.id: row for row, one in enumerate(rows)}
    live = SimpleNamespace(
        columns=columns, index=SimpleNamespace(row_of=place.get), traits=SimpleNamespace(current=Traits.of(columns))
    )
    stand_in = cast(LiveCatalogue, live)
    leaders = np.array([place[id_] for id_ in sorted(place)], np.int64)
    return Leaning.among(stand_in, leaders, None, Liking.of(stand_in, acts))


@given(products(min_size=2), st.lists(st.sampled_from(["PURCHASE", "VIEW", "DISLIKE"]), min_size=25, max_size=25))
def test_taste_has_the_same_name_in_every_process(listed: list[ChangedProduct], types: list[str]) -> None:
    acts = Acts.of([event(one.id, type_) for one, type_ in zip(listed, types, strict=False)], RULES)
    here, there = leaning_in(*columns_of(listed), acts), leaning_in(*columns_of(listed, seed=1), acts)
    assert (here is None) == (there is None)
    if here is not None and there is not None:
        assert here.basis == there.basis


def test_another_taste_has_another_name() -> None:
    listed = [product(f"p{n}", brand=brand, category=f"C{n % 3}") for n, brand in enumerate(["a", "b"] * 3)]
    names = set()
    for liked in ("p0", "p1", "p2"):
        leaning = leaning_in(*columns_of(listed), Acts.of([event(liked, "PURCHASE")], RULES))
        assert leaning is not None
        names.add((leaning.basis, leaning.liking and leaning.liking.digest))
    assert len({basis for basis, _ in names}) == 2, "by brand"
    assert len({digest for _, digest in names}) == 2
