"""Ids in paths and query strings that no database takes, or that aren't UTF-8, on every route that takes one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import error_of, put, serving

ODD = ("%00", "a%00b", "%ff", "a%fe", "%80", "%ed%a0%80", "%C3%28", "%EF%BF%BD")
BODY_OF = {
    "/api/v1/products/{product_id}": {"title": "mug"},
    "/api/v1/rules/{rule_id}": {"title": "t", "when": {"always": True}, "hide": ["p1"]},
}
Route = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def shop(module_settings: Settings) -> Iterator[TestClient]:
    with serving(module_settings) as client:
        put(client, "p1", "mug")
        yield client


def routes_with(client: TestClient, place: str) -> list[Route]:
    """Return the routes that take texts in a place ("path" or "query"), with the parameters that do."""
    found = []
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, what in methods.items():
            names = {one["name"]: one for one in what.get("parameters", ()) if one["in"] == place}
            if names:
                found.append((method, path, names))
    return found


@pytest.mark.parametrize("odd", ODD)
def test_no_route_fails_over_an_odd_part_of_its_path_nor_knows_it(shop: TestClient, odd: str) -> None:
    routes = routes_with(shop, "path")
    assert {"delete", "get", "patch", "put"} <= {method for method, _, _ in routes}
    for method, path, names in routes:
        address = path
        for name in names:
            address = address.replace("{" + name + "}", odd)
        answer = shop.request(method, address, json=BODY_OF.get(path) if method in {"put", "patch"} else None)
        assert 400 <= error_of(answer)[0] < 500, (method, path, answer.text)
    assert [one["id"] for one in shop.get("/api/v1/products").json()["products"]] == ["p1"]


@pytest.mark.parametrize("odd", ODD)
def test_no_route_fails_over_an_odd_parameter(shop: TestClient, odd: str) -> None:
    routes = routes_with(shop, "query")
    assert {"/api/v1/products", "/api/v1/suggest"} <= {path for _, path, _ in routes}
    for method, path, names in routes:
        for name in names:
            address = path.replace("{product_id}", "p1").replace("{user_id}", "u").replace("{session_id}", "s")
            answer = shop.request(method, f"{address}?{name}={odd}")
            assert answer.status_code < 500, (method, path, name, answer.text)
            if name in {"user_id", "session_id", "cursor"}:
                assert error_of(answer) == (422, "VALIDATION_ERROR"), (method, path, name, answer.text)


def test_ids_that_are_not_utf_8_never_become_the_same_one(shop: TestClient) -> None:
    refused = shop.put("/api/v1/products/%ff", json={"title": "mug"})
    assert error_of(refused) == (400, "INVALID_PRODUCT_ID")
    assert "UTF-8" in refused.json()["error"]["message"]
    for actor in ("users", "sessions"):
        assert error_of(shop.get(f"/api/v1/{actor}/%ff/state")) == (422, "VALIDATION_ERROR")
    event = {"user_id": "\ufffd", "product_id": "p1", "interaction_type": "CLICK"}
    assert error_of(shop.post("/api/v1/feedback", json=event)) == (422, "VALIDATION_ERROR")
    assert shop.put("/api/v1/products/Größe-日本", json={"title": "mug"}).status_code == 200
    assert shop.delete("/api/v1/products/Gr%C3%B6%C3%9Fe-%E6%97%A5%E6%9C%AC").status_code == 204
