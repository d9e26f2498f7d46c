from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.catalogue.row_filter import RowFilter
from backend.search.cursor import Cursor
from backend.search.reading import Interpreted, Reading
from backend.search.schemas import SearchRequest, SearchResponse
from backend.search.service import request_key, score_basis
from backend.search.understanding import Penalties
from tests.backend.conftest import error_of, found_ids, put, search


@pytest.fixture
def shop(client: TestClient) -> TestClient:
    put(
        client,
        "boots",
        "waterproof hiking boots",
        price=89.95,
        brand="Norda",
        category="Shoes > Outdoor",
        stock_quantity=3,
    )
    put(
        client,
        "runner",
        "light running shoes",
        price=120,
        brand="Norda",
        category="Shoes > Sport",
        stock_quantity=0,
        rating=4.5,
        review_count=10,
    )
    put(
        client,
        "mug",
        "steel coffee mug",
        price=19.5,
        brand="Kavo",
        category="Kitchen",
        colour="Red",
        quality_score=0.9,
    )
    put(
        client,
        "press",
        "coffee press",
        price=35,
        brand="kavo",
        category="Kitchen > Coffee",
        merchant="M1",
        rating=3,
        review_count=2,
    )
    put(client, "gift", "gift card", size="L")
    return client


def test_answers_by_meaning_with_all_that_the_contract_names(shop: TestClient) -> None:
    answer = search(shop, "coffee mug", limit=2)
    SearchResponse.model_validate(answer)
    assert found_ids(answer) == ["mug", "press"]
    assert answer["items"][0]["score"] > answer["items"][1]["score"] > 0
    assert answer["total"] == 5
    assert answer["catalogue_version"] == 5
    assert answer["retrieval"] == {"mode": "exact", "allowed": 5, "scanned": 5, "reranked": 0}
    assert set(answer["timings_ms"]) == {
        "wait",
        "understand",
        "encode",
        "filter",
        "retrieve",
        "facets",
        "enrich",
        "total",
    }
    assert answer["encoder"]["fingerprint"]


@pytest.mark.parametrize("interpret", [True, False])  # before words are read, and before the search
def test_waiting_for_ones_turn_is_a_stage_of_its_own(shop: TestClient, interpret: bool) -> None:
    compute = shop.app.state.runtime.engine.compute  # type: ignore[attr-defined]
    portal = shop.portal
    assert portal is not None
    portal.call(compute._turn.acquire)
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(search, shop, "green mug", interpret=interpret)
        try:
            while not compute._turn._waiters:
                assert not asked.done()
                time.sleep(0.001)
            time.sleep(0.2)
        finally:
            portal.call(compute._turn.release)
        timings = asked.result()["timings_ms"]
    assert timings["wait"] >= 200  # however slow the machine is: so long nothing else could begin


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"min_price": 35, "max_price": 89.95}, {"boots", "press"}),
        ({"max_price": 19.5}, {"mug"}),
        ({"min_price": 0}, {"boots", "runner", "mug", "press"}),
        ({"in_stock": True}, {"boots", "mug", "press", "gift"}),
        ({"in_stock": False}, {"runner"}),
        ({"category": "Shoes"}, {"boots", "runner"}),
        ({"category": "kitchen > COFFEE"}, {"press"}),
        ({"category": ["Shoes>Sport", "Kitchen"]}, {"runner", "mug", "press"}),
        ({"category": "Shoe"}, set()),
        ({"brand": "KAVO"}, {"mug", "press"}),
        ({"brand": ["Norda", "Kavo"], "in_stock": True, "max_price": 50}, {"mug", "press"}),
        ({"merchant": "M1"}, {"press"}),
        ({"colour": "red"}, {"mug"}),
        ({"size": "L"}, {"gift"}),
        ({"min_rating": 4}, {"runner"}),
        ({"brand": "nobody"}, set()),
    ],
)
@pytest.mark.parametrize("query", ["coffee", ""])
def test_filters_restrict_searching_and_browsing_alike(
    shop: TestClient, filters: dict[str, Any], expected: set[str], query: str
) -> None:
    answer = search(shop, query, filters=filters)
    assert set(found_ids(answer)) == expected
    assert answer["total"] == len(expected)
    assert answer["retrieval"]["mode"] == ("exact" if query else "browse")


def test_blank_queries_browse_by_quality_and_reviews(shop: TestClient) -> None:
    for query in ("", "  \t\n "):
        answer = search(shop, query)
        assert found_ids(answer)[:2] == ["mug", "runner"]
        assert found_ids(answer)[-1] == "press"
        assert all(item["score"] is None for item in answer["items"])


@pytest.mark.parametrize("query", ["coffee", ""])
def test_pages_join_to_the_whole_list(client: TestClient, query: str) -> None:
    for number in range(23):  # five titles, so most scores are ties
        put(client, f"p{number:02}", f"coffee kind {number % 5}")
    whole = found_ids(search(client, query, limit=100))
    assert len(whole) == 23
    by_offset = [
        id_ for offset in range(0, 23, 4) for id_ in found_ids(search(client, query, limit=4, offset=offset))
    ]
    by_cursor, cursor = [], None
    while True:
        page = search(client, query, limit=4, **({"cursor": cursor} if cursor else {}))
        assert page["total"] == 23
        assert page["offset"] == len(by_cursor)
        by_cursor += found_ids(page)
        if not (cursor := page["next_cursor"]):
            break
    assert by_offset == by_cursor == whole


def test_a_cursor_neither_repeats_nor_skips_when_the_catalogue_changes(client: TestClient) -> None:
    for number in range(8):
        put(client, f"p{number}", "coffee")
    first = search(client, "coffee", limit=4)
    assert found_ids(first) == ["p0", "p1", "p2", "p3"]
    put(client, "p00", "coffee")
    client.delete("/api/v1/products/p1")
    assert found_ids(search(client, "coffee", limit=4, cursor=first["next_cursor"])) == ["p4", "p5", "p6", "p7"]


@pytest.mark.parametrize(
    "body",
    [
        {"query": "x", "filters": {"weight": 3}},
        {"query": "x", "unknown": 1},
        {"query": "x", "filters": {"min_price": 5, "max_price": 4}},
        {"query": "x", "filters": {"min_price": -1}},
        {"query": "x", "filters": {"min_price": "a lot"}},
        {"query": "x", "filters": {"brand": []}},
        {"query": "x", "filters": {"brand": ["b"] * 101}},
        {"query": "x", "filters": {"min_rating": 6}},
        {"query": "x", "filters": None},
        {"query": "x" * 2001},
        {"query": None},
        {"query": ["x"]},
        {"query": "x", "limit": 0},
        {"query": "x", "limit": 101},
        {"query": "x", "limit": "many"},
        {"query": "x", "offset": -1},
        {"query": "x", "offset": 10_001},
        {"query": "x", "cursor": "bm9uc2Vuc2U"},
        {"query": "x", "cursor": "é"},
        {"query": "x", "cursor": ""},
        [],
    ],
)
def test_bad_requests_get_a_typed_422(client: TestClient, body: Any) -> None:
    assert error_of(client.post("/api/v1/search", json=body)) == (422, "VALIDATION_ERROR")


MALFORMED = [
    b"",
    b"{",
    b"\xff\xfe{",
    b'{"query": "\\ud800"}',
    b'{"query": NaN}',
    b'{"filters": {"max_price": Infinity}}',
    b"[" * 100_000,
    b'{"query": 1' + b"0" * 5000 + b"}",
]


@pytest.mark.parametrize("raw", MALFORMED)
def test_malformed_bodies_get_a_typed_422(client: TestClient, raw: bytes) -> None:
    answer = client.post("/api/v1/search", content=raw, headers={"Content-Type": "application/json"})
    assert error_of(answer) == (422, "VALIDATION_ERROR")


def test_a_body_that_is_too_large_is_refused_announced_or_not(client: TestClient) -> None:
    body = b'{"query": "' + b"x" * 300_000 + b'"}'
    headers = {"Content-Type": "application/json"}
    assert error_of(client.post("/api/v1/search", content=body, headers=headers)) == (413, "PAYLOAD_TOO_LARGE")
    chunks = (body[start : start + 1000] for start in range(0, len(body), 1000))
    assert error_of(client.post("/api/v1/search", content=chunks, headers=headers)) == (413, "PAYLOAD_TOO_LARGE")


def test_a_cursor_fits_its_own_request_only(client: TestClient) -> None:
    for number in range(3):
        put(client, f"p{number}", "coffee", price=5)
    cursor = search(client, "coffee", limit=1)["next_cursor"]
    for other in (
        {"query": "tea"},
        {"query": "coffee", "filters": {"max_price": 9}},
        {"query": "coffee", "offset": 1},
    ):
        answer = client.post("/api/v1/search", json={**other, "cursor": cursor})
        assert error_of(answer) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(("rank", "seen"), [(float("nan"), 1), (float("inf"), 1), (0.5, 2**63)])
def test_a_forged_cursor_is_refused(client: TestClient, rank: float, seen: int) -> None:
    cursor = Cursor(rank, "p", seen, "some space").encode(request_key(SearchRequest(query="coffee")))
    answer = client.post("/api/v1/search", json={"query": "coffee", "cursor": cursor})
    assert error_of(answer) == (422, "VALIDATION_ERROR")


def test_a_forged_cursor_that_could_be_ours_costs_nothing(client: TestClient) -> None:
    for number in range(5):
        put(client, f"p{number}", "coffee")
    request = SearchRequest(query="coffee")
    live = client.app.state.runtime.engine.live  # type: ignore[attr-defined]
    reading = Reading("coffee", RowFilter(), Penalties(), Interpreted(text="coffee", understood=[], corrected=[]))
    ours = Cursor(9.0, "p", 2**39, score_basis(live, reading, ""))
    assert len(search(client, "coffee", limit=2, cursor=ours.encode(request_key(request)))["items"]) == 2
    by_position = Cursor(9.0, "p", 2**39, "another space").encode(request_key(request))
    assert search(client, "coffee", limit=2, cursor=by_position)["items"] == []


def test_hostile_text_is_only_text(client: TestClient) -> None:
    put(client, "p1", "plain mug")
    for query in ("'; DROP TABLE products; --", "\x00", "<script>", "👩‍👩‍👧", "a\u202eb", "%s%n{}", "A" * 2000):
        search(client, query)
    assert found_ids(search(client, "mug")) == ["p1"]


def test_an_unknown_route_and_method_use_the_envelope(client: TestClient) -> None:
    assert error_of(client.get("/nope")) == (404, "NOT_FOUND")
    assert error_of(client.get("/api/v1/search")) == (405, "METHOD_NOT_ALLOWED")


def test_as_many_statements_for_100_hits_as_for_1(client: TestClient, count_statements: Any) -> None:
    for number in range(100):
        put(client, f"p{number}", f"coffee {number}")
    with count_statements(client) as few:
        search(client, "coffee one", limit=1)
    with count_statements(client) as many:
        search(client, "coffee hundred", limit=100)
    with count_statements(client) as again:
        search(client, "coffee hundred", limit=100)
    assert len(many) <= max(1, len(few))
    assert again == []
