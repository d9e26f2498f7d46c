"""Searches while products are written: each answer is of one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.catalogue.columns import EPOCH
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.records import ChangedProduct
from backend.config import Settings
from backend.search import retrieval
from backend.search.service import LOOKS
from tests.backend.conftest import found_ids, put, search, serving

FACETS = ["brand", "in_stock", "merchant"]


@pytest.fixture
def shop(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    with serving(make_settings()) as client:
        for number in range(5):
            put(client, f"p{number}", f"mug number {number}", price=10 + number, brand="Norda")
        yield client


def live_of(client: TestClient) -> LiveCatalogue:
    live: LiveCatalogue = client.app.state.runtime.engine.live  # type: ignore[attr-defined]
    return live


def between_page_and_facets(monkeypatch: pytest.MonkeyPatch, write: Callable[[int], None]) -> None:
    """Let something be written after each search's page was cut; it is told how many were before."""
    plain, looks = retrieval.take_pinned_page, iter(range(100))

    def cut(*given: Any, **named: Any) -> Any:
        page = plain(*given, **named)
        write(next(looks))
        return page

    monkeypatch.setattr(retrieval, "take_pinned_page", cut)


def arrives(live: LiveCatalogue, number: int) -> None:
    """Write a product's columns, as the first step of giving it a row."""
    plain = dict.fromkeys(ChangedProduct._fields)
    known = {"title": "x", "active": True, "deleted": False, "attributes": {}, "created_at": EPOCH, "version": 1}
    new = {**plain, **known, "change_version": 1, "id": f"new-{number}", "brand": "New", "price_cents": 100}
    live.columns.put(live.index.row_count + number, ChangedProduct(**new))


def goes(live: LiveCatalogue, id_: str) -> None:
    row = live.index.row_of(id_)  # type: ignore[arg-type]
    assert row is not None
    live.columns.retire(row)
    live.texts.retire([row])
    live.index.remove([id_])  # type: ignore[list-item]


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("request_", [{}, {"query": "mug"}, {"filters": {"max_price": 99}}, {"sort": "price_asc"}])
def test_total_and_facets_are_of_one_moment(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch, request_: dict[str, Any], pinned: bool
) -> None:
    if pinned:
        rule = {"title": "one", "when": {"always": True}, "pin": [{"id": "p3", "position": 2}]}
        assert shop.post("/api/v1/rules", json=rule).status_code == 201
    live = live_of(shop)
    between_page_and_facets(monkeypatch, lambda number: arrives(live, number))
    answer = search(shop, facets=FACETS, limit=3, **request_)
    assert answer["total"] == 5
    assert {facet["field"]: facet["total"] for facet in answer["facets"]} == dict.fromkeys(FACETS, 5)


@pytest.mark.parametrize("query", ["", "mug"])
def test_a_page_that_lost_a_product_is_made_again(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    live = live_of(shop)
    between_page_and_facets(monkeypatch, lambda number: goes(live, "p2") if number == 0 else None)
    answer = search(shop, query, facets=FACETS, limit=5)
    assert sorted(found_ids(answer)) == ["p0", "p1", "p3", "p4"]
    assert [answer["total"], *(facet["total"] for facet in answer["facets"])] == [4] * 4


def test_it_ends_where_products_go_all_the_time(shop: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    live, looks = live_of(shop), []

    def write(number: int) -> None:
        looks.append(number)
        goes(live, f"p{number}")

    between_page_and_facets(monkeypatch, write)
    answer = search(shop, limit=5)
    assert len(looks) == LOOKS
    assert sorted(found_ids(answer)) == ["p3", "p4"]
