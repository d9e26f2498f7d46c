"""What stands around recommendations: products like one for a shopper, and what was looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import error_of, found_ids, serving
from tests.backend.interaction.helpers import send
from tests.backend.recommend.helpers import ids


def similar(client: TestClient, id_: str = "mug-red", **params: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/products/{id_}/similar", params=params)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_taste_counts_beside_the_product(shop: TestClient) -> None:
    plain = similar(shop, limit=39)
    assert plain["weights"] == {}
    assert plain["state_version"] is None
    sent = send(shop, "shoe-teal", "PURCHASE", user_id="u")
    answer = similar(shop, user_id="u", limit=39)
    assert answer["weights"] == {"product": 0.8, "long_term": 0.2}
    assert answer["state_version"] == sent["state_version"]
    assert found_ids(answer).index("shoe-teal") < found_ids(plain).index("shoe-teal")
    assert answer["total"] == plain["total"]
    stranger = similar(shop, user_id="new", limit=39)
    assert found_ids(stranger) == found_ids(plain)
    assert stranger["state_version"] == 0


def test_the_last_one_looked_at_comes_first(shop: TestClient) -> None:
    path = "/api/v1/users/u/recently-viewed"
    assert shop.get(path).json() == {"items": [], "state_version": 0}
    for id_ in ("mug-red", "lamp-blue", "mug-red", "tent-red"):
        send(shop, id_, "CLICK", user_id="u")
    send(shop, "shoe-red", "PURCHASE", user_id="u")
    send(shop, "tent-gold", "VIEW", session_id="s")
    assert ids(shop.get(path).json()) == ["tent-red", "mug-red", "lamp-blue"]
    assert ids(shop.get(path, params={"limit": 1}).json()) == ["tent-red"]
    assert ids(shop.get(path, params={"session_id": "s"}).json())[0] == "tent-gold"
    assert ids(shop.get("/api/v1/sessions/s/recently-viewed").json()) == ["tent-gold"]
    shop.patch("/api/v1/products/mug-red", json={"stock_quantity": 0})
    shop.delete("/api/v1/products/lamp-blue")
    assert ids(shop.get(path).json()) == ["tent-red", "mug-red"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/users/a%20b/recently-viewed", "/api/v1/users/u/recently-viewed?limit=0",
        "/api/v1/users/u/recently-viewed?session_id=", f"/api/v1/users/{'x' * 129}/recently-viewed",
        "/api/v1/products/mug-red/similar?user_id=a%20b",
    ],
)  # fmt: skip
def test_bad_ids_are_refused(shop: TestClient, path: str) -> None:
    assert error_of(shop.get(path)) == (422, "VALIDATION_ERROR")


def test_keys_guard_what_tells_of_a_user(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_keys=("k" * 16,))) as client:
        for path in ("/api/v1/users/u/recently-viewed", "/api/v1/products/x/similar?user_id=u"):
            assert error_of(client.get(path)) == (401, "UNAUTHORIZED")
