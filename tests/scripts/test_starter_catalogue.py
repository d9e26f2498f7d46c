"""The starter catalogue is a believable shop: valid, varied, repeatable."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

import orjson
import pytest

from backend.catalogue.schemas import ProductIn
from scripts.starter_catalogue import all_variants, load_items, shop_price, starter_products

DEPARTMENTS = {"Electronics", "Clothing", "Home", "Books", "Sports", "Beauty", "Toys", "Kitchen"}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return list(starter_products())


def groups(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["attributes"]["item_group"]].append(row)
    return found


def test_every_row_is_a_product_that_needs_no_cleaning(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == 600
    for row in rows:
        accepted = ProductIn.model_validate_json(orjson.dumps(row))
        assert accepted.model_dump(exclude={"price", "list_price", "active"}) == {
            name: value for name, value in row.items() if name not in {"price", "list_price"}
        }


@pytest.mark.parametrize("column", ["id", "sku", "title"])
def test_nothing_is_there_twice(rows: list[dict[str, Any]], column: str) -> None:
    assert [value for value, n in Counter(row[column] for row in rows).items() if n > 1] == []


def test_the_whole_range_is_valid_and_unique() -> None:
    rows = list(starter_products(count=len(list(all_variants())), seed=1))
    for column in ("id", "sku", "title"):
        assert len({row[column] for row in rows}) == len(rows)
    for row in rows:
        ProductIn.model_validate(row)


def test_same_seed_same_catalogue_other_seed_another() -> None:
    assert list(starter_products(count=200)) == list(starter_products(count=200))
    assert list(starter_products(count=200, seed=8)) != list(starter_products(count=200, seed=7))


def test_a_larger_catalogue_contains_a_smaller_one_unchanged(rows: list[dict[str, Any]]) -> None:
    by_id = {row["id"]: row for row in rows}
    assert all(by_id[row["id"]] == row for row in starter_products(count=300))


@pytest.mark.parametrize("count", [0, -1, 100_000])
def test_an_impossible_count_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="holds 1 to"):
        list(starter_products(count=count))


def test_every_department_and_line_is_there(rows: list[dict[str, Any]]) -> None:
    per_department = Counter(row["category"].split(" > ")[0] for row in rows)
    assert set(per_department) == DEPARTMENTS
    assert min(per_department.values()) >= 35
    assert {item.item_group for item in load_items()} == set(groups(rows))
    assert all(2 <= len(row["category"].split(" > ")) <= 3 for row in rows)
    assert len({row["category"] for row in rows}) > 100


def test_prices_look_like_price_tags(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        for amount in (row["price"], row["list_price"]):
            assert amount is None or f"{amount:.2f}"[-3:] in {".00", ".95", ".99"}
        assert row["list_price"] is None or row["price"] < row["list_price"] < 2 * row["price"]
    assert 0.15 < mean(row["list_price"] is not None for row in rows) < 0.45
    assert min(row["price"] for row in rows) > 5


@pytest.mark.parametrize(("amount", "tag"), [(24.3, 24.95), (99.7, 99.95), (183.0, 179.0), (1804.0, 1799.0)])
def test_amounts_become_price_tags(amount: float, tag: float) -> None:
    assert shop_price(amount, 0.95) == tag


def test_bigger_sizes_never_cost_less(rows: list[dict[str, Any]]) -> None:
    items = {(item.brand, item.text): item for item in load_items()}
    for siblings in groups(rows).values():
        item = items[siblings[0]["brand"], siblings[0]["description"]]
        same_line = [row for row in siblings if row["description"] == item.text and row["size"]]
        ordered = sorted(same_line, key=lambda row: item.sizes.index(row["size"]))
        assert all(small["price"] <= large["price"] for small, large in pairwise(ordered))


def test_variants_share_their_group_and_differ_in_colour_or_size(rows: list[dict[str, Any]]) -> None:
    several = [siblings for siblings in groups(rows).values() if len(siblings) > 1]
    assert len(several) > 100
    for siblings in several:
        assert len({row["brand"] for row in siblings}) == 1
        assert len({row["title"] for row in siblings}) == len(siblings)


def test_stock_and_ratings_are_plausible(rows: list[dict[str, Any]]) -> None:
    assert 0.03 < mean(row["stock_quantity"] == 0 for row in rows) < 0.12
    rated = [row for row in rows if row["review_count"]]
    assert all((row["rating"] is None) == (row["review_count"] == 0) for row in rows)
    assert all(2.5 <= row["rating"] <= 5 for row in rated)
    ranked = sorted(rated, key=lambda row: row["rating"])
    quarter = len(ranked) // 4
    worst, best = ranked[:quarter], ranked[-quarter:]
    assert mean(row["review_count"] for row in best) > mean(row["review_count"] for row in worst)


def test_descriptions_say_something(rows: list[dict[str, Any]]) -> None:
    for item in load_items():
        assert 90 <= len(item.text) <= 400, item.name
        assert 2 <= item.text.count(". ") + 1 <= 4, item.name
        assert item.specs, item.name


@pytest.mark.parametrize(
    ("words", "highest_price"),
    [
        (("waterproof", "running shoes"), 100),
        (("coffee", "hot", "hike"), 60),
        (("toddler", "gift"), 40),
        (("noise cancelling", "flights"), 250),
        (("vegetarian", "dinners"), 40),
        (("home office", "desk"), 450),
    ],
)
def test_first_queries_have_an_answer(rows: list[dict[str, Any]], words: tuple[str, ...], highest_price: int) -> None:
    answers = [
        row
        for row in rows
        if all(word in f"{row['title']} {row['description']}".lower() for word in words)
        and row["price"] < highest_price
        and row["stock_quantity"] > 0
    ]
    assert answers


@pytest.mark.parametrize("name", ["starter.jsonl", "starter.jsonl.gz"])
def test_the_command_writes_the_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    command = [sys.executable, "-m", "scripts.starter_catalogue", "--out", str(path), "--count", "50", "--seed", "3"]
    written = []
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "50 products" in done.stdout
        written.append(path.read_bytes())
    assert written[0] == written[1]
    content = gzip.decompress(written[0]) if name.endswith(".gz") else written[0]
    assert [orjson.loads(line) for line in content.splitlines()] == list(starter_products(count=50, seed=3))


def test_the_command_names_a_bad_count(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.starter_catalogue", "--out", str(tmp_path / "x.jsonl"), "--count", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "holds 1 to" in done.stderr
    assert not (tmp_path / "x.jsonl").exists()
