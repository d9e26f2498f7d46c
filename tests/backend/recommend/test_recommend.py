"""Recommendations over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.catalogue.live import LiveCatalogue
from backend.config import Settings
from backend.recommend.shortlist import Limits
from ml.types import Embedding, ProductId, RowMask
from tests.backend.conftest import error_of, put, serving
from tests.backend.interaction.helpers import send
from tests.backend.recommend.helpers import BRANDS, fill, ids, kinds, recommend, served, work


def test_a_list_knows_what_was_done_a_moment_ago(shop: TestClient) -> None:
    assert recommend(shop, user_id="u")["state_version"] == 0
    sent = send(shop, "mug-red", "PURCHASE", user_id="u")
    answer = recommend(shop, user_id="u", limit=5)
    assert answer["state_version"] == sent["state_version"]
    assert answer["rung"] == "long_term"
    assert answer["weights"] == {"long_term": 1.0}
    assert kinds(answer)[:2] == ["mug"] * 2
    assert "mug-red" not in ids(answer)
    send(shop, "tent-blue", "PURCHASE", user_id="u", session_id="s")
    answer = recommend(shop, user_id="u", session_id="s", limit=10, explain=True)
    assert answer["weights"] == {"long_term": 0.6, "session": 0.4}
    assert {"mug", "tent"} <= set(kinds(answer))
    for item in answer["items"]:
        assert sum(item["parts"].values()) == pytest.approx(item["score"], abs=1e-5)


def test_reasons_name_the_product_that_they_stand_on(shop: TestClient) -> None:
    send(shop, "mug-red", "PURCHASE", user_id="u")
    send(shop, "tent-blue", "CLICK", user_id="u")
    by_id = {item["product"]["id"]: item["reason"] for item in recommend(shop, user_id="u", limit=15)["items"]}
    assert by_id["mug-blue"] == {
        "kind": "like_yours", "text": "Like “red mug”, which you bought", "because": "mug-red",
    }  # fmt: skip
    assert by_id["tent-red"]["because"] in {"tent-blue", "mug-red"}
    shop.delete("/api/v1/products/mug-red")
    reason = recommend(shop, user_id="u", limit=1)["items"][0]["reason"]
    assert reason["because"] != "mug-red"


def test_a_stranger_climbs_down_the_ladder(shop: TestClient) -> None:
    answer = recommend(shop)
    assert answer["rung"] == "newest"
    assert answer["weights"] == {}
    assert [item["score"] for item in answer["items"]] == [None] * 10
    for user in ("a", "b", "c"):
        send(shop, "lamp-gold", "PURCHASE", user_id=user)
    send(shop, "shoe-red", "PURCHASE", user_id="a")
    work(shop)
    shop.app.state.runtime.recommendations.popular._read_at = float("-inf")  # type: ignore[attr-defined]
    answer = recommend(shop, user_id="new")
    assert answer["rung"] == "popular"
    assert ids(answer)[:2] == ["lamp-gold", "shoe-red"]
    assert [item["reason"]["kind"] for item in answer["items"]][:3] == ["popular", "popular", "newest"]
    assert answer["items"][0]["reason"]["text"] == "Popular with other shoppers"
    assert recommend(shop, context="search", query="blue lamp")["rung"] == "query"
    assert recommend(shop, context="similar", product_id="mug-red")["rung"] == "product"
    answer = recommend(shop, context="category", category="clothing", limit=5)
    assert answer["rung"] == "category"
    assert ids(answer)[0] == "shoe-red"
    assert set(kinds(answer)) == {"shoe"}
    send(shop, "tent-red", "CLICK", session_id="visit")
    assert recommend(shop, session_id="visit")["rung"] == "session"
    assert recommend(shop, session_id="visit", context="category", category="Sports")["weights"] == {"session": 1.0}


@pytest.mark.parametrize(
    ("context", "body", "weights"),
    [
        ("search", {"query": "red lamp"}, {"query": 0.7, "long_term": 0.3}),
        ("similar", {"product_id": "lamp-red"}, {"product": 0.8, "long_term": 0.2}),
        ("category", {"category": "Home"}, {"long_term": 1.0}),
    ],
)
def test_contexts_blend_their_own_parts(
    shop: TestClient, context: str, body: dict[str, Any], weights: dict[str, float]
) -> None:
    send(shop, "mug-blue", "LIKE", user_id="u")
    answer = recommend(shop, user_id="u", context=context, limit=5, explain=True, **body)
    assert answer["weights"] == weights
    assert kinds(answer)[0] == "lamp"
    assert set(answer["items"][0]["parts"]) == set(weights)
    assert "lamp-red" not in ids(answer) or context != "similar"


def test_what_can_not_be_sold_or_is_not_wanted_is_left_out(shop: TestClient) -> None:
    send(shop, "mug-red", "LIKE", user_id="u")
    shop.patch("/api/v1/products/mug-blue", json={"stock_quantity": 0})
    send(shop, "mug-green", "PURCHASE", user_id="u")
    send(shop, "mug-white", "DISLIKE", user_id="u")
    send(shop, "mug-pink", "VIEW", user_id="u")
    listed = set(ids(recommend(shop, user_id="u", limit=40, exclude_ids=["mug-grey"])))
    gone = {"mug-red", "mug-blue", "mug-green", "mug-white", "mug-pink", "mug-grey"}
    assert not listed & gone
    assert len(listed) == 34
    listed = set(ids(recommend(shop, user_id="u", limit=40, exclude_seen=False, exclude_purchased=False)))
    assert gone - listed == {"mug-blue", "mug-white"}
    send(shop, "mug-white", "PURCHASE", user_id="u")
    assert "mug-white" in ids(recommend(shop, user_id="u", limit=40, exclude_seen=False, exclude_purchased=False))
    listed = set(ids(recommend(shop, user_id="u", limit=40, filters={"category": "Home", "max_price": 13})))
    assert listed == {"lamp-red", "lamp-blue", "lamp-green", "lamp-white"}


def test_a_dislike_alone_says_nothing_about_what_fits(shop: TestClient) -> None:
    send(shop, "mug-red", "DISLIKE", user_id="u", session_id="s")
    answer = recommend(shop, user_id="u", session_id="s", limit=40)
    assert (answer["rung"], answer["weights"]) == ("newest", {})
    assert {item["reason"]["kind"] for item in answer["items"]} == {"newest"}
    assert "mug-red" not in ids(answer)
    assert recommend(shop, user_id="u", context="search", query="mug")["weights"] == {"query": 1.0}
    send(shop, "lamp-red", "VIEW", user_id="u")
    assert recommend(shop, user_id="u")["rung"] == "long_term"


def test_variants_collapse_and_brands_are_capped(shop: TestClient) -> None:
    for size in ("S", "M", "L"):
        put(shop, f"boot-{size}", "red boot", attributes={"item_group": "boot"}, brand="Norda", stock_quantity=1)
    send(shop, "shoe-red", "LIKE", user_id="u")
    answer = recommend(shop, user_id="u", limit=40)
    assert sum(id_.startswith("boot") for id_ in ids(answer)) == 1
    assert "boot" not in kinds(recommend(shop, context="similar", product_id="boot-S", limit=40))
    answer = recommend(shop, user_id="u", limit=10)
    brands = [item["product"]["brand"] for item in answer["items"]]
    assert max(map(brands.count, BRANDS)) <= 3
    answer = recommend(shop, user_id="u", limit=10, max_per_brand=1)
    first = [item["product"]["brand"] for item in answer["items"]][:5]
    assert sorted(first) == sorted(BRANDS)
    assert len(answer["items"]) == 10  # rather a brand again than a short list
    only = recommend(shop, user_id="u", limit=8, filters={"brand": "Kavo"})
    assert len(only["items"]) == 8


def test_the_log_has_what_was_served(shop: TestClient) -> None:
    send(shop, "mug-red", "CLICK", user_id="u", session_id="s")
    answer = recommend(shop, user_id="u", session_id="s", explore=True, limit=10)
    logged = served(shop, answer["recommendation_id"])
    assert logged is not None
    assert (logged.user_id, logged.session_id, logged.context) == ("u", "s", "feed")
    assert logged.state_version == answer["state_version"]
    assert logged.weights == answer["weights"]
    expected = [(i["product"]["id"], i["propensity"], i["explored"]) for i in answer["items"]]
    assert list(logged.items) == expected
    assert [item["propensity"] for item in answer["items"]][:9] == [1.0] * 9
    assert 0 < answer["items"][9]["propensity"] < 1
    lists = [{"user_id": "u", "session_id": "s", "exclude_ids": [f"other-{n}"]} for n in range(12)]  # none is kept
    drawn = {ids(recommend(shop, explore=True, **one))[-1] for one in lists}
    assert len(drawn) > 1
    assert len({tuple(ids(recommend(shop, user_id="u", session_id="s", explore=True))[:-1]) for _ in range(4)}) == 1
    assert recommend(shop, user_id="u", explore=True, limit=4)["items"][3]["propensity"] == 1.0


def test_a_full_log_costs_no_answer(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(recommendation_queue_size=1)) as client:
        fill(client)
        ledger = client.app.state.runtime.recommendations.ledger  # type: ignore[attr-defined]
        ledger._max_waiting = 0
        assert recommend(client)["recommendation_id"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"context": "search"}, {"context": "search", "query": "   "}, {"context": "similar"}, {"context": "category"},
        {"query": "x"}, {"context": "feed", "product_id": "mug-red"}, {"limit": 0}, {"limit": 101}, {"limit": "ten"},
        {"user_id": ""}, {"user_id": "a b"}, {"user_id": "x" * 129}, {"user_id": "a\u0000"}, {"session_id": "a/b"},
        {"user_id": "\ud800"}, {"exclude_ids": ["x"] * 1001}, {"exclude_ids": ["a b"]},
        {"filters": {"in_stock": False}}, {"context": "category", "category": ">".join("abcdefghijkl")},
        {"filters": {"attributes": {"nothing": {"exists": True}}}}, {"filters": {"min_price": "NaN"}},
        {"max_per_brand": 0}, {"context": "home"}, {"unknown": 1},
        {"context": "search", "query": "x" * 2001}, {"explain": "perhaps"},
    ],
)  # fmt: skip
def test_bad_requests_are_refused(shop: TestClient, body: dict[str, Any]) -> None:
    if body.get("user_id") == "\ud800":
        answer = shop.post("/api/v1/recommend", content=b'{"user_id": "\\ud800"}')
    else:
        answer = shop.post("/api/v1/recommend", json=body)
    assert error_of(answer) == (422, "VALIDATION_ERROR")


def test_products_that_are_not_there(shop: TestClient) -> None:
    body = {"context": "similar", "product_id": "nothing"}
    assert error_of(shop.post("/api/v1/recommend", json=body)) == (404, "PRODUCT_NOT_FOUND")
    assert error_of(shop.post("/api/v1/recommend", json={**body, "product_id": "a b"})) == (422, "VALIDATION_ERROR")
    shop.patch("/api/v1/products/mug-red", json={"active": False})
    body["product_id"] = "mug-red"
    assert error_of(shop.post("/api/v1/recommend", json=body)) == (409, "PRODUCT_NOT_SEARCHABLE")
    assert recommend(shop, exclude_ids=["nothing"], filters={"ids": ["nowhere"]})["items"] == []
    assert recommend(shop, context="category", category="Nowhere")["items"] == []


def test_an_empty_shop_recommends_nothing(client: TestClient) -> None:
    assert recommend(client, user_id="u")["items"] == []
    assert recommend(client, context="search", query="mug")["items"] == []


def test_hidden_products_stay_hidden(shop: TestClient) -> None:
    send(shop, "mug-red", "LIKE", user_id="u")
    rule = {"title": "no blue mugs", "when": {"always": True}, "hide": ["mug-blue"]}
    assert shop.post("/api/v1/rules", json=rule).status_code in {200, 201}
    assert "mug-blue" not in ids(recommend(shop, user_id="u", limit=40))


def test_a_key_is_needed_where_there_is_one(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_keys=("k" * 16,))) as client:
        assert error_of(client.post("/api/v1/recommend", json={})) == (401, "UNAUTHORIZED")
        answer = client.post("/api/v1/recommend", json={}, headers={"X-API-Key": "k" * 16})
        assert answer.status_code == 200


def test_a_product_that_is_moved_meanwhile_stays_excluded(shop: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    send(shop, "mug-red", "PURCHASE", user_id="u")
    index = shop.app.state.runtime.engine.live.index  # type: ignore[attr-defined]
    upsert, mask = index.upsert, Limits.mask
    columns_done, mask_made, moved, answered = Event(), Event(), Event(), Event()

    def slow_upsert(ids: Sequence[ProductId], vectors: Embedding) -> None:
        columns_done.set()
        assert mask_made.wait(30)
        upsert(ids, vectors)
        moved.set()
        assert answered.wait(30)

    def mask_before_the_move(limits: Limits, live: LiveCatalogue) -> RowMask:
        made = mask(limits, live)
        mask_made.set()
        assert moved.wait(30)
        return made

    monkeypatch.setattr(index, "upsert", slow_upsert)
    monkeypatch.setattr(Limits, "mask", mask_before_the_move)
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(put, shop, "mug-red", title="red mug, glazed", brand="Alder", category="mug")
        assert columns_done.wait(30)
        answer = recommend(shop, user_id="u", limit=20)
        answered.set()
        assert "mug-red" not in ids(answer)
        written.result()
