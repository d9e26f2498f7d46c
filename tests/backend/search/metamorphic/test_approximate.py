"""What must hold between the answers to related requests where the planner looks into clusters alone.

Which products are found then may depend on the index, so nothing here compares servers with different clusters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from ml.encoder.fake import FakeEncoder
from tests.backend.search.metamorphic.answers import (
    check_sums,
    choosing,
    speaks_of,
    timeless,
    understood,
    without,
)
from tests.backend.search.metamorphic.approximate_world import ApproximateWorld, approximate
from tests.backend.search.metamorphic.asking import Request, Requests, all_pages, ask, joined, products_of
from tests.backend.search.metamorphic.proving import Tally, prove
from tests.backend.search.metamorphic.worlds import WORDS, invented_products

pytestmark = pytest.mark.slow

SHARE = 0.05  # of the cases, beside those on exact searches, for each test
COUNT = 600
# What no product is called is found by meaning alone, so that more than the words' own products are in question.
MEANT = ("picnic", "a present", "cosy evening", "bicycle helmet", "breakfast in bed", "holiday", "bright kitchen")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApproximateWorld]:
    folder = tmp_path_factory.mktemp("approximate")
    products, encoder = invented_products(COUNT, 3), FakeEncoder(image_tower=True)
    with approximate(products, (*WORDS, *MEANT), encoder, folder, f"sqlite:///{folder}/catalogue.db") as world:
        yield world


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    return Tally(f"{request.node.name.removeprefix('test_')}, approximate", SHARE)


def is_approximate(answer: dict[str, Any]) -> bool:
    return bool(answer["retrieval"]["mode"] == "approximate")


def test_a_filter_only_takes_away(world: ApproximateWorld, tally: Tally) -> None:
    asked = Requests(world)
    searches = st.tuples(asked.searches(sort=st.nothing(), group=st.nothing()), asked.one_filter())

    def relation(drawn: tuple[Request, Request]) -> None:
        request, more = drawn
        filters = joined(request.get("filters", {}), more)
        assume(filters is not None)
        wide = ask(world.served, {**request, "limit": 100})
        narrow = ask(world.served, {**request, "filters": filters, "limit": 100})
        implied = {field for field, _, _ in understood(wide)}
        same = (
            wide["rules"] == narrow["rules"]
            and understood(wide) == understood(narrow)
            and not any(speaks_of({"filters": more}, field) for field in implied)
        )
        both = is_approximate(wide) and is_approximate(narrow)
        tally.note(
            compared=same and both,
            narrowed=both and 0 < narrow["total"] < wide["total"],
            exact=is_approximate(wide) and not is_approximate(narrow),
        )
        if not same:
            return
        assert narrow["retrieval"]["allowed"] <= wide["retrieval"]["allowed"]
        # What is approximate with a filter is so with every wider one.
        assert not is_approximate(narrow) or wide["retrieval"]["mode"] != "exact"
        if both:
            assert narrow["total"] <= wide["total"]
            if wide["next_cursor"] is None and not request.get("max_per_brand"):
                scores = {item["product"]["id"]: item["score"] for item in wide["items"]}
                for item in narrow["items"]:
                    assert item["score"] == scores[item["product"]["id"]]

    prove(tally, searches, relation)
    tally.check(compared=0.2, narrowed=0.1, exact=0.01)


def test_facets_count_one_set(world: ApproximateWorld, tally: Tally) -> None:
    asked = Requests(world)
    fixed = {"facets": asked.facets(), "group": st.nothing(), "max_per_brand": st.nothing(), "sort": st.nothing()}
    searches = st.tuples(asked.searches(**fixed), asked.facets(), st.integers(0, 99))

    def relation(drawn: tuple[Request, list[Any], int]) -> None:
        request, facets, chance = drawn
        request = {**request, "facets": facets, "interpret": False, "limit": 1}
        answer = ask(world.served, request)
        tally.note(approximate=is_approximate(answer))
        for query, facet in zip(facets, answer["facets"], strict=True):
            check_sums(world.products, query, facet)
            field = facet["field"]
            if not speaks_of(request, field):
                assert (facet["total"], facet["total_relation"]) == (answer["total"], answer["total_relation"])
            choice = choosing(facet, chance)
            if choice is None:
                continue
            filters = joined(without(request.get("filters", {}), field), choice[0])
            if filters is None:
                continue
            chosen = ask(world.served, {**request, "filters": filters})
            if chosen["rules"] != answer["rules"]:
                continue
            if facet["total_relation"] == "exact" or is_approximate(chosen):
                assert chosen["total"] == choice[1], (field, choice)
                tally.met["chosen"] += facet["total_relation"] == "at_least"
            else:
                assert chosen["total"] >= choice[1], (field, choice)
                tally.met["more"] += chosen["total"] > choice[1]

    prove(tally, searches, relation)
    tally.check(approximate=0.3, chosen=0.2)


def test_pages_join_to_one_list(world: ApproximateWorld, tally: Tally) -> None:
    asked = Requests(world)
    searches = st.tuples(asked.searches(), st.sampled_from([7, 13, 33, 60]))

    def relation(drawn: tuple[Request, int]) -> None:
        request, limit = drawn
        whole, pages = all_pages(world.served, request, 100), all_pages(world.served, request, limit)
        first = whole[0]
        listed = [item for page in pages for item in page["items"]]
        assert listed == [item for page in whole for item in page["items"]]
        assert len(listed) == len({item["product"]["id"] for item in listed}) == first["total"]
        for page in (*whole, *pages):
            for name in ("total", "total_relation", "facets", "retrieval"):
                assert page[name] == first[name], name
        middle = ask(world.served, {**request, "limit": limit, "offset": first["total"] // 2})
        assert middle["items"] == listed[first["total"] // 2 :][:limit]
        tally.note(
            approximate=is_approximate(first),
            pages=is_approximate(first) and len(pages) > 1,
            facets=is_approximate(first) and bool(first["facets"]),
            pictures=is_approximate(first) and bool(request.get("picture")),
        )

    prove(tally, searches, relation)
    tally.check(approximate=0.2, pages=0.2, facets=0.05, pictures=0.01)


def test_an_answer_says_honestly_what_an_exact_one_would(world: ApproximateWorld, tally: Tally) -> None:
    asked = Requests(world)

    def relation(request: Request) -> None:
        request = {**request, "interpret": False, "limit": 100}
        likely, exact = ask(world.served, request), ask(world.served, {**request, "exact": True})
        assert exact["retrieval"]["mode"] in {"exact", "browse"}
        assert exact["total_relation"] == "exact"
        assert likely["rules"] == exact["rules"]
        assert likely["retrieval"]["allowed"] == exact["retrieval"]["allowed"]
        missed = exact["total"] - likely["total"]
        assert missed >= 0
        assert missed == 0 or likely["total_relation"] == "at_least"
        if not is_approximate(likely):
            assert likely["total_relation"] == "exact"
            assert likely["items"] == exact["items"]
        for facet, right in zip(likely["facets"], exact["facets"], strict=True):
            assert right["total_relation"] == "exact"
            assert facet == right or facet["total_relation"] == "at_least"
            assert facet["total"] <= right["total"]
        if exact["next_cursor"] is None and not request.get("group") and not request.get("max_per_brand"):
            scores = {item["product"]["id"]: item["score"] for item in exact["items"]}
            for item in likely["items"]:
                assert item["score"] == scores[item["product"]["id"]]
        tally.note(approximate=is_approximate(likely), missed=missed > 0, facets=bool(likely["facets"]))

    prove(tally, asked.searches(), relation)
    tally.check(approximate=0.2, missed=0.05, facets=0.2)


def test_every_product_passes_the_filters(world: ApproximateWorld, tally: Tally) -> None:
    asked = Requests(world)

    def relation(drawn: tuple[Request, Request]) -> None:
        request, more = drawn
        filters = joined(request.get("filters", {}), more)
        assume(filters is not None)
        request = {**request, "interpret": False, "limit": 100, "filters": filters}
        answer = ask(world.served, request)
        listed = products_of(answer)
        tally.note(approximate=is_approximate(answer) and bool(listed))
        if "ids" in filters:
            assert set(listed) <= set(filters["ids"])
        # Browsing has no index to ask: what passes is what the columns say.
        browsed = ask(world.served, {"query": "", "filters": {**filters, "ids": listed}, "limit": 100})
        assert set(products_of(browsed)) == set(listed)

    prove(tally, st.tuples(asked.searches(), asked.one_filter()), relation)
    tally.check(approximate=0.1)


def test_asked_again_and_of_a_server_that_was_reopened(world: ApproximateWorld, tally: Tally) -> None:
    asked = Requests(world)

    def relation(drawn: tuple[Request, int, bool]) -> None:
        request, limit, explain = drawn
        request = {**request, "limit": limit, "explain": explain}
        answer = ask(world.served, request)
        assert timeless(ask(world.served, request)) == timeless(answer)
        assert timeless(ask(world.reopened, request)) == timeless(answer)
        if cursor := answer["next_cursor"]:
            page = {**request, "cursor": cursor}
            assert timeless(ask(world.reopened, page)) == timeless(ask(world.served, page))
        tally.note(approximate=is_approximate(answer), pages=is_approximate(answer) and bool(answer["next_cursor"]))

    prove(tally, st.tuples(asked.searches(), st.sampled_from([5, 100]), st.booleans()), relation)
    tally.check(approximate=0.2, pages=0.1)
