"""What requests are told that are wrong: in words of HTTP and JSON, not of the language behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import error_of, put, serving


@pytest.fixture(scope="module")
def shop(module_settings: Settings) -> Iterator[TestClient]:
    with serving(module_settings) as client:
        put(client, "p1", "mug")
        yield client


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/x-www-form-urlencoded"}])
@pytest.mark.parametrize("path", ["search", "recommend", "feedback", "rules"])
def test_a_body_that_is_not_said_to_be_json_is_told_so(shop: TestClient, path: str, headers: dict[str, str]) -> None:
    answer = shop.post(f"/api/v1/{path}", content=b'{"query":"mug"}', headers=headers)
    assert error_of(answer) == (422, "VALIDATION_ERROR")
    assert "Content-Type: application/json" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("search", [], "body: must be an object"),
        ("search", {"query": 7}, "query: must be a text"),
        ("search", {"query": "mug", "limit": "many"}, "limit: must be a whole number"),
        ("search", {"query": "mug", "filters": {"brand": {}}}, "filters.brand: must be a list"),
        ("search", {"query": "mug", "filters": {"in_stock": []}}, "filters.in_stock: must be true or false"),
        ("search", {"query": "mug", "colour": "red"}, "colour: there's no such field"),
        ("feedback", {"user_id": "u", "interaction_type": "CLICK"}, "product_id: is missing"),
    ],
)
def test_types_are_called_what_json_calls_them(shop: TestClient, path: str, body: Any, message: str) -> None:
    answer = shop.post(f"/api/v1/{path}", json=body)
    assert error_of(answer) == (422, "VALIDATION_ERROR")
    assert answer.json()["error"]["message"] == message
