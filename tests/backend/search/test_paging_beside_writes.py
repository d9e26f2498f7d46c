"""Pages of a list beside writes: nothing comes twice, and nothing that stays is left out."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.backend.conftest import found_ids, put, search

PRODUCTS = 60
LISTS: tuple[dict[str, Any], ...] = (
    {"query": "shoes"},
    {"query": "shoes", "sort": "rating"},
    {"query": "shoes", "group": "item_group"},
    {"sort": "price_asc"},
    {"query": ""},
)


def fill(client: TestClient) -> None:
    for number in range(PRODUCTS):
        title = f"{'red' if number % 3 else 'blue'} running shoes {number}"
        put(client, f"p{number:02}", title, price=10 + number % 7, rating=1 + number % 5, stock_quantity=3)


@pytest.mark.parametrize("body", LISTS, ids=str)
def test_nothing_comes_twice_when_the_last_product_is_written_and_others_are_added(
    client: TestClient, body: dict[str, Any]
) -> None:
    fill(client)
    shown: list[str] = []
    page = search(client, limit=5, **body)
    for number in range(PRODUCTS):
        shown += found_ids(page)
        if page["next_cursor"] is None:
            break
        patched = client.patch(f"/api/v1/products/{shown[-1]}", json={"stock_quantity": 10 + number})
        assert patched.status_code == 200
        put(client, f"zz{number:02}", f"zzyx gadget {number}", price=5000, rating=0, stock_quantity=1)
        page = search(client, limit=5, cursor=page["next_cursor"], **body)
    first = [id_ for id_ in shown if id_.startswith("p")]
    assert sorted(first) == [f"p{number:02}" for number in range(PRODUCTS)]


@pytest.mark.parametrize("body", LISTS, ids=str)
def test_nothing_is_left_out_when_the_last_product_is_deleted(client: TestClient, body: dict[str, Any]) -> None:
    fill(client)
    shown: list[str] = []
    page = search(client, limit=5, **body)
    while True:
        shown += found_ids(page)
        if page["next_cursor"] is None:
            break
        assert client.delete(f"/api/v1/products/{shown[-1]}").status_code == 204
        page = search(client, limit=5, cursor=page["next_cursor"], **body)
    assert sorted(shown) == [f"p{number:02}" for number in range(PRODUCTS)]


def test_the_last_two_products_may_go(client: TestClient) -> None:
    fill(client)
    page = search(client, "shoes", limit=5)
    before = [*found_ids(page), *found_ids(search(client, "shoes", limit=90, cursor=page["next_cursor"]))]
    for id_ in before[3:5]:
        client.delete(f"/api/v1/products/{id_}")
    put(client, "other", "zzyx gadget", stock_quantity=1)
    after = found_ids(search(client, "shoes", limit=90, cursor=page["next_cursor"]))
    assert [id_ for id_ in after if id_ != "other"] == before[5:]


def test_a_cut_cursor_is_refused(client: TestClient) -> None:
    fill(client)
    cursor = search(client, "shoes", limit=5)["next_cursor"]
    for cut in (cursor[:-1], cursor[:-2], cursor[:-7], cursor[1:], cursor + "AA"):
        answer = client.post("/api/v1/search", json={"query": "shoes", "limit": 5, "cursor": cut})
        assert answer.status_code == 422, answer.text
