"""Searches of a catalogue that is searched in clusters, as a client sees them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from itertools import product as combinations
from typing import Any

import numpy as np
import orjson
import pytest
from fastapi.testclient import TestClient

from backend.catalogue import opening
from backend.config import Settings
from ml.encoder.fake import FakeEncoder
from ml.index.merge import MergeSettings
from ml.index.planner import CostModel, Probing, Reach, Tuning
from tests.backend.conftest import found_ids, put, search, serving
from tests.backend.image_forms import COLOURS, by_picture, picture
from tests.backend.interaction.helpers import send

PROBES = 20
TUNING = Tuning(
    costs=CostModel(direct_ns=1e5, scan_ns=5e4),  # 0.1 ms for a product, 30 ms for all
    probing=(Probing(share=0.0, depth=200, probes=PROBES, recall=0.99, cost_ms=0.01),),
    reach=(Reach(share=0.0, probes=PROBES, recall=0.99, cost_ms=0.01),),
)
KINDS = ("mug", "table", "chair", "lamp", "shelf", "kettle", "plate", "vase", "basket", "clock")
MATERIALS = ("steel", "oak", "glass", "wicker", "marble", "copper", "paper", "velvet", "bamboo", "rubber")
QUERIES = (
    "steel mug",
    "oak table lamp",
    "something of velvet for reading",
    "red",
    "paper clock on marble",
    "blue vase",
)


def title(number: int) -> str:
    kind, material, colour = list(combinations(KINDS, MATERIALS, COLOURS))[number]
    return f"{colour} {material} {kind} number {number}"


@pytest.fixture
def make_shop(make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start servers on a catalogue of 600 products in some hundred clusters; `shop(**settings)` gives a client."""
    merging = MergeSettings(compact_from=1, clusters_from=1, background=False, assumed=TUNING)
    monkeypatch.setattr(opening, "MERGING", merging)
    lines = [
        {"id": f"p{number:03d}", "title": title(number), "price": 1 + number % 100, "currency": "EUR",
         "brand": f"B{number % 7}", "category": "Home", "colour": COLOURS[number % 6]}
        for number in random.Random(0).sample(range(600), 600)
    ]  # fmt: skip
    plain = {"search_exact_budget_ms": 0, "search_cutoff": 1.5, "search_shadow_share": 0}
    with serving(make_settings(**plain), FakeEncoder(image_tower=True)) as client:
        body = b"\n".join(map(orjson.dumps, lines))
        answer = client.post("/api/v1/products/bulk", content=body, headers={"Content-Type": "application/x-ndjson"})
        assert answer.status_code == 200, answer.text

    def start(**changes: Any) -> Any:
        return serving(make_settings(**{**plain, **changes}), FakeEncoder(image_tower=True))

    return start


@pytest.fixture
def shop(make_shop: Any) -> Iterator[TestClient]:
    with make_shop() as client:
        yield client


def live_of(client: TestClient) -> Any:
    return client.app.state.runtime.engine.live  # type: ignore[attr-defined]


def pages(ask: Callable[..., dict[str, Any]], **request: Any) -> list[dict[str, Any]]:
    """Follow the cursors to the end."""
    found = [ask(**request)]
    while found[-1]["next_cursor"]:
        found.append(ask(**request, cursor=found[-1]["next_cursor"]))
    return found


def whole(client: TestClient, query: str, **request: Any) -> dict[str, float]:
    """Return the whole list with its scores."""
    answers = pages(lambda **fields: search(client, query, interpret=False, **fields), limit=100, **request)
    return {item["product"]["id"]: item["score"] for answer in answers for item in answer["items"]}


@pytest.mark.parametrize("query", QUERIES)
def test_an_exact_search_is_what_numpy_finds_and_an_approximate_one_a_part_of_it(
    shop: TestClient, query: str
) -> None:
    live = live_of(shop)
    rows = live.live_rows(None)
    ids = [str(live.index.id_of(row)) for row in rows.tolist()]
    vectors = live.index.embeddings(rows).astype(np.float64)
    vector = FakeEncoder(image_tower=True).encode_texts([query])[0]
    cosines = vectors @ vector
    z = (cosines - cosines.mean()) / cosines.std()
    matches = live.texts.match(query)
    words = np.zeros(len(rows))
    covered = np.zeros(len(rows))
    places = np.searchsorted(rows, matches.rows)
    words[places], covered[places] = matches.scores / matches.ceiling, matches.coverage
    scores = 0.6 * words + 0.4 * np.tanh(z / 4)
    expected = {
        id_: score
        for id_, score, far, share in zip(ids, scores, z, covered, strict=True)
        if far >= 1.5 * 600 / 650 or share >= 0.6
    }

    exact = whole(shop, query, exact=True)
    assert exact == pytest.approx(expected, abs=1e-4)
    likely = whole(shop, query)
    assert likely.items() <= exact.items()
    by_words = {id_ for id_, share in zip(ids, covered, strict=True) if share >= 0.6}
    assert by_words <= likely.keys()
    assert max(exact, key=lambda id_: exact[id_]) in likely


def test_the_answer_says_how_it_was_found(shop: TestClient) -> None:
    answer = search(shop, "steel mug", explain=True, facets=["brand"])
    assert answer["total_relation"] == answer["facets"][0]["total_relation"] == "at_least"
    retrieval = answer["retrieval"]
    assert (retrieval["mode"], retrieval["allowed"]) == ("approximate", 600)
    assert 0 < retrieval["scanned"] < 400
    assert retrieval["plan"]["clusters"] == PROBES
    assert retrieval["plan"]["recall"] == 0.99

    answer = search(shop, "steel mug", exact=True, facets=["brand"])
    assert answer["total_relation"] == answer["facets"][0]["total_relation"] == "exact"
    assert answer["retrieval"] == {"mode": "exact", "allowed": 600, "scanned": 600, "reranked": 0}
    assert search(shop)["retrieval"] == {"mode": "browse", "allowed": 600, "scanned": 0, "reranked": 0}


@pytest.mark.parametrize("query", QUERIES)
def test_pages_total_and_facets_are_of_one_set(shop: TestClient, query: str) -> None:
    request: dict[str, Any] = {"query": query, "interpret": False, "facets": ["brand", "price"], "limit": 7}
    listed = pages(lambda **fields: search(shop, **fields), **request)
    ids = [id_ for page in listed for id_ in found_ids(page)]
    by_offset = [search(shop, **request, offset=start) for start in range(0, len(ids), 7)]
    assert [id_ for page in by_offset for id_ in found_ids(page)] == ids
    assert len(set(ids)) == len(ids)
    for page in (*listed, *by_offset):
        assert page["retrieval"]["mode"] == "approximate"
        assert page["total"] == len(ids)
        brand, price = page["facets"]
        assert sum(value["count"] for value in brand["values"]) == brand["total"] == len(ids)
        assert sum(bucket["count"] for bucket in price["buckets"]) == price["total"] == len(ids)
    by_price = [search(shop, **{**request, "sort": "price_asc", "limit": 100}, offset=at) for at in (0, 100, 200)]
    assert sorted(id_ for page in by_price for id_ in found_ids(page)) == sorted(ids)[:300]


@pytest.mark.parametrize("query", QUERIES)
def test_a_filter_only_takes_away_and_a_facet_says_what_each_choice_would_show(shop: TestClient, query: str) -> None:
    everything = whole(shop, query)
    (facet,) = search(shop, query, interpret=False, facets=["brand"], filters={"brand": "B3"})["facets"]
    counts = {value["value"]: value["count"] for value in facet["values"]}
    assert sum(counts.values()) == len(everything)
    for number in range(7):
        brand = f"B{number}"
        some = whole(shop, query, filters={"brand": brand})
        assert some.items() <= everything.items()
        assert some.keys() == {id_ for id_ in everything if int(id_[1:]) % 7 == number}
        assert counts.get(brand, 0) == len(some)


def test_few_allowed_products_are_searched_exactly_and_counts_still_agree(make_shop: Any) -> None:
    with make_shop(search_exact_budget_ms=10) as client:
        where = {"max_price": 5, "brand": "B2"}
        for query in QUERIES:
            request: dict[str, Any] = {"query": query, "interpret": False, "filters": where, "limit": 100}
            answer = search(client, **request, facets=["brand", "price"])
            assert answer["retrieval"]["mode"] == "exact"
            assert answer["total_relation"] == "exact"
            assert found_ids(answer) == found_ids(search(client, **request, exact=True))
            assert search(client, query, interpret=False)["retrieval"]["mode"] == "approximate"
            for facet in answer["facets"]:
                assert facet["total_relation"] == "at_least"  # counted under a filter that allows many
            selected = [value["count"] for value in answer["facets"][0]["values"] if value["selected"]]
            assert sum(selected) == answer["total"]


def test_a_write_is_found_at_once_wherever_it_lies(shop: TestClient) -> None:
    put(shop, "new", "violet hammock of hemp", price=3)
    answer = search(shop, "violet hammock of hemp")
    assert answer["retrieval"]["mode"] == "approximate"
    assert found_ids(answer)[0] == "new"
    put(shop, "new", "amber samovar", price=3)
    assert found_ids(search(shop, "amber samovar"))[0] == "new"
    put(shop, "p007", "amber samovar too", price=3)  # it had a code
    assert set(found_ids(search(shop, "amber samovar", limit=2))) == {"new", "p007"}
    assert "p007" not in whole(shop, title(7))
    assert shop.delete("/api/v1/products/new").status_code == 204
    assert found_ids(search(shop, "amber samovar"))[0] == "p007"


def test_pictures_list_every_product_once_the_likeliest_first(shop: TestClient) -> None:
    red = picture("red")
    first = by_picture(shop, red, limit=100)
    assert first["retrieval"]["mode"] == "approximate"
    assert (first["total"], first["total_relation"]) == (600, "exact")
    listed = [item for page in pages(lambda **f: by_picture(shop, red, **f), limit=100) for item in page["items"]]
    ids = [item["product"]["id"] for item in listed]
    assert len(ids) == len(set(ids)) == 600
    offsets = [found_ids(by_picture(shop, red, limit=100, offset=start)) for start in range(0, 600, 100)]
    assert [id_ for page in offsets for id_ in page] == ids
    exact = [
        item for p in pages(lambda **f: by_picture(shop, red, **f), limit=100, exact="true") for item in p["items"]
    ]
    assert {item["product"]["id"]: item["score"] for item in exact} == {
        item["product"]["id"]: item["score"] for item in listed
    }
    scores = [item["score"] for item in listed]
    assert scores[:200] == sorted(scores[:200], reverse=True)
    assert scores[200:] == sorted(scores[200:], reverse=True)
    assert sum(score >= exact[49]["score"] for score in scores[:50]) >= 45
    assert by_picture(shop, red, sort="price_asc")["retrieval"]["mode"] == "exact"
    assert by_picture(shop, red, exact="true")["retrieval"]["mode"] == "exact"


def similar(client: TestClient, id_: str, **parameters: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/products/{id_}/similar", params=parameters)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_products_like_one_are_found_as_planned(make_shop: Any) -> None:
    ids = [f"p{number:03d}" for number in range(0, 600, 20)]
    with make_shop(search_exact_budget_ms=10) as client:
        found = 0
        for id_ in ids:
            likely, exact = similar(client, id_, limit=100), similar(client, id_, limit=100, exact="true")
            scanned = likely["retrieval"].pop("scanned")
            assert 0 < scanned < 400
            assert likely["retrieval"] == {"mode": "approximate", "allowed": 599}
            assert exact["retrieval"] == {"mode": "exact", "allowed": 599, "scanned": 600}
            assert likely["total"] == exact["total"] == 599
            scores = {item["product"]["id"]: item["score"] for item in exact["items"]}
            for item in likely["items"]:
                assert item["score"] == scores.get(item["product"]["id"], item["score"])
            assert found_ids(likely)[:3] == found_ids(exact)[:3]
            assert id_ not in found_ids(likely)
            found += len(set(found_ids(likely)) & set(found_ids(exact)))
        assert 0.7 * 100 * len(ids) <= found < 100 * len(ids)
        few = similar(client, ids[0], brand="B2")  # some 86 products: within the budget
        assert few["retrieval"] == {"mode": "exact", "allowed": few["total"], "scanned": few["total"]}
        assert few["total"] < 100
    with make_shop(search_mode="exact") as client:
        assert similar(client, ids[0])["retrieval"]["mode"] == "exact"


def test_products_like_one_for_somebody_are_chosen_from_what_was_planned(shop: TestClient) -> None:
    send(shop, "p005", "PURCHASE", user_id="u")
    likely = similar(shop, "p007", user_id="u")
    exact = similar(shop, "p007", user_id="u", exact="true")
    assert likely["weights"] == exact["weights"] != {}
    assert (likely["retrieval"]["mode"], exact["retrieval"]["mode"]) == ("approximate", "exact")
    assert len(set(found_ids(likely)) & set(found_ids(exact))) >= 15
    # So many are looked at that clusters weren't measured for.
    assert similar(shop, "p007", user_id="u", limit=21)["retrieval"]["mode"] == "exact"


def test_a_cursor_goes_on_by_position_where_the_mode_has_changed(make_shop: Any) -> None:
    red = picture("red")
    with make_shop() as client:
        first = by_picture(client, red, limit=50)
        approximate = found_ids(by_picture(client, red, limit=50, offset=50))
    with make_shop(search_mode="exact") as client:
        second = by_picture(client, red, limit=50, cursor=first["next_cursor"])
        assert second["retrieval"]["mode"] == "exact"
        assert found_ids(second) == found_ids(by_picture(client, red, limit=50, offset=50))
        cursor = by_picture(client, red, limit=50)["next_cursor"]
    with make_shop() as client:
        assert found_ids(by_picture(client, red, limit=50, cursor=cursor)) == approximate


def test_exact_mode_is_exact_everywhere(make_shop: Any) -> None:
    with make_shop(search_mode="exact") as client:
        for query in QUERIES:
            answer = search(client, query, filters={"max_price": 90}, facets=["price"])
            assert (answer["retrieval"]["mode"], answer["total_relation"]) == ("exact", "exact")
        assert by_picture(client, picture("red"))["retrieval"]["mode"] == "exact"


def test_a_recall_that_was_not_measured_is_not_promised(make_shop: Any) -> None:
    with make_shop(search_minimum_recall=0.995) as client:
        assert search(client, "steel mug")["retrieval"]["mode"] == "exact"


def test_shadow_searches_measure_what_is_found(make_shop: Any) -> None:
    with make_shop(search_shadow_share=1) as client:
        shadow = client.app.state.runtime.engine.shadow
        shadow.wait()
        before = client.get("/metrics").text  # the search that warms a server up is compared too
        for query in QUERIES:
            search(client, query, interpret=False)
            shadow.wait()
            search(client, query, interpret=False, filters={"max_price": 30})
            shadow.wait()
        search(client, "steel mug", exact=True)
        by_picture(client, picture("red"))
        shadow.wait()
        page = client.get("/metrics").text

    def grown(series: str) -> float:
        """Return by how much a figure has grown."""
        now, then = (re.findall(re.escape(series) + r" ([\d.]+)", text) or [0] for text in (page, before))
        return float(now[0]) - float(then[0])

    assert grown('vitrine_shadow_searches_total{outcome="compared"}') == 13
    assert grown('vitrine_searches_total{mode="approximate"}') == 13
    assert grown('vitrine_searches_total{mode="exact"}') == 1
    for allowed, times in (("100%", 7), ("50%", 6)):
        assert grown(f'vitrine_shadow_recall_count{{allowed_up_to="{allowed}"}}') == times
        assert 0.8 * times <= grown(f'vitrine_shadow_recall_sum{{allowed_up_to="{allowed}"}}') <= times + 1e-6


def test_without_a_share_nothing_is_compared(shop: TestClient) -> None:
    search(shop, "steel mug")
    shop.app.state.runtime.engine.shadow.wait()  # type: ignore[attr-defined]
    assert "vitrine_shadow_searches_total{" not in shop.get("/metrics").text
