"""Products like one product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.catalogue.records import to_record
from backend.catalogue.repository import CatalogueRepository
from backend.catalogue.schemas import ProductIn
from backend.config import Settings
from backend.search.schemas import SimilarResponse
from tests.backend.conftest import error_of, found_ids, put, serving


def similar(client: TestClient, id_: str, **parameters: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/products/{id_}/similar", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def shop(client: TestClient) -> TestClient:
    for size in ("s", "m", "l"):
        put(client, f"shirt-{size}", "red cotton shirt", size=size, attributes={"item_group": "Shirt"})
    put(client, "other", "red cotton jumper", price=50, brand="Norda", attributes={"item_group": "jumper"})
    put(client, "blue", "blue cotton shirt", price=20, category="Clothing > Shirts", stock_quantity=0)
    put(client, "mug", "steel mug", price=9, brand="Kavo")
    put(client, "number", "wooden board", attributes={"item_group": 7})
    put(client, "number-2", "wooden board large", attributes={"item_group": 7})
    return client


def test_the_nearest_come_first_without_itself_and_its_variants(shop: TestClient) -> None:
    answer = similar(shop, "shirt-m")
    SimilarResponse.model_validate(answer)
    assert set(found_ids(answer)[:2]) == {"other", "blue"}
    assert {"shirt-s", "shirt-m", "shirt-l"}.isdisjoint(found_ids(answer))
    assert (answer["product_id"], answer["total"], answer["catalogue_version"]) == ("shirt-m", 5, 8)
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)
    assert answer["retrieval"] == {"mode": "exact", "allowed": 5, "scanned": 5}
    assert set(answer["timings_ms"]) == {"filter", "retrieve", "enrich", "total"}


def test_variants_on_request(shop: TestClient) -> None:
    answer = similar(shop, "shirt-m", variants="include")
    assert found_ids(answer)[:2] == ["shirt-l", "shirt-s"]
    assert answer["items"][0]["score"] == pytest.approx(1, abs=1e-5)
    assert answer["total"] == 7
    assert "shirt-m" not in found_ids(answer)


def test_groups_that_are_numbers_and_products_without_one(shop: TestClient) -> None:
    assert "number-2" not in found_ids(similar(shop, "number"))
    assert found_ids(similar(shop, "number", variants="include"))[0] == "number-2"
    assert len(found_ids(similar(shop, "mug"))) == 7


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"in_stock": "true"}, {"other", "mug", "number", "number-2"}),
        ({"in_stock": "false"}, {"blue"}),
        ({"max_price": "20"}, {"blue", "mug"}),
        ({"min_price": "10", "max_price": "50"}, {"other", "blue"}),
        ({"category": "clothing"}, {"blue"}),
        ({"brand": ["norda", "KAVO"]}, {"other", "mug"}),
        ({"brand": "nobody"}, set()),
    ],
)
def test_filters(shop: TestClient, parameters: dict[str, Any], expected: set[str]) -> None:
    answer = similar(shop, "shirt-m", **parameters)
    assert set(found_ids(answer)) == expected
    assert answer["total"] == len(expected)


def test_limit(shop: TestClient) -> None:
    assert found_ids(similar(shop, "shirt-m", limit=2)) == found_ids(similar(shop, "shirt-m"))[:2]


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "x"},
        {"variants": "some"},
        {"unknown": 1},
        {"min_price": 5, "max_price": 4},
        {"min_rating": 6},
        {"in_stock": "perhaps"},
        {"offset": 3},
    ],
)
def test_bad_parameters_get_a_typed_422(shop: TestClient, parameters: dict[str, Any]) -> None:
    answer = shop.get("/api/v1/products/mug/similar", params=parameters)
    assert error_of(answer) == (422, "VALIDATION_ERROR")


def test_products_that_cannot_be_compared(shop: TestClient) -> None:
    assert error_of(shop.get("/api/v1/products/none/similar")) == (404, "PRODUCT_NOT_FOUND")
    assert error_of(shop.get("/api/v1/products/a%20b/similar")) == (400, "INVALID_PRODUCT_ID")
    shop.patch("/api/v1/products/mug", json={"active": False})
    answer = shop.get("/api/v1/products/mug/similar")
    assert error_of(answer) == (409, "PRODUCT_NOT_SEARCHABLE")
    assert answer.json()["error"]["details"]["reason"] == "inactive"
    shop.delete("/api/v1/products/mug")
    assert error_of(shop.get("/api/v1/products/mug/similar")) == (404, "PRODUCT_NOT_FOUND")


def test_a_product_that_is_not_embedded_yet(shop: TestClient) -> None:
    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    with runtime.database.writing() as db:
        repository = CatalogueRepository(db)
        version = repository.lock_version()
        repository.upsert(
            [to_record(ProductIn(id="new", title="new"), runtime.settings.product_text_template)], version
        )
        repository.set_version(version)
    answer = shop.get("/api/v1/products/new/similar")
    assert error_of(answer) == (409, "PRODUCT_NOT_SEARCHABLE")
    assert answer.json()["error"]["details"]["reason"] == "not_embedded_yet"


def test_a_changed_product_is_compared_by_what_it_is_now(shop: TestClient) -> None:
    put(shop, "mug", "red cotton jumper")
    assert found_ids(similar(shop, "mug"))[0] == "other"
    put(shop, "number-2", "wooden board large", attributes={})
    assert found_ids(similar(shop, "number"))[0] == "number-2"


def test_groups_are_known_after_a_restart(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings()) as client:
        for number in range(3):
            put(client, f"p{number}", f"mug {number}", attributes={"item_group": "g" if number else None})
    with serving(make_settings()) as client:
        assert found_ids(similar(client, "p1")) == ["p0"]
        assert set(found_ids(similar(client, "p0"))) == {"p1", "p2"}
