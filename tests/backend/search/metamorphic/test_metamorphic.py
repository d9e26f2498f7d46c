"""What must hold between the answers to related requests, over HTTP, on catalogues of every history.

`make prove-search CASES=20000` runs as many cases, with fresh random ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from backend.config import Settings
from ml.encoder.fake import FakeEncoder
from ml.encoder.load import load_encoder
from scripts.local_services import fresh_database
from tests.backend.search.metamorphic.answers import (
    ROUNDED,
    check_sums,
    choosing,
    pins_of,
    runs_of,
    speaks_of,
    timeless,
    understood,
    variants_of,
    without,
)
from tests.backend.search.metamorphic.asking import Request, Requests, all_pages, ask, joined
from tests.backend.search.metamorphic.proving import CASES, Tally, prove
from tests.backend.search.metamorphic.worlds import WORDS, World, invented_products, opened, shop_products

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
SHARES = {"narrower": 0.25, "facets": 0.2, "pages": 0.15, "permuted": 0.25, "reopened": 0.15}
REAL_SHARE = 0.2  # of each, with the default model on the demo shop
SHOP_WORDS = ("running shoes", "warm slippers", "novel", "red", "leather", "headphones", "gift for her", "kitchen",
              "black bag", "wool", "perfume", "wireless", "for the garden", "blue dress")  # fmt: skip


@pytest.fixture(scope="module", params=["fake", "real"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    urls = [f"sqlite:///{folder}/catalogue.db"]
    with fresh_database(postgres_url) as other:
        urls.append(other)
        if request.param == "real":
            spec = Settings(_env_file=None, encoder_cache_path=ROOT / "var/encoders").encoder_spec
            products, words, encoder = shop_products(200, 1), SHOP_WORDS, load_encoder(spec)
            urls.reverse()  # each kind of database has both roles
        else:
            products, words, encoder = invented_products(240, 1), WORDS, FakeEncoder(image_tower=True)
        with opened(products, words, encoder, folder, (urls[0], urls[1]), seed=1) as world:
            yield world


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    name = request.node.originalname.rpartition("_")[2]
    kind = request.node.callspec.params["world"]
    return Tally(f"{name}, {kind}", SHARES[name] * (REAL_SHARE if kind == "real" else 1 - REAL_SHARE))


def test_there_are_enough_cases() -> None:
    assert CASES >= 2000
    assert sum(SHARES.values()) == pytest.approx(1)


def test_a_further_filter_only_makes_it_narrower(world: World, tally: Tally) -> None:
    asked = Requests(world)
    searches = st.tuples(asked.searches(sort=st.nothing()), asked.one_filter())

    def relation(drawn: tuple[Request, Request]) -> None:
        request, more = drawn
        if "group" in request:
            request.pop("max_per_brand", None)  # the brand of a group is that of its first product, which may change
        filters = joined(request.get("filters", {}), more)
        assume(filters is not None)
        wide = ask(world.grown, {**request, "limit": 100})
        narrow = ask(world.grown, {**request, "filters": filters, "limit": 100})
        # What words imply gives way to a filter of the request, and a rule may be for one category: another question.
        implied = {field for field, _, _ in understood(wide)}
        same = wide["rules"] == narrow["rules"] and not any(speaks_of({"filters": more}, field) for field in implied)
        tally.note(
            compared=same,
            found=narrow["total"] > 0,
            narrowed=0 < narrow["total"] < wide["total"],
            facets=bool(narrow["facets"]),
            picture=bool(request.get("picture")),
        )
        if not same:
            return
        assert understood(narrow) == understood(wide)
        assert narrow["total"] <= wide["total"]
        assert narrow["retrieval"]["allowed"] <= wide["retrieval"]["allowed"]
        if wide["next_cursor"] is None and not request.get("group") and not request.get("max_per_brand"):
            scores = {item["product"]["id"]: item["score"] for item in wide["items"]}
            for item in narrow["items"]:
                assert item["score"] == scores[item["product"]["id"]]
        before = {facet["field"]: facet for facet in wide["facets"]}
        for facet in narrow["facets"]:
            # Of a tree another level is shown when a category is chosen.
            if facet["field"] != "category":
                assert facet["total"] <= before[facet["field"]]["total"]

    prove(tally, searches, relation)
    tally.check(compared=0.6, found=0.3, narrowed=0.2, facets=0.2, picture=0.05)


def test_counts_of_facets(world: World, tally: Tally) -> None:
    asked = Requests(world)
    fixed = {"facets": asked.facets(), "group": st.nothing(), "max_per_brand": st.nothing(), "sort": st.nothing()}
    searches = st.tuples(asked.searches(**fixed), asked.facets(), st.integers(0, 99))

    def relation(drawn: tuple[Request, list[Any], int]) -> None:
        request, facets, chance = drawn
        request = {**request, "facets": facets, "interpret": False, "limit": 1}
        answer = ask(world.grown, request)
        tally.note(found=answer["total"] > 0, filtered=bool(request.get("filters")))
        for query, facet in zip(facets, answer["facets"], strict=True):
            check_sums(world.products, query, facet)
            field = facet["field"]
            if not speaks_of(request, field):
                assert facet["total"] == answer["total"]
            choice = choosing(facet, chance)
            if choice is None or "max_price" in choice[0]:
                continue
            filters = joined(without(request.get("filters", {}), field), choice[0])
            if filters is not None:
                chosen = ask(world.grown, {**request, "filters": filters})
                if chosen["rules"] == answer["rules"]:
                    assert chosen["total"] == choice[1], (field, choice)
                    tally.met["chosen"] += 1

    prove(tally, searches, relation)
    tally.check(found=0.5, filtered=0.1, chosen=0.5)


def test_joined_pages(world: World, tally: Tally) -> None:
    asked = Requests(world)
    searches = st.tuples(asked.searches(), st.sampled_from([7, 13, 20, 33, 60]))

    def relation(drawn: tuple[Request, int]) -> None:
        request, limit = drawn
        whole, pages = all_pages(world.grown, request, 100), all_pages(world.grown, request, limit)
        total = whole[0]["total"]
        listed = [item for page in pages for item in page["items"]]
        assert listed == [item for page in whole for item in page["items"]]
        assert len(listed) == total
        assert len(set(map(str, (item["product"]["id"] for item in listed)))) == total
        for page in (*whole, *pages):
            assert (page["total"], page["facets"]) == (total, whole[0]["facets"])
        offset = total // 2
        middle = ask(world.grown, {**request, "limit": limit, "offset": offset})
        assert middle["items"] == listed[offset : offset + limit]
        assert middle["total"] == total
        tally.note(
            found=total > 0,
            pages=len(pages) > 1,
            facets=bool(whole[0]["facets"]),
            pinned=any(item["pinned"] for item in listed),
            grouped=any((item["variants"] or 0) > 1 for item in listed),
            ties=any(one["score"] == other["score"] for one, other in pairwise(listed)),
        )

    prove(tally, searches, relation)
    tally.check(found=0.5, pages=0.2, facets=0.2, pinned=0.01, grouped=0.03, ties=0.05)


def test_ids_and_order_of_insertion_permuted(world: World, tally: Tally) -> None:
    asked = Requests(world)
    by_other = {other: id_ for id_, other in world.renamed.items()}
    # Newest first is by the time of insertion, which is another here.
    searches = asked.searches(sort=st.sampled_from(["relevance", "price_asc", "price_desc", "rating"]))

    def relation(request: Request) -> None:
        if request.get("group"):
            request.pop("max_per_brand", None)  # of equal variants any may be shown, and so the brand that is counted
        request = {**request, "limit": 100}
        filters = dict(request.get("filters", {}))
        for name in {"ids", "exclude_ids"} & filters.keys():
            filters[name] = [world.renamed.get(id_, id_) for id_ in filters[name]]
        one = ask(world.grown, request)
        other = ask(world.permuted, {**request, "filters": filters} if "filters" in request else request)
        for item in other["items"]:
            item["product"]["id"] = by_other[item["product"]["id"]]
        for name in ("total", "facets", "interpreted", "retrieval"):
            assert one[name] == other[name], name
        assert pins_of(one) == pins_of(other)
        runs, other_runs = (
            runs_of(world.products, request, one["items"]),
            runs_of(world.products, request, other["items"]),
        )
        assert [len(run) for run in runs] == [len(run) for run in other_runs]
        if one["next_cursor"] is not None:
            runs, other_runs = runs[:-1], other_runs[:-1]  # of equal products any may be on the next page
        for run, other_run in zip(runs, other_runs, strict=True):
            assert run[0][0] == pytest.approx(other_run[0][0], abs=ROUNDED)
            assert variants_of(run) == variants_of(other_run)
            if not request.get("group") and not request.get("max_per_brand"):  # these show any of equal products
                assert {item["product"]["id"] for _, item in run} == {item["product"]["id"] for _, item in other_run}
        tally.note(
            found=one["total"] > 0,
            facets=bool(one["facets"]),
            ties=any(len(run) > 1 for run in runs),
            read=bool(understood(one)),
            named=bool({"ids", "exclude_ids"} & filters.keys()),
            pinned=any(item["pinned"] for item in one["items"]),
        )

    prove(tally, searches, relation)
    tally.check(found=0.5, facets=0.2, ties=0.05, read=0.05, named=0.005, pinned=0.01)


def test_a_catalogue_that_is_reopened(world: World, tally: Tally) -> None:
    asked = Requests(world)
    limits, words = st.sampled_from([5, 100]), st.sampled_from(world.words)

    def relation(drawn: tuple[Request, int, str, bool]) -> None:
        request, limit, typed, explain = drawn
        request = {**request, "limit": limit, "explain": explain}
        answer = ask(world.grown, request)
        suggested = world.grown.get("/api/v1/suggest", params={"q": typed[: 1 + limit % 7]}).json()
        for again in (world.reopened, world.caught_up):
            other = ask(again, request)
            assert timeless(other) == timeless(answer)
            assert again.get("/api/v1/suggest", params={"q": typed[: 1 + limit % 7]}).json() == suggested
            if cursor := answer["next_cursor"]:
                page = {**request, "cursor": cursor}
                assert timeless(ask(again, page)) == timeless(ask(world.grown, page))
        tally.note(
            found=answer["total"] > 0,
            pages=answer["next_cursor"] is not None,
            facets=bool(answer["facets"]),
            explained=any("explanation" in item for item in answer["items"]),
            suggested=bool(suggested["suggestions"]),
        )

    prove(tally, st.tuples(asked.searches(), limits, words, st.booleans()), relation)
    tally.check(found=0.5, pages=0.2, facets=0.1, explained=0.05, suggested=0.5)
