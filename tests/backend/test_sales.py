"""Sales: what is on sale, how it is filtered, counted, sorted and asked for; and that nothing is embedded anew."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.backend.conftest import error_of, found_ids, put, search


@pytest.fixture
def shop(client: TestClient) -> TestClient:
    """Mugs at half price, a third off, a hair off, at the list price, above it, without one, without a price."""
    for id_, price, list_price in (
        ("half", "10.00", "20.00"), ("third", "20.00", "30.00"), ("hair", "9999999999.98", "9999999999.99"),
        ("same", "15.00", "15.00"), ("dearer", "16.00", "15.00"), ("plain", "17.00", None),
        ("unpriced", None, "9.00"),
    ):  # fmt: skip
        put(client, id_, "steel mug", price=price, list_price=list_price)
    client.app.state.runtime.engine.shop.count()  # type: ignore[attr-defined]
    return client


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"on_sale": True}, {"half", "third", "hair"}),
        ({"on_sale": False}, {"same", "dearer", "plain", "unpriced"}),
        ({"min_discount": 33.33}, {"half", "third"}),
        ({"min_discount": 33.34}, {"half"}),
        ({"min_discount": 50, "max_discount": 50}, {"half"}),
        ({"min_discount": 0}, {"half", "third", "hair"}),
        ({"max_discount": 49.99}, {"third", "hair"}),
        ({"max_discount": 0}, set()),
        ({"on_sale": True, "max_price": 15}, {"half"}),
    ],
)
@pytest.mark.parametrize("query", ["mug", ""])
def test_filters_by_sale_and_discount(
    shop: TestClient, query: str, filters: dict[str, Any], expected: set[str]
) -> None:
    assert set(found_ids(search(shop, query, filters=filters))) == expected


def test_cards_show_a_list_price_only_where_it_means_a_discount(shop: TestClient) -> None:
    cards = {item["product"]["id"]: item["product"] for item in search(shop, "mug")["items"]}
    shown = {id_: (card["list_price"], card["discount"]) for id_, card in cards.items()}
    assert shown == {
        "half": (20.0, 50.0), "third": (30.0, 33.33), "hair": (9999999999.99, 0.01),
        "same": (None, None), "dearer": (None, None), "plain": (None, None), "unpriced": (None, None),
    }  # fmt: skip
    written = shop.get("/api/v1/products/dearer").json()
    assert (written["list_price"], written["discount"]) == (15.0, None)


def test_facets_count_sales_and_discounts(shop: TestClient) -> None:
    on_sale, discount = search(shop, "mug", filters={"on_sale": True}, facets=["on_sale", "discount"])["facets"]
    assert [(value["value"], value["count"], value["selected"]) for value in on_sale["values"]] == [
        (False, 4, False), (True, 3, True),
    ]  # fmt: skip
    assert (discount["total"], discount["missing"], discount["min"], discount["max"]) == (3, 0, 0.01, 50.0)
    everything = search(shop, "mug", filters={"min_discount": 40}, facets=["discount"])["facets"][0]
    assert (everything["total"], everything["missing"], everything["selected_min"]) == (7, 4, 40.0)


def test_the_largest_discount_first_and_pages_join(shop: TestClient) -> None:
    whole = found_ids(search(shop, "mug", sort="discount"))
    assert whole[:3] == ["half", "third", "hair"]
    listed, cursor = [], None
    while True:
        page = search(shop, "mug", sort="discount", limit=2, **({"cursor": cursor} if cursor else {}))
        listed += found_ids(page)
        if not (cursor := page["next_cursor"]):
            break
    assert listed == whole


@pytest.mark.parametrize(
    "query", ["mug on sale", "discounted mug", "reduced mug", "mug im Angebot", "reduzierte mug"]
)
def test_words_ask_for_a_sale(shop: TestClient, query: str) -> None:
    answer = search(shop, query)
    assert set(found_ids(answer)) == {"half", "third", "hair"}
    (note,) = answer["interpreted"]["understood"]
    assert (note["field"], note["value"], note["effect"]) == ("on_sale", True, "filter")
    assert answer["interpreted"]["text"] == "mug"
    assert len(found_ids(search(shop, query, filters={"on_sale": False}))) == 4  # the request wins


def test_without_a_sale_the_words_are_words(client: TestClient) -> None:
    put(client, "a", "steel mug", price=5)
    client.app.state.runtime.engine.shop.count()  # type: ignore[attr-defined]
    answer = search(client, "mug on sale")
    assert found_ids(answer) == ["a"]
    assert answer["interpreted"]["understood"] == []


def test_a_sale_begins_and_ends_at_once_and_embeds_nothing(shop: TestClient) -> None:
    encoder = shop.app.state.runtime.engine.encoder  # type: ignore[attr-defined]
    texts = []
    encode = encoder.encode_texts

    def counting(batch: list[str]) -> Any:
        texts.extend(batch)
        return encode(batch)

    encoder.encode_texts = counting
    try:
        shop.patch("/api/v1/products/plain", json={"list_price": 34})
        assert "plain" in found_ids(search(shop, filters={"min_discount": 50, "max_discount": 50}))
        shop.patch("/api/v1/products/plain", json={"price": 34})
        assert "plain" not in found_ids(search(shop, filters={"on_sale": True}))
    finally:
        encoder.encode_texts = encode
    assert texts == []


@pytest.mark.parametrize(
    "filters",
    [{"min_discount": 101}, {"min_discount": -1}, {"min_discount": 5.555}, {"on_sale": "perhaps"},
     {"min_discount": 50, "max_discount": 40}],
)  # fmt: skip
def test_bad_filters_get_a_typed_422(client: TestClient, filters: dict[str, Any]) -> None:
    assert error_of(client.post("/api/v1/search", json={"filters": filters})) == (422, "VALIDATION_ERROR")


def test_similar_products_may_be_asked_for_on_sale(shop: TestClient) -> None:
    answer = shop.get("/api/v1/products/plain/similar", params={"on_sale": True, "min_discount": "33.33"}).json()
    assert set(found_ids(answer)) == {"half", "third"}
