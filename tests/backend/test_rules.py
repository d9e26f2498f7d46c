"""Merchandising rules over HTTP."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from ml.encoder.fake import FakeEncoder
from tests.backend.conftest import error_of, found_ids, put, search, serving
from tests.backend.image_forms import by_picture, picture

HIDING = {"title": "No mugs today", "when": {"query_contains": ["mug"]}, "hide": ["b"]}


@pytest.fixture
def shop(client: TestClient) -> TestClient:
    for id_ in "abc":
        put(client, id_, "steel mug")
    return client


def test_a_rule_is_followed_from_its_write_to_its_end(shop: TestClient) -> None:
    made = shop.post("/api/v1/rules", json=HIDING)
    assert made.status_code == 201
    rule, version = made.json()["rule"], made.json()["catalogue_version"]
    answer = search(shop, "steel mug")
    assert found_ids(answer) == ["a", "c"]
    assert answer["total"] == 2
    assert answer["catalogue_version"] == version
    assert found_ids(search(shop, "steel")) == ["a", "b", "c"]
    changed = shop.put(f"/api/v1/rules/{rule['id']}", json={**HIDING, "hide": ["a"], "priority": 2})
    assert changed.json()["rule"]["created_at"] == rule["created_at"]
    assert found_ids(search(shop, "mug")) == ["b", "c"]
    listed = shop.get("/api/v1/rules").json()
    assert listed["rules"] == [changed.json()["rule"]]
    assert listed["catalogue_version"] == version + 1
    assert shop.delete(f"/api/v1/rules/{rule['id']}").status_code == 204
    assert found_ids(search(shop, "mug")) == ["a", "b", "c"]
    assert shop.get("/api/v1/rules").json()["rules"] == []


@pytest.mark.parametrize("query", ["mug", ""])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pinned_products_stand_at_their_places_on_every_page(client: TestClient, query: str, limit: int) -> None:
    for number in range(8):
        put(client, f"p{number}", "steel mug", brand="A" if number < 7 else "B")
    plain = found_ids(search(client, query))
    pins = [{"id": plain[6], "position": 1}, {"id": plain[1], "position": 2}, {"id": plain[0], "position": 5},
            {"id": plain[7], "position": 90}, {"id": "unheard", "position": 3}]  # fmt: skip
    client.post("/api/v1/rules", json={"title": "pins", "when": {"always": True}, "pin": pins})
    expected = [plain[6], plain[1], plain[2], plain[3], plain[0], plain[4], plain[5], plain[7]]
    listed, cursor = [], None
    while True:
        page = search(client, query, limit=limit, facets=["brand"], **({"cursor": cursor} if cursor else {}))
        assert page["total"] == page["facets"][0]["total"] == 8
        assert page["offset"] == len(listed)
        listed += page["items"]
        if not (cursor := page["next_cursor"]):
            break
    assert [item["product"]["id"] for item in listed] == expected
    assert [item["pinned"] for item in listed] == [True, True, False, False, True, False, False, True]
    middle = search(client, query, limit=2, offset=1)
    assert found_ids(middle) == expected[1:3]
    assert found_ids(search(client, query, limit=2, cursor=middle["next_cursor"])) == expected[3:5]
    assert found_ids(search(client, query, filters={"exclude_ids": [plain[6]]}))[:2] == [plain[2], plain[1]]
    unpinned = search(client, query, sort="price_asc")
    assert not any(item["pinned"] for item in unpinned["items"])


def pages_of(ask: Callable[..., dict[str, Any]], **request: Any) -> list[str]:
    listed, cursor = [], None
    while True:
        page = ask(limit=2, **request, **({"cursor": cursor} if cursor else {}))
        listed += found_ids(page)
        if not (cursor := page["next_cursor"]):
            return listed


def test_boosts_and_pins_order_browsing_on_every_page(client: TestClient) -> None:
    for number in range(7):
        put(
            client,
            f"p{number}",
            "steel mug",
            quality_score=0.5 + number / 20,
            brand="Norda" if number < 3 else "Kavo",
        )
    assert pages_of(lambda **page: search(client, "", **page)) == [f"p{number}" for number in range(6, -1, -1)]
    boosts = [{"filters": {"brand": "Norda"}, "factor": 3}, {"filters": {"ids": ["p6"]}, "factor": 0.6}]
    pins = [{"id": "p5", "position": 4}]
    client.post("/api/v1/rules", json={"title": "t", "when": {"always": True}, "pin": pins, "boost": boosts})
    # Norda gains 0.158, p6 loses 0.074: of 0.65, 0.7, ... 0.8 for the others.
    assert pages_of(lambda **page: search(client, "", **page)) == ["p2", "p6", "p1", "p5", "p4", "p0", "p3"]
    assert all(item["score"] is None for item in search(client, "")["items"])


def test_boosts_move_a_search_by_picture_by_deviations(colour_shop: TestClient) -> None:
    plain = by_picture(colour_shop, picture("red"), limit=6)
    scores = {item["product"]["id"]: item["score"] for item in plain["items"]}
    last = found_ids(plain)[-1]
    boost = [{"filters": {"ids": [last]}, "factor": 10}, {"filters": {"ids": ["red"]}, "factor": 0.5}]
    colour_shop.post("/api/v1/rules", json={"title": "t", "when": {"always": True}, "boost": boost})
    live = colour_shop.app.state.runtime.engine.live  # type: ignore[attr-defined]
    deviation = live.calibration.scale(FakeEncoder(image_tower=True).encode_texts(["red"])[0]).deviation
    moved = by_picture(colour_shop, picture("red"), limit=6)
    expected = {**scores, last: scores[last] + math.log2(10) * deviation, "red": scores["red"] - deviation}
    assert {i["product"]["id"]: i["score"] for i in moved["items"]} == pytest.approx(expected, abs=2e-6)
    assert found_ids(moved) == sorted(expected, key=lambda id_: (-expected[id_], id_))
    assert pages_of(lambda **page: by_picture(colour_shop, picture("red"), **page)) == found_ids(moved)


@pytest.mark.parametrize("query", ["mug", ""])
@pytest.mark.parametrize(
    "change",
    [
        {"boost": [{"filters": {"brand": "Kavo"}, "factor": 8}]},
        {"boost": [{"filters": {"brand": "Norda"}, "factor": 2}]},
        {"pin": [{"id": "p7", "position": 5}]},
    ],
)
def test_a_list_whose_rule_is_edited_goes_on_by_position(
    client: TestClient, query: str, change: dict[str, Any]
) -> None:
    for number in range(8):
        put(client, f"p{number}", "steel mug", brand="Norda" if number % 2 else "Kavo")
    body = {"title": "t", "when": {"always": True}, "boost": [{"filters": {"brand": "Norda"}, "factor": 8}],
            "pin": [{"id": "p0", "position": 1}]}  # fmt: skip
    rule = client.post("/api/v1/rules", json=body).json()["rule"]
    whole, first = found_ids(search(client, query)), search(client, query, limit=3)
    assert found_ids(first) == whole[:3]
    hiding = {**body, "title": "Another", "hide": [whole[1]]}
    assert client.put(f"/api/v1/rules/{rule['id']}", json=hiding).status_code == 200
    # Nothing else has moved, so the list goes on behind the last one seen, though one before it is gone.
    assert found_ids(search(client, query, limit=3, cursor=first["next_cursor"])) == whole[3:6]

    assert client.put(f"/api/v1/rules/{rule['id']}", json={**body, **change}).status_code == 200
    second = search(client, query, limit=3, cursor=first["next_cursor"])
    assert second["offset"] == 3
    assert found_ids(second) == found_ids(search(client, query, limit=3, offset=3))
    rest = search(client, query, limit=3, cursor=second["next_cursor"])
    assert found_ids(rest) == found_ids(search(client, query, limit=3, offset=6))


def test_everything_a_rule_says_comes_back(shop: TestClient) -> None:
    body = {
        "title": "All of it",
        "when": {"query_equals": ["mug"], "category": "Home>Kitchen"},
        "pin": [{"id": "a", "position": 3}],
        "boost": [{"factor": 0.5, "filters": {"min_price": "3.10", "not": {"brand": "x"},
                                              "attributes": {"m": {"in": ["w", 3, True]}}}}],
        "hide": ["c"],
        "enabled": False,
        "active_from": "2026-06-01T12:00:00+02:00",
    }  # fmt: skip
    rule = shop.post("/api/v1/rules", json=body).json()["rule"]
    stored = shop.get("/api/v1/rules").json()["rules"][0]
    assert stored == rule
    assert stored["active_from"] == "2026-06-01T10:00:00Z"
    assert stored["when"]["category"] == "Home > Kitchen"
    again = {name: value for name, value in stored.items() if name not in {"id", "created_at", "updated_at"}}
    replaced = shop.put(f"/api/v1/rules/{rule['id']}", json=again)
    assert replaced.status_code == 200, replaced.text
    assert {**replaced.json()["rule"], "updated_at": ""} == {**stored, "updated_at": ""}


def test_rules_that_are_not_there_and_wrong_ones(shop: TestClient) -> None:
    assert error_of(shop.put("/api/v1/rules/none", json=HIDING)) == (404, "RULE_NOT_FOUND")
    assert error_of(shop.delete("/api/v1/rules/none")) == (404, "RULE_NOT_FOUND")
    assert error_of(shop.post("/api/v1/rules", json={**HIDING, "when": {}})) == (422, "VALIDATION_ERROR")


def test_another_process_follows_and_a_restart_keeps_the_rules(
    shop: TestClient, make_settings: Callable[..., Settings]
) -> None:
    rule: dict[str, Any] = shop.post("/api/v1/rules", json=HIDING).json()["rule"]
    with serving(make_settings(), FakeEncoder()) as other:
        assert found_ids(search(other, "mug")) == ["a", "c"]
        other.delete(f"/api/v1/rules/{rule['id']}")
        assert found_ids(search(other, "mug")) == ["a", "b", "c"]
    shop.app.state.runtime.engine.live.catch_up(shop.app.state.runtime.database)  # type: ignore[attr-defined]
    assert found_ids(search(shop, "mug")) == ["a", "b", "c"]


def test_rules_need_a_key(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_keys=("a key that is long",)), FakeEncoder()) as client:
        assert error_of(client.post("/api/v1/rules", json=HIDING)) == (401, "UNAUTHORIZED")
        assert error_of(client.get("/api/v1/rules")) == (401, "UNAUTHORIZED")
        made = client.post("/api/v1/rules", json=HIDING, headers={"X-API-Key": "a key that is long"})
        assert made.status_code == 201
