"""Whoever is erased leaves nothing in what was recommended either."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import orjson
from fastapi.testclient import TestClient

from backend.config import Settings
from backend.interaction.erasure import find_traces
from backend.recommend.ledger import Entry
from backend.recommend.repository import RecommendationLog, Served
from tests.backend.conftest import error_of, serving
from tests.backend.interaction.helpers import send
from tests.backend.recommend.helpers import fill, ids, recommend, served


def test_an_erased_user_is_new(shop: TestClient) -> None:
    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    send(shop, "mug-red", "PURCHASE", user_id="gone-1", session_id="visit-1")
    send(shop, "mug-blue", "LIKE", user_id="stays")
    last = recommend(shop, user_id="gone-1", session_id="visit-1")
    nameless = recommend(shop, session_id="visit-1")
    kept = recommend(shop, user_id="stays")
    assert served(shop, last["recommendation_id"]) is not None
    assert find_traces(runtime.database, "gone-1")
    deleted = shop.delete("/api/v1/users/gone-1").json()["deleted"]
    assert deleted["recommendations"] == 2
    assert not find_traces(runtime.database, "gone-1")
    assert not find_traces(runtime.database, "visit-1")
    assert served(shop, nameless["recommendation_id"]) is None
    assert served(shop, kept["recommendation_id"]) is not None
    for again in (recommend(shop, user_id="gone-1"), recommend(shop, session_id="visit-1")):
        new = recommend(shop, user_id="nobody-yet")
        assert (ids(again), again["state_version"], again["rung"]) == (ids(new), 0, new["rung"])


def test_what_was_served_before_an_erasure_is_not_written_after_it(shop: TestClient) -> None:
    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    ledger = runtime.recommendations.ledger
    now_us = time.time_ns() // 1000
    late = Served("late", "gone-1", None, "feed", "newest", now_us, 0, 0, None, {}, {}, ())
    nobodys = Served("nobodys", None, None, "feed", "newest", now_us, 0, 0, None, {}, {}, ())
    shop.delete("/api/v1/users/gone-1")
    ledger._write([Entry(late, (), 0, named=True), Entry(nobodys, (), 0, named=False)])
    with runtime.database.reading() as db:
        assert RecommendationLog(db).get("late") is None
        assert RecommendationLog(db).get("nobodys") is not None


def test_a_session_in_which_a_user_was_only_recommended_something_is_theirs(shop: TestClient) -> None:
    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    send(shop, "mug-red", "CLICK", session_id="visit-1")
    send(shop, "mug-blue", "CLICK", user_id="stays", session_id="visit-1")
    recommend(shop, user_id="gone-1", session_id="visit-1")
    shop.get("/api/v1/users/gone-1/export/recommendations").raise_for_status()  # waits for the list to be written
    exported = shop.get("/api/v1/users/gone-1/export").json()["events"]
    assert [one["product_id"] for one in exported] == ["mug-red"]
    erased = shop.delete("/api/v1/users/gone-1").json()
    assert (erased["sessions"], erased["deleted"]["interactions"]) == (1, 1)
    assert [trace.table for trace in find_traces(runtime.database, "visit-1")] == ["interactions"]
    state = shop.get("/api/v1/sessions/visit-1/state").json()
    assert [one["product_id"] for one in state["recent"]] == ["mug-blue"]


def test_old_lists_are_deleted(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(recommendation_log_days=1)) as client:
        fill(client)
        old = Served("old", None, None, "feed", "newest", 1, 0, 0, None, {}, {}, ())
        runtime = client.app.state.runtime  # type: ignore[attr-defined]
        with runtime.database.writing() as db:
            RecommendationLog(db).add([old], [])
        runtime.recommendations.ledger._pruned_at = float("-inf")
        fresh = recommend(client)["recommendation_id"]
        assert served(client, fresh) is not None
        assert served(client, "old") is None


def test_an_export_holds_the_lists_that_an_erasure_deletes(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    experiments = tmp_path / "experiments.json"
    variants = [{"name": "a", "share": 1.0, "recommend": {"diversity": 0.5}}, {"name": "b", "share": 0.0}]
    experiments.write_bytes(orjson.dumps({"experiments": [{"name": "varied", "variants": variants}]}))
    with serving(make_settings(experiments_path=experiments)) as shop:
        fill(shop)
        send(shop, "mug-red", "PURCHASE", user_id="ann", session_id="visit-1")
        lists = [recommend(shop, user_id="ann", context="feed", limit=2) for _ in range(3)]
        lists.append(recommend(shop, session_id="visit-1", limit=2))
        recommend(shop, user_id="bob", session_id="visit-1")
        path, after, pages = "/api/v1/users/ann/export/recommendations", None, []
        while not pages or after is not None:
            page = shop.get(path, params={"limit": 3} | ({"after": after} if after else {})).json()
            pages.append(page)
            after = page["next_after"]
        assert [len(page["recommendations"]) for page in pages] == [3, 1]
        found = [one for page in pages for one in page["recommendations"]]
        assert [one["recommendation_id"] for one in found] == [one["recommendation_id"] for one in lists]
        assert [one["product_ids"] for one in found] == [ids(one) for one in lists]
        assert {(one["variant"], one["session_id"]) for one in pages[0]["experiments"]} == {
            ("a", None), ("a", "visit-1"),
        }  # fmt: skip
        assert pages[1]["experiments"] == []
        deleted = shop.delete("/api/v1/users/ann").json()["deleted"]
        assert (deleted["recommendations"], deleted["experiment_exposures"]) == (4, 2)
        empty = shop.get(path).json()
        assert (empty["recommendations"], empty["experiments"], empty["next_after"]) == ([], [], None)
        assert error_of(shop.get(path, params={"after": "x"})) == (422, "VALIDATION_ERROR")
