"""Simulated shoppers behave as docs/demo.md says: seeded, drawn to the top of a page, and true to their tastes."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import mean

import orjson
import pytest

from demo.colours import BASIC
from demo.goods import Goods, basic_colour, read_goods
from demo.intents import GOES_WITH
from demo.kinds import KINDS
from demo.products import products
from demo.shoppers import Shopper, simulate, truth_of
from demo.visits import PAGE, Event

ROOT = Path(__file__).parents[2]
START = datetime(2026, 1, 1, tzinfo=UTC)
TYPES = {
    "VIEW", "CLICK", "ADD_TO_CART", "PURCHASE", "LIKE", "SHARE", "RATING", "REMOVE_FROM_CART", "DISLIKE",
}  # fmt: skip


@pytest.fixture(scope="module")
def goods() -> list[Goods]:
    return read_goods([one.facts for one in products()], seed=7)


@pytest.fixture(scope="module")
def people(goods: list[Goods]) -> list[Shopper]:
    return list(simulate(goods, 150, 60, seed=7, start=START))


@pytest.fixture(scope="module")
def events(people: list[Shopper]) -> list[Event]:
    return [event for shopper in people for event in shopper.events]


def test_what_goes_with_what_exists() -> None:
    assert {kind for pair in GOES_WITH.items() for kind in (pair[0], *pair[1])} <= set(KINDS)


def test_same_seed_same_events_and_more_shoppers_begin_with_the_same(
    goods: list[Goods], people: list[Shopper]
) -> None:
    again = list(simulate(goods, 5, 60, seed=7, start=START))
    assert again == people[:5]
    assert list(simulate(goods, 5, 60, seed=8, start=START)) != again


def test_events_are_what_the_shops_feedback_takes(events: list[Event], goods: list[Goods]) -> None:
    ids = {one.id for one in goods}
    assert {event.interaction_type for event in events} == TYPES
    for event in events:
        assert event.product_id in ids
        assert datetime.fromisoformat(event.timestamp).tzinfo is not None
        assert event.position is None or 1 <= event.position <= PAGE
        assert (event.rating is not None) == (event.interaction_type == "RATING")
        assert event.rating is None or 1 <= event.rating <= 5


def test_time_goes_forward_in_a_session_and_sessions_dont_overlap(people: list[Shopper]) -> None:
    for shopper in people:
        assert all(one.timestamp <= other.timestamp for one, other in pairwise(shopper.events))
        ids = [event.session_id for event in shopper.events]
        assert ids == sorted(ids)
        assert set(ids) <= set(shopper.intents)


def test_carts_come_before_purchases(people: list[Shopper]) -> None:
    bought = 0
    for shopper in people:
        carts: set[tuple[str, str]] = set()
        for event in shopper.events:
            key = (event.session_id, event.product_id)
            if event.interaction_type == "ADD_TO_CART":
                carts.add(key)
            elif event.interaction_type == "REMOVE_FROM_CART":
                carts.remove(key)
            elif event.interaction_type == "PURCHASE":
                assert key in carts
                bought += 1
    assert bought > 50


def test_the_top_of_a_page_is_seen_and_clicked_more(events: list[Event]) -> None:
    for kind in ("VIEW", "CLICK"):
        places = Counter(event.position for event in events if event.interaction_type == kind)
        thirds = [sum(places[place] for place in range(first, first + 3)) for first in (1, 4, 9, 16)]
        assert all(upper > lower for upper, lower in pairwise(thirds)), (kind, thirds)


def test_few_products_and_few_shoppers_make_much_of_the_traffic(events: list[Event], people: list[Shopper]) -> None:
    clicks = Counter(event.product_id for event in events if event.interaction_type == "CLICK")
    assert sum(count for _, count in clicks.most_common(20)) > 3 * 0.01 * clicks.total()  # 1% of products
    sessions = sorted((len(shopper.intents) for shopper in people), reverse=True)
    assert sum(sessions[:15]) > 0.25 * sum(sessions)


def test_purchases_follow_tastes(people: list[Shopper], goods: list[Goods]) -> None:
    by_id = {one.id: one for one in goods}
    chosen, passed = [], []
    own, others = [], []
    for place, shopper in enumerate(people):
        other = people[place - 1]
        for event in shopper.events:
            liking = shopper.taste.affinity(by_id[event.product_id])
            if event.interaction_type == "PURCHASE":
                chosen.append(liking)
                own.append(shopper.taste.kinds[by_id[event.product_id].kind])
                others.append(other.taste.kinds[by_id[event.product_id].kind])
            elif event.interaction_type == "VIEW":
                passed.append(liking)
    assert mean(chosen) > mean(passed) + 1
    assert mean(own) > 3 * mean(others)


def test_ratings_follow_tastes(people: list[Shopper], goods: list[Goods]) -> None:
    by_id = {one.id: one for one in goods}
    rated = [
        (shopper.taste.affinity(by_id[event.product_id]), event.rating)
        for shopper in people
        for event in shopper.events
        if event.rating is not None
    ]
    ranked = sorted(rated)
    half = len(ranked) // 2
    assert mean(stars for _, stars in ranked[half:]) > mean(stars for _, stars in ranked[:half])


def test_the_truth_names_tastes_and_intents(people: list[Shopper]) -> None:
    sources = Counter(intent.source for shopper in people for intent in shopper.intents.values())
    assert set(sources) == {"taste", "complement", "again", "browse"}
    for shopper in people:
        truth = orjson.loads(orjson.dumps(truth_of(shopper)))
        assert truth["user_id"] == shopper.user_id
        assert [intent["session_id"] for intent in truth["intents"]] == list(shopper.intents)
        assert set(truth["next_intent"]) == {"kind", "source"}
        assert 0.9 < sum(truth["kinds"].values()) <= 1.001


def test_colours_are_reduced_to_basic_ones() -> None:
    assert basic_colour("blue and orange") == "blue"
    assert basic_colour("forest green") == "green"
    assert basic_colour("terracotta") in BASIC
    assert basic_colour("multicolour") == ""


def test_a_catalogue_without_stock_is_refused() -> None:
    with pytest.raises(ValueError, match="in stock"):
        read_goods([{"id": "a", "stock_quantity": 0}], seed=1)


def test_any_catalogue_will_do() -> None:
    rows = [{"id": f"p{n}", "title": "Thing", "category": "Tools > Hammers", "price": n} for n in range(30)]
    (shopper,) = simulate(read_goods(rows, seed=1), 1, 200, seed=1, start=START)
    assert {event.query.split()[-1] for event in shopper.events if event.query} == {"hammers"}


def test_the_command_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    feed = tmp_path / "products.jsonl"
    feed.write_bytes(b"\n".join(orjson.dumps(one.facts) for one in products(400)))
    written = []
    for run in ("a", "b"):
        out, tastes = tmp_path / f"{run}.jsonl", tmp_path / f"{run}-tastes.jsonl"
        command = [sys.executable, "-m", "scripts.simulate_shoppers", "--catalogue", str(feed), "--out", str(out)]
        arguments = ["--tastes", str(tastes), "--shoppers", "8", "--days", "20", "--start", "2026-03-01", "--json"]
        done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
        written.append((out.read_bytes(), tastes.read_bytes()))
        assert orjson.loads(done.stdout)["events"] == len(out.read_bytes().splitlines()) > 0
    assert written[0] == written[1]
    rows = [orjson.loads(line) for line in written[0][0].splitlines()]
    stamps = [row["timestamp"] for row in rows]
    assert stamps == sorted(stamps)
    assert stamps[0] >= "2026-03-01"
    assert len(written[0][1].splitlines()) == 8


@pytest.mark.parametrize("content", [None, b"no json\n", b'["a"]\n', b""])
def test_the_command_says_what_is_wrong_with_a_catalogue(tmp_path: Path, content: bytes | None) -> None:
    feed = tmp_path / "products.jsonl"
    if content is not None:
        feed.write_bytes(content)
    command = [sys.executable, "-m", "scripts.simulate_shoppers", "--catalogue", str(feed)]
    arguments = ["--out", str(tmp_path / "events.jsonl")]
    done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert str(feed.name) in done.stderr.replace("\n", "")
    assert "Traceback" not in done.stderr
