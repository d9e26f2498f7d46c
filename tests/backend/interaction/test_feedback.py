"""Feedback over HTTP: durable, once, and in the next read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.config import Settings
from tests.backend.conftest import error_of, put, serving
from tests.backend.interaction.helpers import fill, send, state, vector_of


def post(client: TestClient, **body: Any) -> Any:
    return client.post("/api/v1/feedback", json=body)


def rows(client: TestClient) -> list[Any]:
    database = client.app.state.runtime.database  # type: ignore[attr-defined]
    with database.reading() as db:
        return list(db.execute(text("SELECT * FROM interactions ORDER BY seq")))


def test_a_read_after_feedback_has_it(shop: TestClient) -> None:
    assert state(shop)["state_version"] == 0
    first = send(shop, "mug", "CLICK", session_id="s", user_id="u")
    assert first["duplicate"] is False
    view = state(shop, "u", "s")
    assert view["state_version"] == first["state_version"] == 1
    for part in ("long_term", "session"):
        np.testing.assert_allclose(view[part]["vector"], vector_of(shop, "mug"), atol=1e-6)
    send(shop, "hose", "PURCHASE", session_id="s", user_id="u")
    view = state(shop, "u", "s")
    expected = 0.3 * vector_of(shop, "mug") + 1.0 * vector_of(shop, "hose")
    np.testing.assert_allclose(view["long_term"]["vector"], expected / np.linalg.norm(expected), atol=1e-4)
    assert [event["product_id"] for event in view["recent"]] == ["hose", "mug"]
    assert view["purchased"] == ["hose"]
    assert state(shop, None, "s")["session"]["vector"] == pytest.approx(view["session"]["vector"], abs=1e-4)


def test_all_types_and_fields_are_logged(shop: TestClient) -> None:
    for type_ in ("VIEW", "CLICK", "ADD_TO_CART", "PURCHASE", "LIKE", "SHARE", "REMOVE_FROM_CART", "DISLIKE", "view"):
        send(shop, "mug", type_)
    send(shop, "mug", "RATING", rating=4)
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    sent = send(
        shop, "cup", "CLICK", user_id="u", session_id="s", context="SEARCH", position=3, recommendation_id="r-1",
        query="  blue\tcup ", event_id="e-1", timestamp=moment.isoformat(),
    )  # fmt: skip
    assert sent["event_id"] == "e-1"
    last = rows(shop)[-1]._mapping
    assert (last["context"], last["position"], last["recommendation_id"], last["query"]) == (
        "search",
        3,
        "r-1",
        "blue cup",
    )
    assert last["occurred_at_us"] == int(moment.timestamp()) * 10**6 + 678901
    assert [row._mapping["seq"] for row in rows(shop)] == list(range(1, 12))
    assert rows(shop)[8]._mapping["type"] == "VIEW"


def test_the_same_event_again_is_counted_once(shop: TestClient) -> None:
    first = send(shop, "mug", event_id="one")
    send(shop, "cup")
    again = send(shop, "mug", event_id="one")
    assert (again["duplicate"], again["event_id"], again["state_version"]) == (True, "one", 2)
    assert first["state_version"] == 1
    assert len(rows(shop)) == 2
    other = post(shop, user_id="u", product_id="cup", interaction_type="CLICK", event_id="one")
    assert error_of(other) == (409, "EVENT_CONFLICT")
    assert send(shop, "mug")["duplicate"] is send(shop, "mug")["duplicate"] is False


def test_the_same_moment_in_another_time_zone_is_the_same_event(shop: TestClient) -> None:
    for moment in ("2026-01-05T10:00:00Z", "2026-01-05T12:00:00+02:00", "2026-01-04T20:00:00.000-14:00"):
        again = send(shop, "mug", event_id="one", timestamp=moment)
    assert again["duplicate"]
    send(shop, "cup", event_id="late", timestamp="9999-12-31T23:59:59-14:00")
    assert send(shop, "cup", event_id="late", timestamp="9999-12-31T23:59:59-14:00")["duplicate"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"interaction_type": "LOOK"}, "interaction_type"),
        ({"interaction_type": 3}, "interaction_type"),
        ({"interaction_type": None}, "interaction_type"),
        ({"rating": 3}, "body"),
        ({"interaction_type": "RATING"}, "body"),
        ({"interaction_type": "RATING", "rating": 0}, "rating"),
        ({"interaction_type": "RATING", "rating": 5.1}, "rating"),
        ({"interaction_type": "RATING", "rating": "4"}, "rating"),
        ({"interaction_type": "RATING", "rating": True}, "rating"),
        ({"user_id": None}, "body"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "a b"}, "user_id"),
        ({"user_id": "a\u0000b"}, "user_id"),
        ({"user_id": "a/b"}, "user_id"),
        ({"user_id": ".."}, "user_id"),
        ({"user_id": "x" * 129}, "user_id"),
        ({"user_id": 7}, "user_id"),
        ({"session_id": "\ud800"}, ""),
        ({"product_id": "a b"}, "product_id"),
        ({"product_id": None}, "product_id"),
        ({"position": -1}, "position"),
        ({"position": 1.5}, "position"),
        ({"position": 10**9}, "position"),
        ({"context": "elsewhere"}, "context"),
        ({"event_id": "a b"}, "event_id"),
        ({"event_id": "x" * 65}, "event_id"),
        ({"recommendation_id": "../x"}, "recommendation_id"),
        ({"query": "x" * 2001}, "query"),
        ({"query": "\u0958" * 1001}, "query"),  # each is two characters in its normal form
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"timestamp": "2026-01-01T00:00:00"}, "timestamp"),
        ({"timestamp": "1969-12-31T00:00:00Z"}, "timestamp"),
        ({"timestamp": 1e300}, "timestamp"),
        ({"timestamp": 0}, "timestamp"),
        ({"timestamp": 1.5}, "timestamp"),
        ({"timestamp": 253402300800}, "timestamp"),
        ({"timestamp": "1700000000"}, "timestamp"),
        ({"timestamp": "1.0e-3"}, "timestamp"),
        ({"colour": "red"}, "colour"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_bad_feedback_is_refused(shop: TestClient, change: dict[str, Any], field: str) -> None:
    body = {"user_id": "u", "product_id": "mug", "interaction_type": "CLICK", **change}
    content = b'{"user_id": "\\ud800", "product_id": "mug"}' if field == "" else None
    answer = shop.post("/api/v1/feedback", **({"content": content} if content else {"json": body}))  # type: ignore[arg-type]
    assert error_of(answer) == (422, "VALIDATION_ERROR")
    assert field in {error["field"].split(".")[0] for error in answer.json()["error"]["details"]["errors"]} | {""}
    assert rows(shop) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"{", b"null", b"\xff\xfe", b'{"rating": NaN}'])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_feedback_at_all_is_refused(shop: TestClient, body: bytes) -> None:
    for path in ("/api/v1/feedback", "/api/v1/feedback/batch"):
        assert error_of(shop.post(path, content=body)) == (422, "VALIDATION_ERROR")


def test_unknown_products_are_refused_and_deleted_ones_are_history(shop: TestClient) -> None:
    answer = post(shop, user_id="u", product_id="nothing", interaction_type="CLICK")
    assert error_of(answer) == (404, "PRODUCT_NOT_FOUND")
    before = vector_of(shop, "mug")
    assert shop.delete("/api/v1/products/mug").status_code == 204
    send(shop, "mug", "PURCHASE")
    np.testing.assert_allclose(state(shop)["long_term"]["vector"], before, atol=1e-6)


def test_an_event_keeps_the_vector_that_it_was_written_with(
    shop: TestClient, make_settings: Callable[..., Settings]
) -> None:
    old = vector_of(shop, "mug")
    send(shop, "mug")
    put(shop, "mug", "a violin for children")
    new = vector_of(shop, "mug")
    assert abs(float(old @ new)) < 0.9
    np.testing.assert_allclose(state(shop)["long_term"]["vector"], old, atol=1e-6)
    send(shop, "mug", user_id="v")
    np.testing.assert_allclose(state(shop, "v")["long_term"]["vector"], new, atol=1e-6)
    with serving(make_settings()) as other:  # which has nothing in memory
        np.testing.assert_allclose(state(other)["long_term"]["vector"], old, atol=1e-6)


def test_late_events_land_where_they_belong_and_future_ones_now(shop: TestClient) -> None:
    now = datetime.now(UTC)
    send(shop, "mug", "PURCHASE", timestamp=now.isoformat())
    send(shop, "hose", "PURCHASE", timestamp=(now - timedelta(days=30)).isoformat())
    expected = vector_of(shop, "mug") + np.exp(-1) * vector_of(shop, "hose")
    np.testing.assert_allclose(state(shop)["long_term"]["vector"], expected / np.linalg.norm(expected), atol=1e-5)
    assert [event["product_id"] for event in state(shop)["recent"]] == ["mug", "hose"]
    send(shop, "lamp", "PURCHASE", timestamp="9999-12-31T23:59:59.999999Z")
    row = rows(shop)[-1]._mapping
    assert row["occurred_at_us"] == row["received_at_us"]


def test_a_batch_names_what_it_refuses_and_writes_the_rest(shop: TestClient) -> None:
    good = {"user_id": "u", "product_id": "mug", "interaction_type": "CLICK"}
    events = [
        good, {**good, "event_id": "a"}, {**good, "event_id": "a"}, {**good, "event_id": "a", "product_id": "cup"},
        {**good, "product_id": "nothing"}, {**good, "interaction_type": "LOOK"}, 3, None, {**good, "user_id": "v"},
    ]  # fmt: skip
    answer = shop.post("/api/v1/feedback/batch", json={"events": events})
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert (result["accepted"], result["duplicates"], result["rejected"]) == (3, 1, 5)
    assert [item["status"] for item in result["results"]] == ["accepted", "accepted", "duplicate"] + [
        "rejected"
    ] * 5 + ["accepted"]
    codes = [item["error"]["code"] for item in result["results"] if item["error"]]
    assert codes == ["EVENT_CONFLICT", "PRODUCT_NOT_FOUND", *["VALIDATION_ERROR"] * 3]
    assert result["state_version"] == 3
    assert state(shop)["state_version"] == 2
    again = shop.post("/api/v1/feedback/batch", json={"events": events[1:2]}).json()
    assert (again["duplicates"], again["state_version"]) == (1, 2)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_batch_has_a_size(shop: TestClient) -> None:
    good = {"user_id": "u", "product_id": "mug", "interaction_type": "VIEW"}
    for events in ([], [good] * 501):
        assert error_of(shop.post("/api/v1/feedback/batch", json={"events": events})) == (422, "VALIDATION_ERROR")
    assert shop.post("/api/v1/feedback/batch", json={"events": [good] * 500}).json()["accepted"] == 500


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_actor_can_send_only_so_much(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(feedback_rate_per_minute=5)) as client:
        fill(client)
        for _ in range(5):
            send(client, session_id="other", user_id="u")
        answer = post(client, user_id="u", session_id="new", product_id="mug", interaction_type="CLICK")
        assert error_of(answer) == (429, "RATE_LIMIT_EXCEEDED")
        assert 1 <= int(answer.headers["Retry-After"]) <= 120
        send(client, session_id="other")
        events = [{"user_id": "w", "product_id": "mug", "interaction_type": "CLICK"}] * 7
        result = client.post("/api/v1/feedback/batch", json={"events": events}).json()
        assert (result["accepted"], result["rejected"]) == (5, 2)
        assert result["results"][6]["error"]["code"] == "RATE_LIMIT_EXCEEDED"
        assert len(rows(client)) == 11


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_known_of_shoppers_needs_a_key(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_keys=("k" * 16,))) as client:
        assert error_of(post(client, user_id="u")) == (401, "UNAUTHORIZED")
        for path in ("/api/v1/users/u/state", "/api/v1/sessions/s/state"):
            assert error_of(client.get(path)) == (401, "UNAUTHORIZED")
            assert client.get(path, headers={"X-API-Key": "k" * 16}).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_states_are_only_told_of_possible_ids(shop: TestClient) -> None:
    for path in ("/api/v1/users/a%20b/state", "/api/v1/users/u/state?session_id=a%00b", "/api/v1/sessions/%01/state"):
        assert error_of(shop.get(path)) == (422, "VALIDATION_ERROR")


def test_a_shared_session_shows_nobody_what_another_user_did(shop: TestClient) -> None:
    send(shop, "mug", session_id="s")
    send(shop, "cup", session_id="s", user_id="one")
    send(shop, "shoe", session_id="s", user_id="two")
    for user, own in (("one", "cup"), ("two", "shoe")):
        products = {event["product_id"] for event in state(shop, user, "s")["recent"]}
        assert products == {"mug", own}
    assert state(shop, None, "s")["session"]["events"] == 3


def test_a_stranger_has_no_vectors(shop: TestClient) -> None:
    view = state(shop, "nobody", "never")
    assert (view["state_version"], view["recent"], view["purchased"]) == (0, [], [])
    assert view["long_term"] == view["session"] == {"events": 0, "vector": None, "has_vector": False}
