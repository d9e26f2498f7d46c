"""Search by words and meaning, over REST: what is a result, in which order, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import error_of, found_ids, put, search, serving

COLOURS = ("red", "blue", "green", "white")
THINGS = ("mug", "teapot", "lamp", "kettle", "plate", "vase")


@pytest.fixture
def shop(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    with serving(make_settings(search_cutoff=2.5)) as client:
        for number, thing in enumerate(THINGS):
            for place, colour in enumerate(COLOURS):
                put(
                    client,
                    f"{thing}-{colour}",
                    f"{colour} {thing}",
                    sku=f"KX-{number}{place}7/B",
                    price=10 + number,
                    brand="Norda" if number % 2 else "Kavo",
                    colour=colour,
                    description="stands well on any table",
                )
        client.app.state.runtime.engine.shop.count()  # type: ignore[attr-defined]
        yield client


def test_results_hold_the_words_and_the_best_comes_first(shop: TestClient) -> None:
    answer = search(shop, "blue teapot", limit=50)
    assert found_ids(answer)[0] == "teapot-blue"
    assert answer["total"] == len(answer["items"]) < len(COLOURS) * len(THINGS)


def test_without_a_result_the_list_is_empty(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(search_cutoff=100)) as client:  # the fake encoder finds likeness anywhere
        for thing in THINGS:
            put(client, thing, f"blue {thing}")
        answer = search(client, "zzzzqq xxyyvv", interpret=False)
        assert (answer["items"], answer["total"], answer["next_cursor"]) == ([], 0, None)
        assert found_ids(search(client, "teapot", interpret=False)) == ["teapot"]


@pytest.mark.parametrize("typed", ["KX-237/B", "kx237b", "KX 237 B", "kx-237b", "lamp-white"])
def test_a_sku_or_an_id_in_any_spelling_comes_first(shop: TestClient, typed: str) -> None:
    answer = search(shop, typed, explain=True)
    assert found_ids(answer)[0] == "lamp-white"
    assert answer["items"][0]["explanation"]["exact_match"] == 1


@pytest.mark.parametrize("query", ["blue teapot", "kx237b", "red lamp not blue", "stands on a table"])
def test_the_parts_of_a_score_add_up_to_it(shop: TestClient, query: str) -> None:
    items = search(shop, query, explain=True, limit=50)["items"]
    assert items
    for item in items:
        why = item["explanation"]
        parts = why["lexical"] + why["similarity"] + why["exact_match"] + why["business"]
        assert parts == pytest.approx(item["score"], abs=1e-5)
        assert sum(term["score"] for term in why["terms"]) == pytest.approx(why["lexical"], abs=1e-5)
    assert "explanation" not in search(shop, query)["items"][0]


def test_words_become_filters_and_the_answer_says_so(shop: TestClient) -> None:
    answer = search(shop, "teapot under 11.50", limit=50)
    (price,) = answer["interpreted"]["understood"]
    assert (price["field"], price["value"], price["effect"]) == ("price", {"min": None, "max": 11.5}, "filter")
    assert answer["interpreted"]["text"] == "teapot"
    assert all(item["product"]["price"] <= 11.5 for item in answer["items"])
    assert search(shop, "teapot under 11.50", interpret=False)["interpreted"] is None


def test_filters_of_the_request_win_over_the_words(shop: TestClient) -> None:
    answer = search(shop, "lamp under 5", filters={"max_price": 100}, limit=50)
    assert answer["total"] > 0
    assert found_ids(answer)[0].startswith("lamp")
    (price,) = answer["interpreted"]["understood"]
    assert (price["words"], price["effect"]) == ("under 5", "none")  # and not what the list is filtered by


def test_implied_filters_that_leave_no_result_are_dropped(shop: TestClient) -> None:
    put(shop, "last", "orange samovar", price=99, colour="orange")
    answer = search(shop, "red samovar under 100", limit=50)
    assert found_ids(answer)[0] == "last"
    (kept,) = [note for note in answer["interpreted"]["understood"] if note["effect"] == "filter"]
    assert kept["field"] == "price"


def test_each_end_of_a_price_range_is_the_requests_or_the_words(shop: TestClient) -> None:
    answer = search(shop, "lamp under 13.50", filters={"min_price": 11.5}, limit=50)
    prices = {item["product"]["price"] for item in answer["items"]}
    assert prices <= {12, 13}
    assert 12 in prices


def test_boosted_and_preferred_lists_have_pages_to_the_end(shop: TestClient) -> None:
    boost = [{"filters": {"colour": "white"}, "factor": 1.5}]
    shop.post("/api/v1/rules", json={"title": "white", "when": {"always": True}, "boost": boost})
    for query in ("lamp mug teapot kettle plate vase", "white table", "stands on a table"):
        whole = search(shop, query, limit=100)
        listed, cursor = [], None
        while True:
            page = search(shop, query, limit=5, **({"cursor": cursor} if cursor else {}))
            listed += found_ids(page)
            if not (cursor := page["next_cursor"]):
                break
        assert listed == found_ids(whole)
        assert len(listed) == whole["total"]


def test_a_facet_counts_a_pinned_product_under_its_own_filter_too(shop: TestClient) -> None:
    put(shop, "pin", "garden gnome", price=5, brand="Gardena", colour="red")
    pins = [{"id": "pin", "position": 1}]
    shop.post("/api/v1/rules", json={"title": "gnome", "when": {"query_contains": ["teapot"]}, "pin": pins})
    for filters in ({}, {"brand": "Gardena"}):
        (facet,) = search(shop, "blue teapot", filters=filters, facets=["brand"], interpret=False)["facets"]
        assert {value["value"]: value["count"] for value in facet["values"]}["Gardena"] == 1


@pytest.mark.parametrize("query", ["lamp under 5 euro", "lamp rated above 4", "lamp in stock"])
def test_a_price_a_rating_and_the_stock_filter_even_if_nothing_is_left(shop: TestClient, query: str) -> None:
    for product in search(shop, limit=100)["items"]:
        shop.patch(f"/api/v1/products/{product['product']['id']}", json={"stock_quantity": 0})
    answer = search(shop, query, limit=50)
    assert answer["total"] == 0
    assert [note["effect"] for note in answer["interpreted"]["understood"] if note["field"] != "category"] == [
        "filter"
    ]


def test_a_filter_of_the_request_never_widens_the_list(shop: TestClient) -> None:
    put(shop, "last", "orange samovar", price=99, colour="orange")
    wide = search(shop, "blue lamp", limit=50, facets=["price"])
    assert wide["total"] > 0
    narrow = search(shop, "blue lamp", limit=50, facets=["price"], filters={"min_price": 98})
    assert narrow["total"] == 0
    assert narrow["interpreted"]["understood"] == wide["interpreted"]["understood"]
    assert [facet["total"] for facet in narrow["facets"]] == [wide["total"]]
    # What the words alone leave empty is relaxed, whatever else is asked for.
    assert found_ids(search(shop, "red samovar", limit=50, filters={"min_price": 98})) == ["last"]


def test_a_typing_error_is_corrected_and_named(shop: TestClient) -> None:
    answer = search(shop, "blue teapto")
    assert found_ids(answer)[0] == "teapot-blue"
    (change,) = answer["interpreted"]["corrected"]
    assert (change["typed"], change["corrected"], change["start"], change["end"]) == ("teapto", "teapot", 5, 11)


def test_a_correction_stands_where_it_was_typed(shop: TestClient) -> None:
    typed = "under 20,  blue teapto"
    answer = search(shop, typed)
    (change,) = answer["interpreted"]["corrected"]
    assert answer["query"][change["start"] : change["end"]] == change["typed"] == "teapto"
    (price, colour) = answer["interpreted"]["understood"]
    assert [answer["query"][note["start"] : note["end"]] for note in (price, colour)] == ["under 20", "blue"]


def test_words_against_the_request_are_dropped_and_cost_no_other_filter(shop: TestClient) -> None:
    answer = search(shop, "kavo lamp under 5", filters={"min_price": 11.5}, limit=50)
    assert {item["product"]["brand"] for item in answer["items"]} == {"Kavo"}
    assert min(item["product"]["price"] for item in answer["items"]) >= 11.5
    effects = {note["field"]: note["effect"] for note in answer["interpreted"]["understood"]}
    assert effects == {"brand": "filter", "price": "none"}


def test_a_changed_text_is_found_at_once_and_its_old_words_are_not(shop: TestClient) -> None:
    put(shop, "x1", "amber goblet", sku="ZZ-98", price=10)
    assert found_ids(search(shop, "amber goblet"))[0] == "x1"
    put(shop, "x1", "crimson beaker", sku="ZZ-98", price=10)
    assert found_ids(search(shop, "crimson beaker"))[0] == "x1"
    old = search(shop, "amber goblet", limit=50, explain=True)["items"]
    assert all(item["explanation"]["terms"] == [] for item in old)
    put(shop, "x1", "crimson beaker", sku="ZZ-99", price=10)  # no vector changes by this
    assert found_ids(search(shop, "zz99"))[0] == "x1"


def test_facets_count_the_results(shop: TestClient) -> None:
    answer = search(shop, "lamp", facets=["brand", "colour"], limit=100, interpret=False)
    for facet in answer["facets"]:
        counted = sum(value["count"] for value in facet["values"]) + facet["other"] + facet["missing"]
        assert counted == facet["total"] == answer["total"]


def test_disjunctive_facets_count_what_another_choice_would_bring(shop: TestClient) -> None:
    request = {"query": "lamp", "interpret": False, "facets": ["colour"], "limit": 100}
    (facet,) = search(shop, **request, filters={"colour": "red"})["facets"]
    for value in facet["values"]:
        assert search(shop, **request, filters={"colour": value["value"]})["total"] == value["count"]


def test_a_boost_lifts_and_is_part_of_the_score(shop: TestClient) -> None:
    plain = {item["product"]["id"]: item["score"] for item in search(shop, "lamp", limit=50)["items"]}
    rule = {"title": "white lamps", "when": {"query_contains": ["lamp"]},
            "boost": [{"filters": {"colour": "white"}, "factor": 4}]}  # fmt: skip
    made = shop.post("/api/v1/rules", json=rule).json()["rule"]
    lifted = search(shop, "lamp", limit=50, explain=True)
    assert lifted["rules"] == [made["id"]]
    for item in lifted["items"]:
        more = 0.2 if item["product"]["colour"] == "white" else 0.0
        assert item["explanation"]["business"] == pytest.approx(more)
        assert item["score"] == pytest.approx(plain[item["product"]["id"]] + more, abs=2e-6)


def test_suggestions_start_as_it_was_typed_and_bring_results(shop: TestClient) -> None:
    answer = shop.get("/api/v1/suggest", params={"q": "teap"}).json()
    assert answer["suggestions"][0]["text"].startswith("teapot")
    for suggestion in answer["suggestions"]:
        assert search(shop, suggestion["text"])["total"] > 0
    assert shop.get("/api/v1/suggest", params={"q": ""}).json() == {"suggestions": []}
    assert error_of(shop.get("/api/v1/suggest", params={"q": "x" * 500})) == (422, "VALIDATION_ERROR")


def test_a_second_start_reads_the_saved_words(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings()
    with serving(settings) as client:
        put(client, "a", "blue teapot")
    with serving(settings) as client:  # builds the snapshot with the product, and saves its words
        before = search(client, "blue teapot", explain=True)["items"]
        put(client, "b", "green lamp")
    with serving(settings) as client:
        assert search(client, "blue teapot", explain=True)["items"][0]["product"] == before[0]["product"]
        assert found_ids(search(client, "green lamp"))[0] == "b"
