"""Kept recommendations: the same list while nothing changed, each serving with its own id in the log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from backend.interaction.vectors import StateSpace
from backend.recommend.logged import drawn_slots
from backend.recommend.serving import list_of, new_list, served_again
from backend.recommend.training import train_once
from tests.backend.cache.test_kept_searches import settle
from tests.backend.conftest import put, serving
from tests.backend.interaction.helpers import send
from tests.backend.recommend.helpers import fill, ids, recommend, served, work

NOBODY: dict[str, Any] = {"context": "similar", "product_id": "mug-red"}


def ask(client: TestClient, **body: Any) -> tuple[dict[str, Any], str]:
    """Return an answer, and whether its list was kept."""
    answer = client.post("/api/v1/recommend", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.headers["x-cache"]


def test_a_kept_list_is_served_again_under_another_id(shop: TestClient) -> None:
    send(shop, "mug-red", "PURCHASE", user_id="u")
    answers = [ask(shop, user_id="u", session_id="s") for _ in range(3)]
    assert [outcome for _, outcome in answers] == ["miss", "hit", "hit"]
    lists = [answer for answer, _ in answers]
    ids_of_servings = [one.pop("recommendation_id") for one in lists]
    assert lists[0] == lists[1] == lists[2]
    assert len(set(ids_of_servings)) == 3
    assert len({list_of(id_) for id_ in ids_of_servings}) == 1
    logged = [served(shop, id_) for id_ in ids_of_servings]
    expected = [(i["product"]["id"], i["propensity"], i["explored"]) for i in lists[0]["items"]]
    assert expected[-1][1] < 1  # a place was drawn
    times = set()
    for one in logged:
        assert one is not None
        assert (one.user_id, one.session_id, one.rung) == ("u", "s", lists[0]["rung"])
        assert (one.weights, one.state_version) == (lists[0]["weights"], lists[0]["state_version"])
        assert list(one.items) == expected
        times.add(one.served_at_us)
    assert len(times) == 3
    cached = shop.get("/cache/stats").json()["types"]["recommend"]
    assert (cached["hits"], cached["misses"]) == (2, 1)


def test_what_a_shopper_does_is_in_the_next_list(shop: TestClient) -> None:
    assert [ask(shop, user_id="u")[1] for _ in range(2)] == ["miss", "hit"]
    sent = send(shop, "mug-blue", "LIKE", user_id="u")
    answer, outcome = ask(shop, user_id="u")
    assert (outcome, answer["state_version"]) == ("miss", sent["state_version"])
    send(shop, "tent-red", "CLICK", user_id="somebody-else")
    assert ask(shop, user_id="u")[1] == "hit"
    assert ask(shop, user_id="other")[1] == "miss"
    shop.delete("/api/v1/users/u").raise_for_status()
    answer, outcome = ask(shop, user_id="u")
    assert (outcome, answer["state_version"], answer["rung"]) == ("miss", 0, "newest")


def test_what_is_sold_out_is_in_no_list(shop: TestClient) -> None:
    first = ids(ask(shop, **NOBODY)[0])
    assert ask(shop, **NOBODY)[1] == "hit"
    shop.patch(f"/api/v1/products/{first[0]}", json={"stock_quantity": 0}).raise_for_status()
    answer, outcome = ask(shop, **NOBODY)
    assert outcome == "miss"
    assert first[0] not in ids(answer)
    rule = {"title": "r", "when": {"always": True}, "hide": [ids(answer)[0]]}
    assert shop.post("/api/v1/rules", json=rule).status_code == 201
    assert ids(answer)[0] not in ids(ask(shop, **NOBODY)[0])


@pytest.mark.parametrize(
    "change",
    [{"limit": 5}, {"explain": True}, {"exclude_ids": ["mug-blue"]}, {"session_id": "s"}, {"explore": False},
     {"filters": {"max_price": 15}}],
)  # fmt: skip
def test_what_differs_is_answered_by_itself(shop: TestClient, change: dict[str, Any]) -> None:
    outcomes = [ask(shop, **NOBODY)[1], ask(shop, **{**NOBODY, **change})[1], ask(shop, **NOBODY)[1]]
    assert outcomes == ["miss", "miss", "hit"]


def test_a_list_of_what_is_popular_follows_the_votes(shop: TestClient) -> None:
    popular = shop.app.state.runtime.recommendations.popular  # type: ignore[attr-defined]
    assert [ask(shop)[1] for _ in range(2)] == ["miss", "hit"]
    assert ask(shop, **NOBODY)[1] == "miss"
    send(shop, "lamp-gold", "PURCHASE", user_id="a")
    work(shop)
    popular._read_at = float("-inf")
    answer, outcome = ask(shop)
    assert (outcome, answer["rung"], ids(answer)[0]) == ("miss", "popular", "lamp-gold")
    assert ask(shop, **NOBODY)[1] == "hit"  # votes have no say in it
    popular._read_at = float("-inf")
    assert ask(shop)[1] == "hit"  # read again, and the same


def test_a_new_collaborative_model_makes_new_lists(shop: TestClient) -> None:
    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    send(shop, "mug-red", "PURCHASE", user_id="u")
    assert [ask(shop, user_id="u")[1] for _ in range(2)] == ["miss", "hit"]
    space = StateSpace.of(runtime.engine.live.space).vectors
    train_once(runtime.database, runtime.settings, space)
    runtime.recommendations.collaborative.load(space)
    answer, outcome = ask(shop, user_id="u")
    assert outcome == "miss"
    assert answer["model_version"] is not None


def test_lists_are_kept_as_long_as_the_setting_says_or_not_at_all(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_cache_ttl_recommend=0.2)) as client:
        fill(client)
        first = ask(client)[0]["recommendation_id"]
        time.sleep(0.25)
        answer, outcome = ask(client)
        assert outcome == "miss"
        assert list_of(answer["recommendation_id"]) != first
    with serving(make_settings(api_enable_cache=False)) as client:
        assert [ask(client)[1] for _ in range(2)] == ["miss", "miss"]


def redis_gets(client: TestClient) -> int:
    return int(client.get("/cache/stats").json()["redis"]["gets"]["count"])


def test_processes_share_lists_for_words_and_no_ids(make_settings: Callable[..., Settings], redis_url: str) -> None:
    settings = make_settings(redis_url=redis_url)
    words: dict[str, Any] = {"user_id": "u", "context": "search", "query": "mug"}
    with serving(settings) as one, serving(settings) as other:
        fill(one)
        send(one, "mug-red", "PURCHASE", user_id="u")
        settle(one)
        answer, quick = ask(one, **words)[0], recommend(one, user_id="u")
        runtime = other.app.state.runtime  # type: ignore[attr-defined]
        deadline = time.monotonic() + 20
        while runtime.engine.live.version != answer["catalogue_version"]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        settle(other)
        again, outcome = ask(other, **words)
        assert outcome == "hit"
        assert ids(again) == ids(answer)
        assert again["recommendation_id"] != answer["recommendation_id"]
        assert served(other, again["recommendation_id"]) is not None
        asked = other.get("/cache/stats").json()
        assert asked["types"]["recommend"]["from_redis"] == 1
        again, outcome = ask(other, user_id="u", explore=False)
        assert (outcome, ids(again)) == ("miss", ids(quick)), "making it takes less than asking for it"
        assert ask(other, user_id="u", explore=False)[1] == "hit"
        gets = []
        for limit in range(3, 8):
            before = redis_gets(other)
            assert [ask(other, user_id="u", explore=False, limit=limit)[1] for _ in range(2)] == ["miss", "hit"]
            gets.append(redis_gets(other) - before)
        assert 0 in gets, "lists of one's own history don't ask; what is warmed beside them may"


def test_a_full_log_leaves_the_id_out_of_a_kept_list(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(recommendation_queue_size=1)) as client:
        put(client, "p", "mug")
        served(client, ask(client)[0]["recommendation_id"])
        answers = [ask(client) for _ in range(20)]
        assert {outcome for _, outcome in answers} == {"hit"}
        assert None in [answer["recommendation_id"] for answer, _ in answers]
        assert {tuple(ids(answer)) for answer, _ in answers} == {("p",)}


def test_a_place_that_was_drawn_once_counts_once(shop: TestClient) -> None:
    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    answers = [ask(shop)[0] for _ in range(4)]
    once = ask(shop, limit=6)[0]
    drawn = answers[0]["items"][-1]
    for answer in (answers[1], once):
        send(
            shop, answer["items"][-1]["product"]["id"], "CLICK", session_id="s",
            recommendation_id=answer["recommendation_id"],
        )  # fmt: skip
    assert recommend(shop, context="category", category="Home", limit=4)["items"][-1]["propensity"] == 1.0
    served(shop, once["recommendation_id"])
    with runtime.database.reading() as db:
        slots = drawn_slots(db, runtime.interactions.rules, 0, 0.3)
    assert sorted(slots["feed"].rewards.tolist()) == [0.25, 1.0]
    assert slots["feed"].propensities.tolist() == pytest.approx(
        [drawn["propensity"], once["items"][-1]["propensity"]]
    )
    assert "category" not in slots


def test_ids_of_servings_say_which_list_it_was() -> None:
    list_id = new_list()
    servings = {served_again(list_id) for _ in range(100)}
    assert len(servings) == 100
    assert {list_of(id_) for id_ in (*servings, list_id)} == {list_id}
    assert max(map(len, servings)) <= 64  # of the column
