"""Experiments: who gets what, for good, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from backend.config import Settings
from backend.recommend.experiments import FUSION, Experiment, Experiments
from backend.recommend.rules import RecommendRules, Surface
from ml.errors import RulesRefused
from ml.ranking.fusion import Fusion
from tests.backend.conftest import error_of, search, serving
from tests.backend.interaction.helpers import send
from tests.backend.recommend.helpers import fill, recommend, served

FEED = {
    "name": "feed",
    "variants": [
        {"name": "as-is", "share": 0.5},
        {"name": "session", "share": 0.5, "recommend": {"feed": {"long_term": 0.1, "session": 0.9}}},
    ],
}
SEARCH = {
    "name": "taste",
    "variants": [
        {"name": "none", "share": 0.5, "search": {"personal": 0.0}},
        {"name": "more", "share": 0.5, "search": {"personal": 0.5, "lexical": 0.5}},
    ],
}


def varied(recommend: dict[str, Any]) -> dict[str, Any]:
    """Return the experiment with another variant."""
    return {**FEED, "variants": [*FEED["variants"], {"name": "a", "share": 0.0, "recommend": recommend}]}


def weighing(name: str, search: dict[str, float]) -> dict[str, Any]:
    """Return an experiment about searches."""
    return {"name": name, "variants": [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5, "search": search}]}


def read(*experiments: dict[str, Any]) -> Experiments:
    return Experiments(RecommendRules(), [Experiment.model_validate(one) for one in experiments])


@pytest.fixture
def shop(make_settings: Callable[..., Settings], tmp_path: Path) -> Iterator[TestClient]:
    path = tmp_path / "experiments.json"
    path.write_bytes(orjson.dumps({"experiments": [FEED, SEARCH]}))
    with serving(make_settings(experiments_path=path)) as client:
        fill(client)
        yield client


def test_assignment_is_sticky_even_and_independent() -> None:
    both = read(FEED, SEARCH)
    got = Counter()
    for n in range(4000):
        one = both.by_name["feed"].variant_of("u", f"user-{n}")
        other = both.by_name["taste"].variant_of("u", f"user-{n}")
        assert one == read(FEED).by_name["feed"].variant_of("u", f"user-{n}")
        assert one is not None
        assert other is not None
        got[one.name, other.name] += 1
    assert all(900 < count < 1100 for count in got.values())
    part = {**FEED, "variants": [{**variant, "share": 0.1} for variant in FEED["variants"]]}
    taking = sum(read(part).by_name["feed"].variant_of("u", str(n)) is not None for n in range(4000))
    assert 650 < taking < 950


def test_a_treatment_has_what_its_place_varies() -> None:
    both, fusion = read(FEED, SEARCH), Fusion()
    names = {both.treat("recommend", f"u{n}", None, fusion, 1, context="feed").variants["feed"] for n in range(30)}
    assert names == {"as-is", "session"}
    for n in range(30):
        treatment = both.treat("search", f"u{n}", None, fusion, 1)
        assert treatment.rules == RecommendRules()
        more = treatment.variants == {"taste": "more"}
        assert (treatment.personal, treatment.fusion.lexical) == ((0.5, 0.5) if more else (0.0, 0.6))
        assert both.treat("recommend", None, f"s{n}", fusion, 1, context="feed").exposures[0].kind == "s"
    nobody = both.treat("search", None, None, fusion, 1)
    assert (nobody.variants, nobody.exposures, nobody.personal) == ({}, (), 0.3)


@pytest.mark.parametrize(
    ("experiments", "message"),
    [
        ([FEED, FEED], "two experiments are named feed"),
        ([FEED, {**FEED, "name": "other"}], "both change recommend.feed"),
        ([varied({"feed": {"query": 1.0}})], "no query"),
        ([varied({"speed": 1})], "speed"),
        ([weighing("w", {"lexical": 0.0, "similarity": 0.0})], "can't both be 0"),
        ([weighing("w", {"lexical": 0.0}), weighing("x", {"similarity": 0.0})], "can't both be 0"),
    ],
)  # fmt: skip
def test_experiments_that_contradict_each_other(experiments: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(RulesRefused, match=message):
        read(*experiments)


def test_weights_that_are_0_only_with_the_shops_own_are_refused() -> None:
    experiment = Experiment.model_validate(weighing("w", {"lexical": 0.0}))
    assert Experiments(RecommendRules(), [experiment]).by_name
    with pytest.raises(RulesRefused, match="can't both be 0"):
        Experiments(RecommendRules(), [experiment], Fusion(similarity=0.0))


@pytest.mark.parametrize(
    ("changes", "contexts"),
    [
        ({"feed": {"session": 1.0}}, {"feed"}),
        ({"similar": {"product": 1.0}}, {"similar", None}),
        ({"collaborative": {"category": 0.1}}, {"category"}),
        ({"exclude_seen": ["feed", "search"]}, {"search"}),
        ({"diversity": 0.5}, {"feed", "search", "similar", "category"}),
    ],
)
def test_nobody_is_exposed_where_nothing_is_changed(changes: dict[str, Any], contexts: set[Surface | None]) -> None:
    variants = [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5, "recommend": changes}]
    experiments = read({"name": "x", "variants": variants})
    places: tuple[Surface | None, ...] = (None, "feed", "search", "similar", "category")
    exposed = {
        place for place in places if experiments.treat("recommend", "u", None, FUSION, 1, context=place).exposures
    }
    assert exposed == contexts
    assert not experiments.treat("search", "u", None, FUSION, 1).exposures


def test_products_like_one_expose_nobody_to_an_experiment_about_the_feed(shop: TestClient) -> None:
    shop.get("/api/v1/products/mug-red/similar", params={"user_id": "u"}).raise_for_status()
    assert recommend(shop, user_id="u", context="similar", product_id="mug-red")["experiments"] == []
    assert sum(row["exposures"] for row in shop.get("/api/v1/experiments/feed").json()["variants"]) == 0
    recommend(shop, user_id="u")
    assert sum(row["exposures"] for row in shop.get("/api/v1/experiments/feed").json()["variants"]) == 1


@pytest.mark.parametrize(
    "variants",
    [
        [], [{"name": "a", "share": 1.0}], [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5}],
        [{"name": "a", "share": 0.6}, {"name": "b", "share": 0.6, "recommend": {"diversity": 0.5}}],
        [{"name": "a", "share": 0.5}, {"name": "a", "share": 0.5, "recommend": {"diversity": 0.5}}],
        [{"name": "a b", "share": 0.5}, {"name": "b", "share": 0.5, "recommend": {"diversity": 0.5}}],
    ],
)  # fmt: skip
def test_bad_experiments_are_refused(variants: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        Experiment.model_validate({"name": "x", "variants": variants})


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"experiments": 1}', b'{"experiments": [{"name": "x"}]}'])
def test_a_bad_file_stops_the_start(make_settings: Callable[..., Settings], tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "experiments.json"
    path.write_bytes(content)
    with pytest.raises(ValidationError, match=r"experiments\.json"):
        make_settings(experiments_path=path)
    with pytest.raises(ValidationError, match="can't read"):
        make_settings(recommend_rules_path=tmp_path / "nowhere.json")


def test_results_count_people_after_their_exposure(shop: TestClient) -> None:
    variants: dict[str, str] = {}
    for n in range(16):
        user = f"u-{n}"
        send(shop, "mug-red", "PURCHASE", user_id=user)  # before: says nothing
        answer = recommend(shop, user_id=user)
        (one,) = answer["experiments"]
        assert one == recommend(shop, user_id=user)["experiments"][0]
        assert one["experiment"] == "feed"
        variants[user] = one["variant"]
        logged = served(shop, answer["recommendation_id"])
        assert logged is not None
        assert logged.experiments == {"feed": one["variant"]}
        if n % 2:
            send(shop, "mug-blue", "CLICK", user_id=user)
    recommend(shop, session_id="visit")
    recommend(shop)
    counts = Counter(variants.values())
    result = shop.get("/api/v1/experiments/feed").json()
    assert result["changes"] == ["recommend.feed"]
    session = Experiment.model_validate(FEED).variant_of("s", "visit")
    assert session is not None
    for row in result["variants"]:
        clicked = sum(variant == row["variant"] and int(user[2:]) % 2 for user, variant in variants.items())
        assert row["exposures"] == counts[row["variant"]] + (row["variant"] == session.name)
        assert row["clicks"] == clicked
        assert row["purchases"] == 0
        assert row["ctr"]["low"] <= row["ctr"]["value"] <= row["ctr"]["high"]
    assert result["variants"][0]["ctr_difference"] is None
    assert result["variants"][1]["ctr_difference"]["low"] < result["variants"][1]["ctr_difference"]["high"]


def test_a_search_is_varied_and_counted_too(shop: TestClient) -> None:
    send(shop, "shoe-teal", "PURCHASE", user_id="u")
    weights = set()
    for n in range(12):
        send(shop, "shoe-teal", "PURCHASE", user_id=f"u{n}")
        personal = search(shop, "mug", user_id=f"u{n}", interpret=False)["personal"]
        weights.add((personal["experiments"]["taste"], personal["weight"]))
    assert weights == {("none", 0.0), ("more", 0.5)}
    rows = shop.get("/api/v1/experiments/taste").json()["variants"]
    assert sum(row["exposures"] for row in rows) == 12
    search(shop, "mug", session_id="s")
    assert sum(row["exposures"] for row in shop.get("/api/v1/experiments/taste").json()["variants"]) == 13
    shop.delete("/api/v1/users/u0")
    rows = shop.get("/api/v1/experiments/taste").json()["variants"]
    assert sum(row["exposures"] for row in rows) == 12


def test_there_are_only_those_configured(shop: TestClient, client: TestClient) -> None:
    assert [one["name"] for one in shop.get("/api/v1/experiments").json()["experiments"]] == ["feed", "taste"]
    assert error_of(shop.get("/api/v1/experiments/none")) == (404, "EXPERIMENT_NOT_FOUND")
    assert client.get("/api/v1/experiments").json() == {"experiments": []}
