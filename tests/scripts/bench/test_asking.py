"""Queries and pictures are as new as they claim to be, and answers are looked at."""

from __future__ import annotations

import io
from itertools import islice

import orjson
import pytest
from PIL import Image

from scripts.bench.asking import check
from scripts.bench.pictures import DIFFERENT, SIZE, UniquePictures
from scripts.bench.queries import UniqueQueries, popular_queries
from scripts.bench.shop import invented

TITLES = [f"{brand} {thing}, {colour}" for brand in ("Oak", "Elm") for thing in ("mug", "tall lamp") for colour in
          ("red", "sea blue")]  # fmt: skip


def test_no_query_comes_twice() -> None:
    queries = UniqueQueries(TITLES)
    drawn = [queries.draw() for _ in range(len(queries))]
    assert len(set(drawn)) == len(drawn) > 2 * len(TITLES)
    words = {word for title in TITLES for word in title.lower().replace(",", "").split()}
    assert {word for query in drawn for word in query.split()} <= words
    with pytest.raises(StopIteration):
        queries.draw()


def test_equal_seeds_give_equal_queries() -> None:
    assert UniqueQueries(TITLES, 1).draw() == UniqueQueries(TITLES, 1).draw()


def test_popular_queries_are_distinct() -> None:
    found = popular_queries(TITLES, 4)
    assert len(found) == len(set(found)) == 4
    assert len(popular_queries(TITLES, 1000)) <= 3 * len(TITLES)


def test_no_picture_comes_twice_and_all_are_photos() -> None:
    pictures = UniquePictures()
    drawn = [pictures.draw() for _ in range(2 * DIFFERENT)]
    assert len(set(drawn)) == len(drawn)
    first, again = (Image.open(io.BytesIO(drawn[number])) for number in (0, DIFFERENT))
    assert (first.format, first.size) == ("JPEG", SIZE)
    assert first.info["comment"] != again.info["comment"]
    assert first.tobytes() == again.tobytes()


def test_products_are_invented_with_titles_and_ids_of_their_own() -> None:
    facts = list(islice(invented(6000), 6000))
    assert len({one["title"] for one in facts}) == len({one["id"] for one in facts}) == 6000
    assert len({one["sku"] for one in facts}) == 6000
    assert {one["id"].split("-")[0] for one in facts} == {"S7", "S8"}


@pytest.mark.parametrize(
    ("kind", "answer", "wrong"),
    [
        ("search", {"items": [{}] * 20, "total": 300}, False),
        ("search", {"items": [{}] * 3, "total": 3}, False),
        ("search", {"items": [{}] * 19, "total": 300}, True),
        ("search", {"items": [], "total": 0}, True),
        ("filtered", {"items": [], "total": 0}, False),
        ("filtered", {"items": [], "total": 7}, True),
        ("recommend", {"items": [{}] * 20}, False),
        ("recommend", {"items": [{}] * 19}, True),
        ("feedback", {"event_id": "e1"}, False),
        ("feedback", {}, True),
    ],
)
def test_answers_are_looked_at(kind: str, answer: dict[str, object], wrong: bool) -> None:
    assert (check(kind, orjson.dumps(answer)) is not None) == wrong
