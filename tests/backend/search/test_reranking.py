"""The second stage over REST: one list whatever the page, explained, switched on by a file of weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from backend.search.reranking import RerankStage
from backend.search.schemas import SearchResponse
from ml.encoder.fake import FakeEncoder
from ml.ranking.rerank import Shortlist
from tests.backend.conftest import error_of, found_ids, put, search, serving

DEPTH = 6
COUNT = 20


def weights_file(folder: Path, **weights: float) -> Path:
    path = folder / "weights.json"
    path.write_bytes(orjson.dumps({"format": 1, "ranker": "rerank", "parameters": weights}))
    return path


@pytest.fixture
def make_shop(make_settings: Callable[..., Settings], tmp_path: Path) -> Callable[..., Any]:
    """A shop whose mugs differ by their words, so that the first stage has an order of its own."""

    def make(depth: int = DEPTH, **weights: float) -> Any:
        path = weights_file(tmp_path, **weights) if weights else None
        return serving(make_settings(rerank_weights_path=path, rerank_depth=depth), FakeEncoder())

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Any]) -> Iterator[TestClient]:
    with make_shop(in_stock=1.0, title=0.01) as client:
        for number in range(COUNT):
            filler = " ".join(["very"] * number)
            brand = "Norda" if number % 3 else "Kavo"
            put(client, f"p{number:02}", f"steel mug {filler}", stock_quantity=number % 2, brand=brand,
                attributes={"item_group": f"g{number // 2}"})  # fmt: skip
        yield client


def by_pages(client: TestClient, limit: int, **request: Any) -> list[str]:
    listed, cursor = [], None
    while True:
        page = search(client, limit=limit, **request, **({"cursor": cursor} if cursor else {}))
        listed += found_ids(page)
        if not (cursor := page["next_cursor"]):
            return listed


def test_the_first_are_put_into_another_order_and_the_rest_follow(
    shop: TestClient, make_shop: Callable[..., Any]
) -> None:
    answer = search(shop, "steel mug", limit=50)
    SearchResponse.model_validate(answer)
    with make_shop() as plain:
        first = search(plain, "steel mug", limit=50)
    assert (first["retrieval"]["reranked"], answer["retrieval"]["reranked"]) == (0, DEPTH)
    before, after = found_ids(first), found_ids(answer)
    in_stock = [id_ for id_ in before[:DEPTH] if int(id_[1:]) % 2]
    sold_out = [id_ for id_ in before[:DEPTH] if not int(id_[1:]) % 2]
    assert after == in_stock + sold_out + before[DEPTH:]
    assert before != after
    assert answer["total"] == first["total"] == COUNT


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7, 50])
@pytest.mark.parametrize(
    "request_", [{}, {"group": "item_group"}, {"max_per_brand": 4}, {"filters": {"brand": "Norda"}}]
)
def test_pages_join_to_the_one_list(shop: TestClient, limit: int, request_: dict[str, Any]) -> None:
    whole = search(shop, "steel mug", limit=100, facets=["brand"], **request_)
    assert by_pages(shop, limit, query="steel mug", **request_) == found_ids(whole)
    assert len(whole["items"]) == whole["total"]
    offsets = [search(shop, "steel mug", limit=3, offset=offset, **request_) for offset in range(0, COUNT, 3)]
    assert [id_ for page in offsets for id_ in found_ids(page)] == found_ids(whole)


def test_pins_keep_their_places_beside_it(shop: TestClient) -> None:
    plain = found_ids(search(shop, "steel mug", limit=50))
    pins = [{"id": plain[-1], "position": 1}, {"id": plain[0], "position": 9}]
    shop.post("/api/v1/rules", json={"title": "pins", "when": {"always": True}, "pin": pins})
    listed = by_pages(shop, 4, query="steel mug")
    assert listed == found_ids(search(shop, "steel mug", limit=50))
    assert (listed[0], listed[8], len(listed)) == (plain[-1], plain[0], COUNT)


def test_the_parts_of_a_score_add_up_to_it(shop: TestClient) -> None:
    shop.post("/api/v1/rules", json={"title": "t", "when": {"always": True}, "pin": [{"id": "p19", "position": 2}],
              "boost": [{"filters": {"brand": "Kavo"}, "factor": 2}]})  # fmt: skip
    items = search(shop, "steel mug", limit=50, explain=True)["items"]
    moved = 0
    for item in items:
        why = item["explanation"]
        parts = ("lexical", "similarity", "exact_match", "business", "reranked")
        assert sum(why[part] for part in parts) == pytest.approx(item["score"], abs=1e-5)
        moved += why["reranked"] != 0
    assert moved == DEPTH
    assert items[1]["explanation"]["reranked"] == 0  # pinned


def test_a_cursor_neither_repeats_nor_skips_when_the_catalogue_changes(shop: TestClient) -> None:
    brands = {"filters": {"brand": ["Norda", "Kavo"]}}
    for limit in (3, 5, 6, 8):
        whole = search(shop, "steel mug", limit=50, **brands)
        first = search(shop, "steel mug", limit=limit, **brands)
        gone = whole["items"][limit - 2]["product"]
        # It leaves the list, and all words stay as common as they are: so no other score changes.
        put(shop, gone["id"], gone["title"], brand="Other", stock_quantity=gone["stock_quantity"])
        rest = search(shop, "steel mug", limit=50, cursor=first["next_cursor"], **brands)
        assert found_ids(rest) == found_ids(whole)[limit:]
        put(shop, gone["id"], gone["title"], brand="Norda", stock_quantity=1 - gone["stock_quantity"])
        again = search(shop, "steel mug", limit=50, cursor=first["next_cursor"], **brands)
        assert [id_ for id_ in found_ids(again) if id_ != gone["id"]] == found_ids(whole)[limit:]


def test_other_sorts_browsing_and_other_weights_are_lists_of_their_own(
    shop: TestClient, make_shop: Callable[..., Any]
) -> None:
    assert search(shop, "steel mug", sort="newest")["retrieval"]["reranked"] == 0
    assert search(shop, "")["retrieval"]["reranked"] == 0
    cursor = search(shop, "steel mug", limit=4)["next_cursor"]
    with make_shop(in_stock=-1.0) as other:  # the order is another: the list goes on by position
        whole = found_ids(search(other, "steel mug", limit=50))
        assert found_ids(search(other, "steel mug", limit=50, cursor=cursor)) == whole[4:]


def test_equal_products_in_masses_are_left_as_they_are(make_shop: Callable[..., Any]) -> None:
    with make_shop(depth=2, in_stock=1.0) as client:
        for number in range(12):
            put(client, f"p{number:02}", "steel mug", stock_quantity=number % 2)
        answer = search(client, "steel mug", limit=50)
        assert answer["retrieval"]["reranked"] == 0
        assert found_ids(answer) == by_pages(client, 5, query="steel mug") == [f"p{n:02}" for n in range(12)]
        put(client, "best", "steel mug", sku="steel mug", stock_quantity=1)
        put(client, "next", "steel mug", sku="steel mug", stock_quantity=0)
        answer = search(client, "steel mug", limit=50)
        assert answer["retrieval"]["reranked"] == 2
        assert by_pages(client, 3, query="steel mug") == found_ids(answer)


def test_a_reranker_that_fails_is_a_typed_error(shop: TestClient) -> None:
    class Broken:
        name = "broken"

        def scores(self, shortlist: Shortlist) -> Any:
            return np.full(len(shortlist.rows), np.nan)

    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    runtime.rerank_stage = RerankStage(Broken(), DEPTH)
    answer = shop.post("/api/v1/search", json={"query": "steel mug"})
    assert error_of(answer) == (503, "DEPENDENCY_UNAVAILABLE")
    assert "broken gave no finite score" in answer.json()["error"]["message"]
    assert len(search(shop, "")["items"]) == COUNT


def test_a_file_that_is_not_one_of_weights_keeps_the_server_from_being_ready(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    path = weights_file(tmp_path, tilte=1)
    settings = make_settings(rerank_weights_path=path)
    with pytest.raises(AssertionError, match="no feature 'tilte'"), serving(settings, FakeEncoder()):
        pass
