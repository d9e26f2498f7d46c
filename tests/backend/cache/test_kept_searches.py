"""Kept answers of searches over HTTP: the same bytes while nothing changed, never anything outdated."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import redis
from fastapi.testclient import TestClient

from backend.cache.answers import digest_of
from backend.cache.popular import PopularRequests
from backend.config import Settings
from backend.database.engine import Database
from scripts.local_services import redis_server
from tests.backend.conftest import error_of, found_ids, put, search, serving, settle

PATH = "/api/v1/search"


def ask(client: TestClient, body: bytes | dict[str, Any], **headers: str) -> Any:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return client.post(PATH, content=content, headers={"Content-Type": "application/json", **headers})


def stats(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/cache/stats").json()
    return found


def test_an_answer_is_sent_again_byte_for_byte(client: TestClient) -> None:
    put(client, "p", "steel mug")
    settle(client)
    first = ask(client, {"query": "mug"})
    again = ask(client, {"query": "mug"})
    spaced = ask(client, b'{"limit": 20, "query" : "mug"}')  # the same request in other words
    assert [answer.headers["x-cache"] for answer in (first, again, spaced)] == ["miss", "hit", "hit"]
    assert first.content == again.content == spaced.content
    assert again.headers["content-type"] == "application/json"
    assert again.headers["age"] == "0"
    assert len({answer.headers["x-request-id"] for answer in (first, again, spaced)}) == 3
    counted = stats(client)["types"]["search"]
    assert (counted["hits"], counted["misses"], counted["hit_rate"]) == (2, 1, 0.6667)


def test_what_is_kept_for_a_shopper_is_sent_when_no_more_searches_are_let_in(
    make_settings: Callable[..., Settings],
) -> None:
    with serving(make_settings(search_queue_size=1)) as client:
        put(client, "p", "mug")
        settle(client)
        kept = search(client, "mug", session_id="s")
        admission = client.app.state.runtime.engine.compute.admission  # type: ignore[attr-defined]
        with client.portal.wrap_async_context_manager(admission.enter()):  # type: ignore[union-attr]
            assert search(client, "mug", session_id="s") == kept
            refused = ask(client, {"query": "cup", "session_id": "s"})
            assert error_of(refused) == (503, "OVERLOADED")


def test_a_write_shows_in_the_next_answer(client: TestClient) -> None:
    put(client, "a", "steel mug", price=10)
    request = {"query": "mug", "filters": {"max_price": 20}}
    assert found_ids(ask(client, request).json()) == ["a"]
    put(client, "b", "glass mug", price=11)
    assert sorted(found_ids(ask(client, request).json())) == ["a", "b"]
    settle(client)
    ask(client, request)
    assert ask(client, request).headers["x-cache"] == "hit"
    assert client.patch("/api/v1/products/a", json={"price": 30, "currency": "EUR"}).status_code == 200
    assert found_ids(ask(client, request).json()) == ["b"]
    client.delete("/api/v1/products/b")
    assert found_ids(ask(client, request).json()) == []


def test_rules_count_from_their_first_moment_to_their_last(client: TestClient) -> None:
    for id_ in ("a", "b"):
        put(client, id_, f"mug {id_}")
    until = datetime.now(UTC) + timedelta(seconds=1.5)
    rule = {"title": "r", "when": {"query_equals": ["mug"]}, "hide": ["a"], "active_until": until.isoformat()}
    before = found_ids(ask(client, {"query": "mug"}).json())
    assert client.post("/api/v1/rules", json=rule).status_code == 201
    assert sorted(before) == ["a", "b"]
    settle(client)
    assert found_ids(ask(client, {"query": "mug"}).json()) == ["b"]
    assert ask(client, {"query": "mug"}).headers["x-cache"] == "hit"
    while datetime.now(UTC) < until:
        time.sleep(0.05)
    assert sorted(found_ids(ask(client, {"query": "mug"}).json())) == ["a", "b"]


def test_what_differs_is_answered_by_itself(client: TestClient) -> None:
    put(client, "p", "steel mug")
    settle(client)
    requests: list[dict[str, Any]] = [
        {"query": "mug"}, {"query": "mug", "limit": 1}, {"query": "mug", "explain": True}, {"query": "Mug"},
        {"query": "mug", "filters": {"min_price": 1}}, {"query": "mug", "interpret": False}, {"query": ""}, {},
    ]  # fmt: skip
    outcomes = [ask(client, request).headers["x-cache"] for request in requests]
    assert outcomes == 7 * ["miss"] + ["hit"]  # a blank query is none


def test_refused_requests_are_refused_again(client: TestClient) -> None:
    for _ in range(2):
        assert error_of(ask(client, {"query": "mug", "limit": 0})) == (422, "VALIDATION_ERROR")
        assert error_of(ask(client, b"{")) == (422, "VALIDATION_ERROR")
    ask(client, {"query": "mug"})
    other_type = client.post(PATH, content=b'{"query":"mug"}', headers={"Content-Type": "text/plain"})
    assert error_of(other_type)[0] == 422  # known bytes, but not as JSON
    assert client.get(PATH).status_code == 405


def test_bodies_in_pieces_and_long_ones_are_answered_too(client: TestClient) -> None:
    put(client, "p", "steel mug")
    pieces = iter([b'{"query":', b'"mug"}'])
    answer = client.post(PATH, content=pieces, headers={"Content-Type": "application/json"})
    assert found_ids(answer.json()) == ["p"]
    settle(client)
    long = {"query": "mug", "filters": {"exclude_ids": [f"{number:040}" for number in range(150)]}}
    assert len(orjson.dumps(long)) > 4096
    assert [ask(client, long).headers["x-cache"] for _ in range(2)] == ["miss", "hit"]


def test_what_is_kept_of_requests_is_short_however_long_they_are(client: TestClient) -> None:
    put(client, "p", "steel mug")
    settle(client)
    ask(client, {"query": "mug"})
    cache = client.app.state.runtime.cache  # type: ignore[attr-defined]
    before, counted = len(cache.answers.memory), len(cache.popular._uses)
    for number in range(20):
        kind = f"application/json; a={number:020000}"
        assert client.post(PATH, content=b'{"query":"mug"}', headers={"Content-Type": kind}).status_code == 200
    assert len(cache.answers.memory) == before
    for number in range(20):
        ids = [f"{place:0118}{number:08}" for place in range(999)]
        assert ask(client, {"query": "mug", "filters": {"exclude_ids": ids}}).headers["x-cache"] == "miss"
    assert {len(key) for _, key in cache.answers.memory._answers} == {20}
    assert len(cache.popular._uses) == counted


def test_a_shopper_of_whom_nothing_is_known_gets_what_everybody_gets(client: TestClient) -> None:
    for id_ in ("a", "b", "c"):
        put(client, id_, f"mug {id_}", attributes={"personal": None, "note": '"personal":null'})
    settle(client)
    everybody = ask(client, {"query": "mug", "limit": 2})
    named = ask(client, {"query": "mug", "limit": 2, "user_id": "u", "session_id": "s"})
    assert named.headers["x-cache"] == "hit"
    about_them = named.json()["personal"]
    assert about_them == {"state_version": 0, "part": None, "weight": 0.0, "experiments": {}}
    said = orjson.dumps(about_them)
    assert named.content == b'{"personal":%b' % said + everybody.content[len(b'{"personal":null') :]
    unasked = ask(client, {"query": "mug", "limit": 2, "user_id": "u", "personal": False})
    assert (unasked.headers["x-cache"], unasked.content) == ("hit", named.content)
    assert ask(client, {"query": "mug", "limit": 2}).content == everybody.content
    cursor = everybody.json()["next_cursor"]
    event = {"user_id": "u", "product_id": "c", "interaction_type": "LIKE"}
    acknowledged = client.post("/api/v1/feedback", json=event).json()["state_version"]
    following = ask(client, {"query": "mug", "limit": 2, "user_id": "u", "session_id": "s", "cursor": cursor})
    assert following.json()["personal"]["state_version"] == acknowledged  # and the cursor fits them still
    assert stats(client)["types"]["search"]["misses"] == 2


def test_searches_of_shoppers_of_whom_nothing_is_known_count_as_popular(client: TestClient) -> None:
    for number in range(6):
        search(client, "mug", user_id=f"u{number}", session_id=f"s{number}")
    counted = client.app.state.runtime.cache.popular.untold()  # type: ignore[attr-defined]
    assert counted == [(b'{"query":"mug"}', 6)]


def test_a_shopper_gets_what_their_state_makes_of_it(client: TestClient) -> None:
    for id_ in ("a", "b"):
        put(client, id_, f"mug {id_}")
    settle(client)
    request = {"query": "mug", "user_id": "u"}
    versions = [ask(client, request).json()["personal"]["state_version"] for _ in range(2)]
    assert versions == [0, 0]
    event = {"user_id": "u", "product_id": "a", "interaction_type": "LIKE"}
    acknowledged = client.post("/api/v1/feedback", json=event).json()["state_version"]
    after = ask(client, request)
    assert after.headers["x-cache"] == "miss"
    assert after.json()["personal"]["state_version"] == acknowledged > 0
    live = client.app.state.runtime.engine.live  # type: ignore[attr-defined]
    deadline = time.monotonic() + 20
    while live.traits.counted != live.version:  # in the background, since somebody's taste was looked at
        assert time.monotonic() < deadline
        time.sleep(0.01)
    ask(client, request)
    assert ask(client, request).headers["x-cache"] == "hit"
    stranger = ask(client, {"query": "mug", "user_id": "v"})
    assert stranger.json()["personal"]["state_version"] == 0
    assert ask(client, {"query": "mug"}).json()["personal"] is None


def test_a_key_is_asked_for_before_a_kept_answer_is_sent(make_settings: Callable[..., Settings]) -> None:
    key = "a-long-enough-key"
    with serving(make_settings(api_keys=(key,), api_require_key=True)) as client:
        assert [ask(client, {"query": "mug"}, **{"X-API-Key": key}).headers["x-cache"] for _ in range(2)] == [
            "miss",
            "hit",
        ]
        assert error_of(ask(client, {"query": "mug"})) == (401, "UNAUTHORIZED")
        personal = {"query": "mug", "user_id": "u"}
        assert ask(client, personal, **{"X-API-Key": key}).status_code == 200
        assert error_of(ask(client, personal)) == (401, "UNAUTHORIZED")


def test_without_a_cache_everything_is_made_anew(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_enable_cache=False)) as client:
        put(client, "p", "steel mug")
        assert [ask(client, {"query": "mug"}).headers["x-cache"] for _ in range(2)] == ["miss", "miss"]
        assert stats(client)["enabled"] is False


def test_figures_are_of_all_workers(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings()
    with serving(settings) as one, serving(settings) as two:
        for client, times in ((one, 3), (two, 1)):
            for _ in range(times):
                ask(client, {"query": "mug"})
        deadline = time.monotonic() + 20
        while (said := stats(two))["types"].get("search", {}).get("misses") != 2:  # the others tell once a second
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert (said["workers"], said["types"]["search"]["hits"]) == (2, 2)
        assert said["memory"]["gets"]["count"] >= 4
        assert said["memory"]["sets"]["count"] >= 2
        assert 0 < said["memory"]["gets"]["mean_ms"] <= said["memory"]["gets"]["max_ms"]
        assert said["entries"] >= 4  # by what it says and by its bytes, in each


def test_processes_share_answers_and_a_broken_redis_breaks_none(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    with redis_server() as url, redis.Redis.from_url(url) as control:
        settings = make_settings(redis_url=url)
        with serving(settings) as one, serving(settings) as two:
            put(one, "p", "steel mug")
            while search(two, "warm up")["catalogue_version"] < 1:
                time.sleep(0.01)
            settle(one)
            settle(two)
            first = ask(one, {"query": "mug"})
            deadline = time.monotonic() + 20
            while not control.keys("vitrine:answer:*"):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            shared = ask(two, {"query": "mug"})
            assert shared.headers["x-cache"] == "hit"
            assert shared.content == first.content
            assert stats(two)["types"]["search"]["from_redis"] == 1
            for key in control.keys("vitrine:answer:*"):
                control.set(key, b"garbage")
            with serving(settings) as three:
                assert found_ids(ask(three, {"query": "mug"}).json()) == ["p"]
                assert stats(three)["redis"]["corrupted"] >= 1
                control.flushall()
                assert found_ids(ask(three, {"query": "steel"}).json()) == ["p"]
                os.kill(int(control.info("server")["process_id"]), signal.SIGKILL)
                for number in range(10):
                    assert found_ids(ask(three, {"query": f"mug {number}"}).json()) == ["p"]
                assert stats(three)["redis"]["state"] == "open"
                put(three, "q", "glass mug")
                assert sorted(found_ids(ask(three, {"query": "mug"}).json())) == ["p", "q"]


def test_popular_searches_are_answered_ahead_after_a_start_and_after_a_change(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.search.warming.PERIOD_S", 0.05)
    settings = make_settings()
    with serving(settings) as client:
        put(client, "p", "steel mug")
        for query, times in (("mug", 6), ("rare", 3)):
            for _ in range(times):
                search(client, query)
        search(client, "mug", user_id="somebody")  # nothing is known of them: counts, and isn't written down
    with serving(settings) as client:
        until_kept(client, "mug")
        assert ask(client, {"query": "rare"}).headers["x-cache"] == "miss"
        assert stats(client)["types"]["search"]["misses"] == 1
        put(client, "q", "glass mug")
        until_kept(client, "mug")
        assert sorted(found_ids(search(client, "mug"))) == ["p", "q"]
    database = Database(settings.database_url)
    with database.reading() as db:
        assert PopularRequests(db).top(50) == [b'{"query":"mug"}']
    database.close()


def until_kept(client: TestClient, query: str) -> None:
    """Wait until an answer is there without anybody having asked; looks into the memory, as asking would make it."""
    runtime = client.app.state.runtime  # type: ignore[attr-defined]
    key = ("search", digest_of(b'{"query":"%b"}' % query.encode()))
    deadline = time.monotonic() + 20
    while runtime.cache.answers.memory.get(key, runtime.search_basis(), time.monotonic()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_requests_that_nobody_asks_any_more_are_forgotten(database: Database) -> None:
    now = datetime.now(UTC)
    with database.writing() as db:
        PopularRequests(db).add([(b"old", 50), (b"new", 5)], now - timedelta(days=8))
    with database.writing() as db:
        PopularRequests(db).add([(b"new", 2), (b"few", 4)], now)
    with database.reading() as db:
        assert PopularRequests(db).top(50) == [b"new"]
