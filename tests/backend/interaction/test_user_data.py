"""A user's data over HTTP: exported in pages, deleted whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from backend.interaction.erasure import find_traces
from tests.backend.conftest import error_of, serving
from tests.backend.interaction.helpers import parts, send, state, work


def test_an_export_holds_what_an_erasure_deletes(shop: TestClient) -> None:
    send(shop, "lamp", "VIEW", session_id="s1")
    for number in range(5):
        send(shop, "mug", "CLICK", user_id="ann@example.com", session_id="s1", position=number, query="mugs")
    send(shop, "cup", "CLICK", user_id="bob", session_id="s1")
    send(shop, "cup", "CLICK", session_id="s2")
    work(shop)
    path = "/api/v1/users/ann@example.com"
    pages, after = [], 0
    while after is not None:
        page = shop.get(f"{path}/export", params={"after": after, "limit": 4}).json()
        pages.append(page["events"])
        after = page["next_after"]
    assert [len(page) for page in pages] == [4, 2]
    events = [event for page in pages for event in page]
    assert [(e["product_id"], e["user_id"], e["position"]) for e in events] == [("lamp", None, None)] + [
        ("mug", "ann@example.com", number) for number in range(5)
    ]
    answer = shop.delete(path).json()
    assert (answer["user_id"], answer["sessions"]) == ("ann@example.com", 1)
    deleted = {table: rows for table, rows in answer["deleted"].items() if rows}
    assert deleted == {"interactions": 6, "profiles": 1, "popularity_votes": 2}
    assert shop.get(f"{path}/export").json()["events"] == []
    assert state(shop, "ann@example.com", "s9")["state_version"] == 0
    assert state(shop, "bob", "s1")["state_version"] == 7
    assert find_traces(parts(shop)[0], "ann@example.com") == []
    assert shop.delete(path).json()["deleted"]["interactions"] == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_needs_a_key_and_a_possible_id(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_keys=("k" * 16,))) as client:
        key = {"X-API-Key": "k" * 16}
        for method, end in (("GET", "/export"), ("DELETE", "")):
            assert error_of(client.request(method, f"/api/v1/users/u{end}")) == (401, "UNAUTHORIZED")
            assert client.request(method, f"/api/v1/users/u{end}", headers=key).status_code == 200
            bad = client.request(method, f"/api/v1/users/u%20v{end}", headers=key)
            assert error_of(bad) == (422, "VALIDATION_ERROR")
        bad = client.get("/api/v1/users/u/export", params={"limit": 0}, headers=key)
        assert error_of(bad) == (422, "VALIDATION_ERROR")
