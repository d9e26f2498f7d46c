"""Filters on attributes, facets, sorts, groups and caps over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from backend.search.schemas import SearchResponse
from ml.encoder.fake import FakeEncoder
from tests.backend.conftest import error_of, found_ids, put, search, serving


@pytest.fixture
def shop(client: TestClient) -> TestClient:
    """A shop to write to."""
    return _filled(client)


@pytest.fixture(scope="module")
def open_shop(module_settings: Settings) -> Iterator[TestClient]:
    """The same for tests that change nothing."""
    with serving(module_settings) as client:
        yield _filled(client)


def _filled(client: TestClient) -> TestClient:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("s1", {"price": 30, "brand": "Norda", "attributes": {"material": ["Cotton", "wool"], "weight_g": 200,
                                                              "waterproof": True, "item_group": "shirt"}}),
        ("s2", {"price": 25, "brand": "norda", "attributes": {"material": "cotton", "weight_g": 300.5,
                                                              "waterproof": False, "item_group": "shirt"}}),
        ("s3", {"price": 90, "brand": "Kavo", "rating": 4.5, "attributes": {"material": "leather"}}),
        ("s4", {"brand": "Norda", "rating": 5, "attributes": {"Größe": "weit\n\"quer\""}}),
        ("s5", {"price": 30, "category": "Home > Bed"}),
    ]  # fmt: skip
    for id_, fields in rows:
        put(client, id_, "coffee shirt", **fields)
    return client


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"attributes": {"material": {"in": ["COTTON", "wool"]}}}, {"s1", "s2"}),
        ({"attributes": {"material": {"equals": "wool"}}}, {"s1"}),
        ({"attributes": {"material": {"not": ["leather"]}}}, {"s1", "s2", "s4", "s5"}),
        ({"attributes": {"material": {"not": "leather", "exists": True}}}, {"s1", "s2"}),
        ({"attributes": {"weight_g": {"min": 200, "max": 300}}}, {"s1"}),
        ({"attributes": {"weight_g": {"in": [300.5, 7]}}}, {"s2"}),
        ({"attributes": {"waterproof": {"equals": True}}}, {"s1"}),
        ({"attributes": {"waterproof": {"exists": False}}}, {"s3", "s4", "s5"}),
        ({"attributes": {"Größe": {"equals": 'WEIT\n"quer"'}}}, {"s4"}),
        ({"attributes": {"material": {"equals": "cotton"}, "weight_g": {"min": 250}}}, {"s2"}),
        ({"not": {"brand": "NORDA"}}, {"s3", "s5"}),
        ({"not": {"category": "home"}, "max_price": 50}, {"s1", "s2"}),
        ({"ids": ["s1", "s4", "unheard"]}, {"s1", "s4"}),
        ({"ids": []}, set()),
        ({"exclude_ids": ["s1", "unheard"], "brand": "norda"}, {"s2", "s4"}),
    ],
)
@pytest.mark.parametrize("query", ["coffee", ""])
def test_filters(open_shop: TestClient, filters: dict[str, Any], expected: set[str], query: str) -> None:
    answer = search(open_shop, query, filters=filters)
    assert set(found_ids(answer)) == expected
    assert answer["total"] == len(expected)


@pytest.mark.parametrize(
    "filters",
    [
        {"attributes": {"nothing": {"equals": 1}}},
        {"attributes": {"weight_g": {"equals": "heavy"}}},
        {"attributes": {"weight_g": {"equals": True}}},
        {"attributes": {"material": {"min": 3}}},
        {"attributes": {"material": {"equals": 3}}},
        {"attributes": {"material": {}}},
        {"attributes": {"material": {"in": []}}},
        {"attributes": {"material": {"in": ["x"] * 101}}},
        {"attributes": {"material": {"equals": "x" * 201}}},
        {"attributes": {"material": {"equals": ""}}},
        {"attributes": {"material": {"equals": None}}},
        {"attributes": {"material": {"equals": {"a": 1}}}},
        {"attributes": {"material": {"equals": "cotton", "in": ["wool"]}}},
        {"attributes": {"material": {"like": "cotton"}}},
        {"attributes": {"material": {"exists": "yes"}}},
        {"attributes": {"material": {"exists": False, "equals": "wool"}}},
        {"attributes": {"weight_g": {"min": 3, "max": 2}}},
        {"attributes": {"weight_g": {"min": "3"}}},
        {"attributes": {"weight_g": {"min": True}}},
        {"attributes": {"weight_g": {"min": 10**400}}},
        {"attributes": {"": {"exists": True}}},
        {"attributes": {"x" * 101: {"exists": True}}},
        {"attributes": {f"name {number}": {"exists": True} for number in range(51)}},
        {"attributes": ["material"]},
        {"attributes": {"__class__": {"exists": True}}},
        {"attributes": {"material'; DROP TABLE products; --\x00": {"exists": True}}},
        {"not": {"price": 3}},
        {"not": {"brand": []}},
        {"not": None},
        {"unwanted": {"brand": "x"}},
        {"ids": ["a b"]},
        {"ids": ["x"] * 1001},
        {"exclude_ids": [1]},
    ],
)
def test_wrong_filters_get_a_typed_422(open_shop: TestClient, filters: dict[str, Any]) -> None:
    answer = open_shop.post("/api/v1/search", json={"query": "x", "filters": filters})
    assert error_of(answer) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_number_is_refused(open_shop: TestClient, number: str) -> None:
    raw = '{"query": "x", "filters": {"attributes": {"weight_g": {"max": ' + number + "}}}}"
    answer = open_shop.post("/api/v1/search", content=raw, headers={"Content-Type": "application/json"})
    assert error_of(answer) == (422, "VALIDATION_ERROR")


def test_an_unknown_attribute_names_those_that_exist(shop: TestClient) -> None:
    answer = shop.post("/api/v1/search", json={"filters": {"attributes": {"Materiel": {"equals": "wool"}}}})
    error = answer.json()["error"]
    assert "did you mean 'material'?" in error["message"]
    assert error["details"]["suggestions"] == ["material"]
    assert error["details"]["known"] == ["Größe", "item_group", "material", "waterproof", "weight_g"]
    for id_ in ("s1", "s2", "s3"):
        shop.patch(f"/api/v1/products/{id_}", json={"attributes": {}})
    answer = shop.post("/api/v1/search", json={"filters": {"attributes": {"material": {"equals": "wool"}}}})
    assert answer.json()["error"]["details"]["known"] == ["Größe"]


def test_an_attribute_changed_in_place_is_filtered_at_once(shop: TestClient) -> None:
    where = {"attributes": {"material": {"equals": "silk"}}}
    assert shop.patch("/api/v1/products/s5", json={"attributes": {"material": ["silk"]}}).status_code == 200
    assert found_ids(search(shop, "coffee", filters=where)) == ["s5"]
    shop.patch("/api/v1/products/s5", json={"price": 4})
    assert found_ids(search(shop, "coffee", filters=where)) == ["s5"]
    shop.patch("/api/v1/products/s5", json={"attributes": {"material": ["wool"]}})
    wool = {"attributes": {"material": {"equals": "wool"}}}
    assert set(found_ids(search(shop, "coffee", filters=wool))) == {"s1", "s5"}
    shop.delete("/api/v1/products/s5")
    assert found_ids(search(shop, "coffee", filters=wool)) == ["s1"]


def test_facets_come_with_the_answer(open_shop: TestClient) -> None:
    facets = ["brand", "price", "category", {"field": "attributes.material", "limit": 1}, "attributes.weight_g"]
    answer = search(open_shop, "coffee", filters={"brand": "norda"}, facets=facets)
    SearchResponse.model_validate(answer)
    brand, price, category, material, weight = answer["facets"]
    assert [(value["label"], value["count"], value["selected"]) for value in brand["values"]] == [
        ("Norda", 3, True), ("Kavo", 1, False),
    ]  # fmt: skip
    assert (brand["missing"], brand["total"]) == (1, 5)
    assert (price["kind"], price["min"], price["max"], price["missing"], price["total"]) == ("range", 25, 30, 1, 3)
    assert (category["kind"], category["missing"]) == ("tree", 3)
    assert [(value["label"], value["count"]) for value in material["values"]] == [("Cotton", 2)]
    assert (material["other"], material["missing"]) == (1, 1)
    assert sum(bucket["count"] for bucket in weight["buckets"]) == 2
    assert search(open_shop, "coffee")["facets"] == []


@pytest.mark.parametrize(
    "facets",
    [["weight"], ["attributes."], ["attributes.unheard"], ["brand", "brand"], [{"field": "brand", "limit": 0}],
     [{"field": "brand", "of": 3}], "brand", [3], [None], [f"attributes.{number}" for number in range(21)]],
)  # fmt: skip
def test_wrong_facets_get_a_typed_422(open_shop: TestClient, facets: Any) -> None:
    answer = open_shop.post("/api/v1/search", json={"query": "x", "facets": facets})
    assert error_of(answer) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price_asc", ["s2", "s1", "s5", "s3", "s4"]),
        ("price_desc", ["s3", "s1", "s5", "s2", "s4"]),
        ("rating", ["s4", "s3", "s1", "s2", "s5"]),
        ("newest", ["s5", "s4", "s3", "s2", "s1"]),
    ],
)
def test_sorts_order_equal_products_by_relevance_then_id(
    open_shop: TestClient, sort: str, expected: list[str]
) -> None:
    assert found_ids(search(open_shop, "coffee shirt", sort=sort)) == expected


def test_a_cursor_of_another_sort_is_refused(open_shop: TestClient) -> None:
    cursor = search(open_shop, "coffee", sort="price_asc", limit=1)["next_cursor"]
    for other in ({}, {"sort": "newest"}, {"sort": "price_asc", "group": "item_group"}):
        answer = open_shop.post("/api/v1/search", json={"query": "coffee", "limit": 1, "cursor": cursor, **other})
        assert error_of(answer) == (422, "VALIDATION_ERROR")


def test_only_the_attributes_that_the_settings_name_can_be_asked_for(
    make_settings: Callable[..., Settings],
) -> None:
    with serving(make_settings(search_attributes=" material ,weight_g,"), FakeEncoder()) as client:
        put(client, "p", "coffee", attributes={"material": "wool", "secret": "x"})
        assert found_ids(search(client, "", filters={"attributes": {"material": {"equals": "WOOL"}}})) == ["p"]
        answer = client.post("/api/v1/search", json={"filters": {"attributes": {"secret": {"equals": "x"}}}})
        assert answer.json()["error"]["details"]["known"] == ["material"]
    assert make_settings(search_attributes=" , ").search_attributes is None
