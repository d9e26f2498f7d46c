"""Searches for a shopper: another order, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import error_of, found_ids, search, serving
from tests.backend.interaction.helpers import send
from tests.backend.recommend.helpers import fill, write


@pytest.fixture
def shop(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    with serving(make_settings()) as client:
        fill(client)
        send(client, "shoe-teal", "PURCHASE", user_id="u")
        yield client


def mugs(client: TestClient, **request: Any) -> dict[str, Any]:
    return search(client, "mug", limit=10, interpret=False, **request)


def test_taste_moves_the_order_and_nothing_else(shop: TestClient) -> None:
    facets = ["brand", "price"]
    plain, personal = mugs(shop, facets=facets), mugs(shop, facets=facets, user_id="u")
    assert plain["personal"] is None
    assert personal["personal"] == {"state_version": 1, "part": "long_term", "weight": 0.3, "experiments": {}}
    assert found_ids(plain)[0] != "mug-teal"
    assert found_ids(personal)[0] == "mug-teal"  # the colour of the shoes
    for name in ("total", "facets", "interpreted", "rules"):
        assert personal[name] == plain[name]
    whole = [found_ids(mugs(shop, **who)) for who in ({}, {"user_id": "u"})]
    assert whole[0] != whole[1]
    assert set(whole[0]) == set(whole[1])
    assert found_ids(mugs(shop, user_id="u", personal=False)) == found_ids(plain)
    assert found_ids(mugs(shop, user_id="stranger")) == found_ids(plain)
    assert found_ids(mugs(shop, user_id="u", sort="price_asc")) == found_ids(mugs(shop, sort="price_asc"))


def test_a_session_stands_in_for_somebody_without_a_past(shop: TestClient) -> None:
    send(shop, "lamp-gold", "LIKE", session_id="s")
    answer = mugs(shop, session_id="s", explain=True)
    assert answer["personal"]["part"] == "session"
    assert found_ids(answer)[0] == "mug-gold"
    assert answer["items"][0]["explanation"]["session"] > 0


@pytest.mark.parametrize("who", [{}, {"user_id": "u"}, {"user_id": "u", "personal": False}])
def test_the_parts_of_a_score_add_up(shop: TestClient, who: dict[str, Any]) -> None:
    rule = {"title": "red", "when": {"always": True}, "boost": [{"filters": {"brand": "Kavo"}, "factor": 2}]}
    shop.post("/api/v1/rules", json=rule)
    names = ("lexical", "similarity", "exact_match", "business", "long_term", "session")
    items = mugs(shop, explain=True, **who)["items"]
    for item in items:
        assert sum(item["explanation"][name] for name in names) == pytest.approx(item["score"], abs=1e-5)
        assert abs(item["explanation"]["long_term"]) <= 0.3
        assert item["explanation"]["business"] == pytest.approx(0.1 * (item["product"]["brand"] == "Kavo"))


def test_a_query_that_means_one_product_is_left_alone(shop: TestClient) -> None:
    write(
        shop, [{"id": f"drill-{n}", "title": f"drill X{n}00", "sku": f"X{n}00", "stock_quantity": 1} for n in (1, 2)]
    )
    for _ in range(20):
        send(shop, "drill-2", "PURCHASE", user_id="u")
    answer = search(shop, "X100", user_id="u")
    assert found_ids(answer)[0] == "drill-1"
    assert answer["personal"] == {"state_version": 21, "part": None, "weight": 0.0, "experiments": {}}


def test_pages_join_and_a_moved_state_goes_on_by_position(shop: TestClient) -> None:
    whole = found_ids(mugs(shop, user_id="u"))
    request = {"query": "mug", "interpret": False, "user_id": "u", "limit": 4}
    pages, cursor = [], None
    while True:
        answer = shop.post("/api/v1/search", json={**request, **({"cursor": cursor} if cursor else {})}).json()
        pages += found_ids(answer)
        if (cursor := answer["next_cursor"]) is None:
            break
    assert pages[:10] == whole
    assert len(pages) == len(set(pages)) == answer["total"]
    first = shop.post("/api/v1/search", json=request).json()
    send(shop, "lamp-gold", "PURCHASE", user_id="u")
    second = shop.post("/api/v1/search", json={**request, "cursor": first["next_cursor"]}).json()
    assert second["offset"] == 4
    assert found_ids(second) == found_ids(mugs(shop, user_id="u"))[4:8]
    other = {**request, "user_id": "other", "cursor": first["next_cursor"]}
    assert error_of(shop.post("/api/v1/search", json=other)) == (422, "VALIDATION_ERROR")


def test_a_user_is_only_searched_for_with_a_key(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_keys=("k" * 16,))) as client:
        assert client.post("/api/v1/search", json={"query": "x", "session_id": "s"}).status_code == 200
        body = {"query": "x", "user_id": "u"}
        assert error_of(client.post("/api/v1/search", json=body)) == (401, "UNAUTHORIZED")
        assert client.post("/api/v1/search", json=body, headers={"X-API-Key": "k" * 16}).status_code == 200


@pytest.mark.parametrize("body", [{"user_id": "a b"}, {"session_id": ""}, {"personal": "maybe"}, {"user_id": 7}])
def test_bad_shoppers_are_refused(shop: TestClient, body: dict[str, Any]) -> None:
    assert error_of(shop.post("/api/v1/search", json={"query": "mug", **body})) == (422, "VALIDATION_ERROR")


def test_a_search_by_picture_is_not_personal(shop: TestClient) -> None:
    answer = shop.post("/api/v1/search/image", files={"query": (None, "mug"), "user_id": (None, "u")})
    assert error_of(answer) == (422, "VALIDATION_ERROR")
