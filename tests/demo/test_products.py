"""The demo catalogue is a believable shop: valid, varied, repeatable, and its words say what its pictures show."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from statistics import mean

import orjson
import pytest

from backend.catalogue.schemas import ProductIn
from demo.captions import PATTERN_WORDS, phrases_of
from demo.colours import COLOURS
from demo.composed import LINES, composed_items
from demo.items import AUDIENCES, load_items
from demo.kinds import KINDS
from demo.products import DEFAULT_COUNT, DEFAULT_SEED, Product, all_variants, product, products, shop_price


@pytest.fixture(scope="module")
def shop() -> list[Product]:
    return list(products())


def groups(shop: list[Product]) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = defaultdict(list)
    for one in shop:
        found[one.facts["attributes"]["item_group"]].append(one)
    return found


def test_every_product_is_one_that_needs_no_cleaning(shop: list[Product]) -> None:
    assert len(shop) == DEFAULT_COUNT == 2000
    for one in shop:
        accepted = ProductIn.model_validate_json(orjson.dumps(one.facts))
        assert accepted.model_dump(exclude={"price", "list_price", "active"}) == {
            name: value for name, value in one.facts.items() if name not in {"price", "list_price"}
        }


@pytest.mark.parametrize("seed", [DEFAULT_SEED, 1])
def test_the_whole_range_is_valid_and_nothing_is_there_twice(seed: int) -> None:
    rows = [product(variant, seed).facts for variant in all_variants(seed)]
    assert len(rows) > 3000
    for column in ("id", "sku", "title"):
        assert [value for value, n in Counter(row[column] for row in rows).items() if n > 1] == []
    for row in rows:
        ProductIn.model_validate(row)


def test_same_seed_same_catalogue_other_seed_another(shop: list[Product]) -> None:
    assert list(products()) == shop
    assert list(products(count=200, seed=8)) != list(products(count=200, seed=7))


def test_a_larger_catalogue_contains_a_smaller_one_unchanged(shop: list[Product]) -> None:
    by_id = {one.facts["id"]: one for one in shop}
    assert all(by_id[one.facts["id"]] == one for one in products(count=300))


@pytest.mark.parametrize("count", [0, -1, 100_000])
def test_an_impossible_count_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="holds 1 to"):
        list(products(count=count))


def test_every_department_kind_and_handwritten_line_is_there(shop: list[Product]) -> None:
    per_department = Counter(one.facts["category"].split(" > ")[0] for one in shop)
    assert set(per_department) == set(LINES)
    assert min(per_department.values()) >= 150
    assert {name for name, _ in per_department.most_common(2)} == {"Clothing", "Home"}
    assert {one.look.kind for one in shop} == set(KINDS)
    assert {item.item_group for item in load_items()} <= set(groups(shop))
    assert all(2 <= len(one.facts["category"].split(" > ")) <= 3 for one in shop)


def test_an_audience_is_an_attribute_and_no_level_of_the_shop(shop: list[Product]) -> None:
    said = Counter(one.facts["attributes"].get("audience") for one in shop)
    assert set(said) <= {*AUDIENCES, None}
    assert said["women"] > 100
    assert said["men"] > 100
    assert not any(one.facts["category"].split(" > ")[1].lower() in AUDIENCES for one in shop)


def test_looks_are_of_values_that_their_kinds_have() -> None:
    for variant in all_variants(DEFAULT_SEED):
        look = product(variant, DEFAULT_SEED).look
        kind = KINDS[look.kind]
        assert look.pattern in kind.patterns
        assert look.material in kind.materials
        assert {look.colour, look.accent} <= set(COLOURS)
        assert set(look.parts) == set(kind.parts)
        assert all(value in kind.parts[part] for part, value in look.parts.items())


def test_words_of_composed_products_say_what_the_look_shows() -> None:
    composed = [item for item in composed_items(DEFAULT_SEED) if item.shopper in {"", *item.kind.people, "kids"}]
    assert len(composed) == sum(LINES.values())
    for item in composed:
        kind, title = item.kind, item.label.lower()
        assert any(noun.lower() in title for noun in (kind.name, *kind.words)), title
        for colour in item.colours or [None]:
            for size in item.sizes or [None]:
                look = item.variant_look(colour, size)
                said = f"{title} {item.text.lower()}"
                for pattern, words in PATTERN_WORDS.items():
                    if pattern != "plain" and pattern in kind.patterns and pattern == look.pattern:
                        assert any(word in said for word in words), title
                before, after = phrases_of(kind, look)
                unsaid = {"paperback", "hardback"} if item.size_name == "format" else set()
                for phrase in {*before, *after} - unsaid:
                    assert phrase.removeprefix("with ").split()[-1].lower() in said, (title, phrase)
                if item.size_name == "format":
                    assert look.parts["binding"] == {"Paperback": "paperback", "Hardcover": "hardback"}[size or ""]
                if colour in COLOURS:
                    assert look.colour == colour


def test_variants_differ_in_colour_or_size_and_share_the_picture_of_their_colour(shop: list[Product]) -> None:
    several = [siblings for siblings in groups(shop).values() if len(siblings) > 1]
    assert len(several) > 500
    for siblings in several:
        assert len({one.facts["brand"] for one in siblings}) == 1
        assert len({one.facts["title"] for one in siblings}) == len(siblings)
    pictures: dict[str, set[tuple[str | None, str]]] = defaultdict(set)
    for variant in all_variants(DEFAULT_SEED):
        made = product(variant, DEFAULT_SEED).facts
        edition = made["attributes"].get("format", "")
        pictures[f"{variant.line} {made['colour']} {edition}"].add((made["image_url"], made["brand"]))
    assert all(len(found) == 1 for found in pictures.values())


def test_some_things_are_sold_twice_in_slightly_other_words() -> None:
    shared = defaultdict(set)
    for item in composed_items(DEFAULT_SEED):
        look = dict(item.look) | {"parts": tuple(sorted(item.look["parts"].items()))}
        shared[orjson.dumps(look)].add(item.brand)
    assert sum(len(brands) > 1 for brands in shared.values()) > 40


def test_prices_look_like_price_tags_in_the_range_of_their_kind(shop: list[Product]) -> None:
    for one in shop:
        price, list_price = one.facts["price"], one.facts["list_price"]
        for amount in (price, list_price):
            assert amount is None or f"{amount:.2f}"[-3:] in {".00", ".95", ".99"}
        assert list_price is None or price < list_price < 2 * price
    assert 0.15 < mean(one.facts["list_price"] is not None for one in shop) < 0.45
    for item in composed_items(DEFAULT_SEED):
        low, high = item.kind.price
        assert 0.35 * low <= item.price <= 1.3 * high


@pytest.mark.parametrize(("amount", "tag"), [(24.3, 24.95), (99.7, 99.95), (183.0, 179.0), (1804.0, 1799.0)])
def test_amounts_become_price_tags(amount: float, tag: float) -> None:
    assert shop_price(amount, 0.95) == tag


def test_bigger_sizes_never_cost_less() -> None:
    rows: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for variant in all_variants(DEFAULT_SEED):
        if variant.size is not None and variant.item.size_step >= 0:  # hardcovers listed first cost more
            rows[variant.line].append((variant.size, product(variant, DEFAULT_SEED).facts["price"]))
    for line in rows.values():
        assert all(small[1] <= large[1] for small, large in pairwise(sorted(line)))


def test_stock_and_ratings_are_plausible(shop: list[Product]) -> None:
    rows = [one.facts for one in shop]
    assert 0.03 < mean(row["stock_quantity"] == 0 for row in rows) < 0.12
    rated = [row for row in rows if row["review_count"]]
    assert all((row["rating"] is None) == (row["review_count"] == 0) for row in rows)
    assert all(1 <= row["rating"] <= 5 for row in rated)
    assert mean(row["rating"] < 2.5 for row in rated) < 0.02
    ranked = sorted(rated, key=lambda row: row["rating"])
    quarter = len(ranked) // 4
    worst, best = ranked[:quarter], ranked[-quarter:]
    assert mean(row["review_count"] for row in best) > mean(row["review_count"] for row in worst)


def test_descriptions_say_something(shop: list[Product]) -> None:
    for item in load_items():
        assert 90 <= len(item.text) <= 400, item.name
        assert item.specs, item.name
    for one in shop:
        assert 40 <= len(one.facts["description"]) <= 500, one.facts["title"]
        assert one.facts["description"].count(". ") <= 5


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
def test_first_queries_have_an_answer(shop: list[Product], words: tuple[str, ...], highest_price: int) -> None:
    answers = [
        one.facts["title"]
        for one in shop
        if all(word in f"{one.facts['title']} {one.facts['description']}".lower() for word in words)
        and one.facts["price"] < highest_price
        and one.facts["stock_quantity"] > 0
    ]
    assert answers
