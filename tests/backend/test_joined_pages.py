"""Pages of a list, joined, are the list, however it is sorted and grouped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import found_ids, put, search, serving


@pytest.fixture(scope="module")
def shop(module_settings: Settings) -> Iterator[TestClient]:
    """Products of equal prices, ratings, brands and groups, which no test changes."""
    with serving(module_settings) as client:
        for number in range(14):
            put(client, f"p{number:02}", "coffee shirt", price=[None, 5, 7][number % 3], rating=[None, 3][number % 2],
                brand=["A", "a", "B", None][number % 4],
                attributes={"item_group": f"g{number % 6}"} if number % 5 else {},
            )  # fmt: skip
        yield client


@pytest.mark.parametrize("query", ["coffee shirt", ""])
@pytest.mark.parametrize("sort", ["relevance", "price_asc", "price_desc", "rating", "newest"])
@pytest.mark.parametrize("options", [{}, {"group": "item_group"}, {"max_per_brand": 2}])
def test_pages_join_to_the_whole_list(shop: TestClient, query: str, sort: str, options: dict[str, Any]) -> None:
    whole = search(shop, query, sort=sort, limit=100, **options)
    listed, cursor = [], None
    while True:
        page = search(shop, query, sort=sort, limit=3, **options, **({"cursor": cursor} if cursor else {}))
        assert page["total"] == whole["total"] == len(whole["items"])
        listed += page["items"]
        if not (cursor := page["next_cursor"]):
            break
    assert [item["product"]["id"] for item in listed] == found_ids(whole)
    assert [item["variants"] for item in listed] == [item["variants"] for item in whole["items"]]
    by_offset = [
        id_
        for offset in range(0, whole["total"], 4)
        for id_ in found_ids(search(shop, query, sort=sort, limit=4, offset=offset, **options))
    ]
    assert by_offset == found_ids(whole)
    if "group" in options:
        assert sum(item["variants"] for item in listed) == 14
    if "max_per_brand" in options:
        brands = [str(item["product"]["brand"]).lower() for item in listed]
        assert max(brands.count("a"), brands.count("b")) == 2
