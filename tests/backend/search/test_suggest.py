"""What is suggested while a shopper types."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from tests.backend.conftest import put


def suggested(client: TestClient, typed: str, **params: Any) -> dict[str, int]:
    answer = client.get("/api/v1/suggest", params={"q": typed, **params})
    assert answer.status_code == 200, answer.text
    return {one["text"]: one["count"] for one in answer.json()["suggestions"]}


def hide(client: TestClient, *ids: str, **when: Any) -> None:
    answer = client.post("/api/v1/rules", json={"title": "hidden", "when": when, "hide": list(ids)})
    assert answer.status_code == 201, answer.text


def test_a_hidden_product_is_neither_suggested_nor_counted(client: TestClient) -> None:
    for id_, title in {"a": "Zephyr lamp", "b": "Quorra lamp", "c": "Brass lamp"}.items():
        put(client, id_, title)
    assert "zephyr" in suggested(client, "zeph")
    assert suggested(client, "lam")["lamp"] == 3
    hide(client, "a", always=True)
    assert suggested(client, "zeph") == {}
    assert suggested(client, "lam")["lamp"] == 2
    assert "zephyr lamp" not in suggested(client, "lam")


def test_what_is_hidden_for_other_words_is_suggested(client: TestClient) -> None:
    put(client, "a", "Zephyr lamp")
    put(client, "b", "Brass lamp")
    hide(client, "a", query_contains=["lamp"])
    assert suggested(client, "lam") == {"lamp": 1}
    assert suggested(client, "zephy")["zephyr"] == 1


def test_a_hidden_product_takes_no_place_of_the_list(client: TestClient) -> None:
    for number, title in enumerate(["Lamp", "Lamp shade", "Lampion"]):
        put(client, f"p{number}", title)
    hide(client, "p0", "p1", always=True)
    assert set(suggested(client, "lamp", limit=1)) == {"lampion"}
