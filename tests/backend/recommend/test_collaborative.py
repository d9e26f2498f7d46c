"""What others chose: learned from the log, loaded beside the old, and blended in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from backend.config import Settings
from backend.recommend.rules import RecommendRules, checked
from backend.recommend.training import folder_of, forgotten, train_once
from ml.errors import RulesRefused
from ml.recommend.signals import SIGNALS
from ml.recommend.weights import load_weights
from tests.backend.conftest import error_of, put, serving
from tests.backend.interaction.helpers import send
from tests.backend.recommend.helpers import fill, ids, kinds, recommend

BUYERS = 12


def runtime_of(client: TestClient) -> Any:
    return client.app.state.runtime  # type: ignore[attr-defined]


def learn(client: TestClient) -> str:
    """Train and load; return the version."""
    runtime = runtime_of(client)
    space = runtime.engine.live.space
    manifest = train_once(runtime.database, runtime.settings, space)
    assert manifest is not None
    runtime.recommendations.collaborative.load(space)
    version: str = manifest.version
    return version


def buy_together(client: TestClient, one: str, other: str) -> None:
    events = [
        {"user_id": f"{one}-{n}", "product_id": id_, "interaction_type": "PURCHASE"}
        for n in range(BUYERS)
        for id_ in (one, other)
    ]
    others = [
        {"user_id": f"other-{n}", "product_id": f"shoe-{colour}", "interaction_type": "PURCHASE"}
        for n in range(4 * BUYERS)
        for colour in ("red", "blue", "green")
    ]
    answer = client.post("/api/v1/feedback/batch", json={"events": events + others})
    assert answer.json()["rejected"] == 0


def cart(client: TestClient, *product_ids: str, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/recommend/cart", json={"product_ids": list(product_ids), **body})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_what_others_chose_comes_in(shop: TestClient) -> None:
    send(shop, "mug-red", "LIKE", user_id="u")
    before = recommend(shop, user_id="u", limit=39)
    assert before["model_version"] is None
    buy_together(shop, "mug-red", "lamp-gold")
    version = learn(shop)
    answer = recommend(shop, user_id="u", explain=True, limit=39)
    assert answer["model_version"] == version
    assert answer["weights"] == pytest.approx({"long_term": 0.4, "collaborative": 0.6})
    assert ids(answer).index("lamp-gold") < ids(before).index("lamp-gold")
    assert {item["product"]["id"]: item["parts"]["collaborative"] for item in answer["items"]}["lamp-gold"] > 0.1
    for item in answer["items"]:
        assert sum(item["parts"].values()) == pytest.approx(item["score"], abs=1e-5)
    reasons = {item["product"]["id"]: item["reason"]["kind"] for item in answer["items"]}
    assert reasons["lamp-gold"] == "others_chose"
    assert kinds(recommend(shop, context="similar", product_id="mug-red", limit=5)).count("mug") >= 2


def test_what_others_chose_takes_nothing_from_the_query(shop: TestClient) -> None:
    send(shop, "mug-red", "LIKE", user_id="u")
    buy_together(shop, "mug-red", "lamp-gold")
    who = {"user_id": "u", "context": "search", "query": "lamp", "limit": 10, "explain": True}
    before = recommend(shop, **who)
    learn(shop)
    after = recommend(shop, **who)
    assert after["weights"] == pytest.approx({"query": 0.7, "long_term": 0.12, "collaborative": 0.18})
    parts = [
        {item["product"]["id"]: item["parts"]["query"] for item in answer["items"]} for answer in (before, after)
    ]
    assert parts[0] == parts[1]
    assert ids(after).index("lamp-gold") < ids(before).index("lamp-gold")


def test_shares_of_contexts_that_a_file_leaves_out_keep_their_default() -> None:
    rules = checked({"collaborative": {"feed": 0.1}}, "test")
    assert rules.collaborative == {**RecommendRules().collaborative, "feed": 0.1}
    with pytest.raises(RulesRefused, match="collaborative"):
        checked({"collaborative": {"cart": 0.1}}, "test")


def test_a_product_that_nobody_chose_is_judged_by_content_alone(shop: TestClient) -> None:
    buy_together(shop, "mug-red", "lamp-gold")
    learn(shop)
    put(shop, "mug-new", "red mug", category="Kitchen > Mugs", brand="Ulm", stock_quantity=3)
    send(shop, "mug-red", "LIKE", user_id="u")
    answer = recommend(shop, user_id="u", explain=True, limit=20)
    item = next(item for item in answer["items"] if item["product"]["id"] == "mug-new")
    assert item["parts"]["collaborative"] == 0
    assert item["parts"]["long_term"] == pytest.approx(item["score"], abs=1e-6)


def test_bought_together(shop: TestClient) -> None:
    path = "/api/v1/products/mug-red/bought-together"
    assert shop.get(path).json()["items"] == []
    buy_together(shop, "mug-red", "lamp-gold")
    version = learn(shop)
    answer = shop.get(path).json()
    assert ids(answer) == ["lamp-gold"]
    assert answer["rung"] == "bought_together"
    assert answer["model_version"] == version
    assert answer["items"][0]["reason"]["text"] == "Often bought together with “red mug”"
    assert 0 < answer["items"][0]["score"] < 1
    shop.patch("/api/v1/products/lamp-gold", json={"stock_quantity": 0})
    assert shop.get(path).json()["items"] == []
    assert error_of(shop.get("/api/v1/products/none/bought-together")) == (404, "PRODUCT_NOT_FOUND")
    assert error_of(shop.get(f"{path}?limit=0")) == (422, "VALIDATION_ERROR")


def test_a_cart_gets_accessories_and_no_substitutes(shop: TestClient) -> None:
    put(shop, "kettle", "red kettle", category="Kitchen > Kettles", stock_quantity=1)
    put(shop, "pan", "red pan", category="Kitchen > Pans", stock_quantity=1)
    answer = cart(shop, "mug-red", "nothing")
    assert set(ids(answer)) == {"kettle", "pan"}  # the other categories of the department
    assert answer["rung"] == "goes_with"
    assert answer["items"][0]["reason"] == {"kind": "goes_with", "text": "Goes with “red mug”", "because": "mug-red"}
    buy_together(shop, "mug-red", "lamp-gold")
    learn(shop)
    answer = cart(shop, "mug-red", explain=True)
    assert ids(answer)[0] == "lamp-gold"
    assert answer["items"][0]["reason"]["kind"] == "bought_together"
    assert set(kinds(answer)) == {"lamp"}  # and more of what is bought with mugs
    assert "mug" not in kinds(cart(shop, "mug-blue"))
    assert cart(shop, "nothing")["items"] == []
    assert ids(cart(shop, "mug-red", exclude_ids=["lamp-gold"]))[0] != "lamp-gold"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"product_ids": []}, {"product_ids": ["x"] * 101}, {"product_ids": ["a b"]}, {"product_ids": "mug-red"},
        {"product_ids": [None]}, {"product_ids": ["x"], "limit": 0}, {"product_ids": ["x"], "context": "feed"},
    ],
)  # fmt: skip
def test_bad_carts_are_refused(shop: TestClient, body: dict[str, Any]) -> None:
    assert error_of(shop.post("/api/v1/recommend/cart", json=body)) == (422, "VALIDATION_ERROR")


def test_the_model_is_learned_again_when_the_log_has_grown(shop: TestClient) -> None:
    runtime = runtime_of(shop)
    refresher, space = runtime.recommendations.collaborative, runtime.engine.live.space
    buy_together(shop, "mug-red", "lamp-gold")
    assert not refresher.is_due(space)  # just started
    refresher._tried_at -= 60
    assert not refresher.is_due(space)  # too few events
    refresher._settings = runtime.settings.model_copy(update={"recommender_refresh_minutes": 0.5})
    assert refresher.is_due(space)
    first = learn(shop)
    assert not refresher.is_due(space)
    assert learn(shop) == first  # of the same log the same model
    send(shop, "mug-blue", "LIKE", user_id="u")
    assert refresher.is_due(space)
    assert learn(shop) != first
    shop.delete("/api/v1/users/u")
    refresher._settings = runtime.settings
    assert refresher.is_due(space)
    assert learn(shop) == first  # what an erased user did isn't in it any more
    with runtime.database.reading() as db:
        assert forgotten(db) == 1


def test_a_damaged_model_is_not_served(shop: TestClient) -> None:
    runtime = runtime_of(shop)
    refresher, space = runtime.recommendations.collaborative, runtime.engine.live.space
    buy_together(shop, "mug-red", "lamp-gold")
    learn(shop)
    refresher._loaded = refresher._current = None
    (path,) = folder_of(runtime.settings, space).glob("snapshot-*/popularity.npy")
    path.write_bytes(path.read_bytes()[:-3])
    refresher.load(space)
    assert refresher.of(space) is None
    assert recommend(shop, user_id="mug-red-1")["model_version"] is None
    learn(shop)
    assert recommend(shop, user_id="mug-red-1")["model_version"] is not None


def test_a_process_of_its_own_learns_the_same(shop: TestClient) -> None:
    runtime = runtime_of(shop)
    refresher, space = runtime.recommendations.collaborative, runtime.engine.live.space
    buy_together(shop, "mug-red", "lamp-gold")
    shop.portal.call(refresher._train, space)  # type: ignore[union-attr]
    refresher.load(space)
    loaded = refresher.of(space)
    assert loaded is not None
    assert loaded.version == learn(shop)


def test_a_shop_may_bring_its_own_weights(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    blind = load_weights().model_copy(update={"signals": dict.fromkeys(SIGNALS, 0.0) | {"popular": 1.0}})
    blind.save(path)
    with serving(make_settings(recommender_weights_path=path)) as client:
        fill(client)
        send(client, "mug-red", "LIKE", user_id="u")
        buy_together(client, "mug-red", "lamp-gold")
        learn(client)
        items = recommend(client, user_id="u", explain=True, limit=39)["items"]
        parts = {item["product"]["id"]: item["parts"] for item in items}
        assert parts["shoe-red"]["collaborative"] > parts["lamp-gold"]["collaborative"], "by popularity alone"


def test_weights_that_cannot_be_used_are_refused_at_the_start(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    path = tmp_path / "weights.json"
    path.write_text("{}")
    with pytest.raises(ValidationError, match="holds no weights"):
        make_settings(recommender_weights_path=path)
