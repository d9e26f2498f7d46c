"""Searches for a shopper: another order, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.access.service import KeyService
from backend.config import Settings
from backend.search import retrieval
from tests.backend.conftest import error_of, found_ids, search, serving, settle
from tests.backend.interaction.helpers import send
from tests.backend.recommend.helpers import fill, write


def count_traits(client: TestClient) -> None:
    """Count what products have, as the server does by itself, but at a time of its own."""
    client.app.state.runtime.engine.live.traits.count()  # type: ignore[attr-defined]


@pytest.fixture
def shop(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    with serving(make_settings()) as client:
        fill(client)
        count_traits(client)
        send(client, "shoe-teal", "PURCHASE", user_id="u")
        yield client


def mugs(client: TestClient, **request: Any) -> dict[str, Any]:
    return search(client, "mug", limit=10, interpret=False, **request)


def test_taste_moves_the_order_and_nothing_else(shop: TestClient) -> None:
    facets = ["brand", "price"]
    plain, personal = mugs(shop, facets=facets), mugs(shop, facets=facets, user_id="u")
    assert plain["personal"] is None
    assert personal["personal"] == {"state_version": 1, "part": "long_term", "weight": 0.3, "experiments": {}}
    assert found_ids(plain)[0] != "mug-teal"
    assert found_ids(personal)[0] == "mug-teal"  # the colour of the shoes
    for name in ("total", "facets", "interpreted", "rules"):
        assert personal[name] == plain[name]
    whole = [found_ids(mugs(shop, **who)) for who in ({}, {"user_id": "u"})]
    assert whole[0] != whole[1]
    assert set(whole[0]) == set(whole[1])
    assert found_ids(mugs(shop, user_id="u", personal=False)) == found_ids(plain)
    assert found_ids(mugs(shop, user_id="stranger")) == found_ids(plain)
    assert found_ids(mugs(shop, user_id="u", sort="price_asc")) == found_ids(mugs(shop, sort="price_asc"))


@pytest.mark.parametrize(("user_id", "counts"), [("stranger", 0), ("u", 1)])
def test_a_stranger_costs_no_more_than_nobody(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch, user_id: str, counts: int
) -> None:
    calls: list[str] = []
    at_work = retrieval.at_work
    traits = shop.app.state.runtime.engine.live.traits  # type: ignore[attr-defined]
    monkeypatch.setattr(traits, "follow", lambda: calls.append("follow"))
    monkeypatch.setattr(retrieval, "at_work", lambda *given: calls.append("at work") or at_work(*given))
    answer = mugs(shop, user_id=user_id)
    assert answer["personal"]["state_version"] == counts
    assert calls == ["follow", "at work"] * counts


def test_a_session_stands_in_for_somebody_without_a_past(shop: TestClient) -> None:
    send(shop, "lamp-gold", "LIKE", session_id="s")
    answer = mugs(shop, session_id="s", explain=True)
    assert answer["personal"]["part"] == "session"
    assert found_ids(answer)[0] == "mug-gold"
    assert answer["items"][0]["explanation"]["session"] > 0


@pytest.mark.parametrize("who", [{}, {"user_id": "u"}, {"user_id": "u", "personal": False}])
def test_the_parts_of_a_score_add_up(shop: TestClient, who: dict[str, Any]) -> None:
    rule = {"title": "red", "when": {"always": True}, "boost": [{"filters": {"brand": "Kavo"}, "factor": 2}]}
    shop.post("/api/v1/rules", json=rule)
    names = ("lexical", "similarity", "exact_match", "business", "long_term", "session")
    items = mugs(shop, explain=True, **who)["items"]
    for item in items:
        assert sum(item["explanation"][name] for name in names) == pytest.approx(item["score"], abs=1e-5)
        liked = [part["score"] for part in item["explanation"]["liked"]]
        assert sum(liked) == pytest.approx(item["explanation"]["long_term"], abs=1e-5)
        assert bool(liked) == (who == {"user_id": "u"})
        assert abs(item["explanation"]["long_term"]) <= 0.3
        assert item["explanation"]["business"] == pytest.approx(0.1 * (item["product"]["brand"] == "Kavo"))


def test_a_query_that_means_one_product_is_left_alone(shop: TestClient) -> None:
    write(
        shop, [{"id": f"drill-{n}", "title": f"drill X{n}00", "sku": f"X{n}00", "stock_quantity": 1} for n in (1, 2)]
    )
    for _ in range(20):
        send(shop, "drill-2", "PURCHASE", user_id="u")
    answer = search(shop, "X100", user_id="u")
    assert found_ids(answer)[0] == "drill-1"
    assert answer["personal"] == {"state_version": 21, "part": None, "weight": 0.0, "experiments": {}}


def test_pages_join_and_a_moved_state_goes_on_by_position(shop: TestClient) -> None:
    whole = found_ids(mugs(shop, user_id="u"))
    request = {"query": "mug", "interpret": False, "user_id": "u", "limit": 4}
    pages, cursor = [], None
    while True:
        answer = shop.post("/api/v1/search", json={**request, **({"cursor": cursor} if cursor else {})}).json()
        pages += found_ids(answer)
        if (cursor := answer["next_cursor"]) is None:
            break
    assert pages[:10] == whole
    assert len(pages) == len(set(pages)) == answer["total"]
    first = shop.post("/api/v1/search", json=request).json()
    send(shop, "lamp-gold", "PURCHASE", user_id="u")
    second = shop.post("/api/v1/search", json={**request, "cursor": first["next_cursor"]}).json()
    assert second["offset"] == 4
    assert found_ids(second) == found_ids(mugs(shop, user_id="u"))[4:8]
    other = {**request, "user_id": "other", "cursor": first["next_cursor"]}
    theirs = shop.post("/api/v1/search", json=other).json()  # what u's page was ordered by doesn't count for them
    assert theirs["offset"] == 4
    assert found_ids(theirs) == found_ids(mugs(shop, user_id="other"))[4:8]


def test_a_user_is_only_searched_for_with_a_key(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(api_keys=("k" * 16,))) as client:
        assert client.post("/api/v1/search", json={"query": "x", "session_id": "s"}).status_code == 200
        body = {"query": "x", "user_id": "u"}
        assert error_of(client.post("/api/v1/search", json=body)) == (401, "UNAUTHORIZED")
        assert client.post("/api/v1/search", json=body, headers={"X-API-Key": "k" * 16}).status_code == 200


@pytest.mark.parametrize("body", [{"user_id": "a b"}, {"session_id": ""}, {"personal": "maybe"}, {"user_id": 7}])
def test_bad_shoppers_are_refused(shop: TestClient, body: dict[str, Any]) -> None:
    assert error_of(shop.post("/api/v1/search", json={"query": "mug", **body})) == (422, "VALIDATION_ERROR")


def test_a_search_by_picture_is_not_personal(shop: TestClient) -> None:
    answer = shop.post("/api/v1/search/image", files={"query": (None, "mug"), "user_id": (None, "u")})
    assert error_of(answer) == (422, "VALIDATION_ERROR")


PATTERNS = ("plain", "dotted", "striped", "checked", "floral")


@pytest.fixture
def patterned(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    """A shop whose products differ in what no words say: the pattern, and the price."""
    with serving(make_settings()) as client:
        kinds = {"mug": "Kitchen > Mugs", "towel": "Home > Towels"}
        write(
            client,
            [
                {
                    "id": f"{kind}-{pattern}-{n}", "title": kind, "category": category, "currency": "EUR",
                    "price": 10 * (1 + n), "attributes": {"pattern": pattern}, "sku": f"{kind}{at}{n}00",
                }
                for kind, category in kinds.items()
                for at, pattern in enumerate(PATTERNS)
                for n in range(4)
            ],
        )  # fmt: skip
        count_traits(client)
        yield client


def patterns(answer: dict[str, Any]) -> list[str]:
    return [id_.split("-")[1] for id_ in found_ids(answer)]


@pytest.mark.parametrize("who", [{"user_id": "u"}, {"session_id": "s"}, {"user_id": "u", "session_id": "s"}])
def test_acts_on_products_of_one_kind_order_those_of_another(patterned: TestClient, who: dict[str, str]) -> None:
    for n in range(3):
        send(patterned, f"towel-dotted-{n}", "PURCHASE", **who)
        send(patterned, f"towel-floral-{n}", "DISLIKE", **who)
    plain, personal = mugs(patterned), mugs(patterned, **who, explain=True)
    assert set(patterns(plain)) == set(sorted(PATTERNS)[:3]), "by id where nothing else tells"
    assert patterns(personal)[:4] == ["dotted"] * 4
    whole = search(patterned, "mug", limit=20, interpret=False, **who)
    assert patterns(whole)[-4:] == ["floral"] * 4
    assert whole["total"] == plain["total"]
    first = personal["items"][0]["explanation"]["liked"][0]
    assert (first["field"], first["value"]) == ("attributes.pattern", "dotted")
    assert first["score"] > 0


def test_who_has_no_key_is_not_told_what_a_session_likes(patterned: TestClient) -> None:
    for n in range(3):
        send(patterned, f"towel-dotted-{n}", "PURCHASE", session_id="s")
    open_answer = mugs(patterned, session_id="s", explain=True)
    assert open_answer["items"][0]["explanation"]["liked"] != []
    runtime = patterned.app.state.runtime  # type: ignore[attr-defined]
    key = KeyService(runtime.database).create("shop", frozenset({"search"}), per_minute=0).secret
    runtime.access.keys.read()
    settle(patterned)  # words that are counted meanwhile would name another answer

    def ask(headers: dict[str, str]) -> dict[str, Any]:
        body = {"query": "mug", "session_id": "s", "explain": True, "interpret": False}
        for _ in range(2):  # the second answer is a kept one
            answer = patterned.post("/api/v1/search", json=body, headers=headers)
        assert answer.headers["X-Cache"] == "hit"
        return dict(answer.json())

    told, untold = ask({"X-API-Key": key}), ask({})
    assert found_ids(told) == found_ids(untold)
    assert told["items"][0]["explanation"]["liked"] != []
    assert [item["explanation"]["liked"] for item in untold["items"]] == [[]] * len(untold["items"])


def test_a_title_is_found_whatever_is_liked(patterned: TestClient) -> None:
    """Also where its neighbours are close, and hyphens and word forms make more terms of it than words."""
    names = {
        "t-red": "Easy-Iron Shirts, red",
        "t-blue": "Easy-Iron Shirts, blue",
        "t-set": "Easy-Iron Shirts, red, set",
    }
    like = {"category": "Shirts", "stock_quantity": 1}
    write(
        patterned,
        [{"id": id_, "title": title, "attributes": {"pattern": id_}, **like} for id_, title in names.items()],
    )
    count_traits(patterned)
    for _ in range(5):
        send(patterned, "t-blue", "PURCHASE")
        send(patterned, "t-set", "PURCHASE")
        send(patterned, "t-red", "DISLIKE")
    answer = search(patterned, "easy iron shirt red", user_id="u", interpret=False)
    assert found_ids(answer)[0] == "t-red"
    assert answer["personal"]["weight"] == 0
    assert found_ids(search(patterned, "easy-iron shirts", user_id="u", interpret=False))[0] != "t-red"


def test_a_price_level_is_liked_too(patterned: TestClient) -> None:
    for pattern in PATTERNS:
        send(patterned, f"towel-{pattern}-3", "PURCHASE")
        send(patterned, f"towel-{pattern}-0", "VIEW")
    dearest = [id_ for id_ in found_ids(mugs(patterned, user_id="u"))[:5] if id_.endswith("-3")]
    assert len(dearest) == 5


def test_a_sku_is_found_whatever_is_liked(patterned: TestClient) -> None:
    for n in range(3):
        send(patterned, f"mug-dotted-{n}", "PURCHASE")
    assert found_ids(search(patterned, "mug4200", user_id="u"))[0] == "mug-floral-2"
    assert found_ids(search(patterned, "mug4200", user_id="u")) == found_ids(search(patterned, "mug4200"))


def test_acts_on_products_that_have_gone_are_harmless(patterned: TestClient) -> None:
    send(patterned, "towel-dotted-0", "PURCHASE")
    send(patterned, "towel-floral-0", "LIKE")
    assert patterned.delete("/api/v1/products/towel-dotted-0").status_code == 204
    assert patterns(mugs(patterned, user_id="u"))[0] == "floral"
    assert patterned.delete("/api/v1/products/towel-floral-0").status_code == 204
    assert mugs(patterned, user_id="u")["total"] == mugs(patterned)["total"]
