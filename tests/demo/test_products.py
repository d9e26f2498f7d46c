"""The demo catalogue is a believable shop: valid, varied, repeatable, and its words say what its pictures show."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from statistics import mean

import orjson
import pytest

from backend.catalogue.schemas import ProductIn
from demo.captions import PATTERN_WORDS, phrases_of
from demo.claims import CLAIMS, YOUNG
from demo.colours import COLOURS
from demo.composed import LINES, composed_items
from demo.drawing.books.covers import letterable
from demo.facts import LABELS, fact
from demo.items import AUDIENCES, load_items
from demo.kinds import KINDS
from demo.naming import titled
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


def test_titles_keep_acronyms_and_small_words(shop: list[Product]) -> None:
    """Words in lower case are small ones and units; size and colour stand behind a comma."""
    wrong = re.compile(
        r"(?i)(?<![\w-])(gps|usb|led|tv|rc|ssd|bbq|sup|rfid|hepa|spf|anc|uv|rgb|cctv|eau de parfum|a-line)(?![\w])"
    )
    right = {
        "GPS", "USB", "LED", "TV", "RC", "SSD", "BBQ", "SUP", "RFID", "HEPA", "SPF", "ANC", "UV", "RGB", "CCTV",
        "Eau de Parfum", "A-Line",
    }  # fmt: skip
    small = {"with", "without", "a", "an", "the", "in", "of", "on", "for", "and", "at", "by", "to", "de", "from", "x"}
    seen = set()
    for one in shop:
        name = one.facts["title"].split(", ")[0]
        found = set(wrong.findall(name))
        assert found <= right, name
        seen |= found
        lower = {word for word in re.findall(r"\b[A-Za-z][\w'-]*", name) if word[0].islower()}
        assert lower - small <= {"l", "cm", "ml", "mm", "mAh", "m", "kg"}, name
        assert name.split()[-1].lower() not in {"a", "the", "de"}, name
    assert {"GPS", "Eau de Parfum", "A-Line", "USB"} <= seen


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("mini a-line dress", "Mini A-Line Dress"),
        ("gps watch", "GPS Watch"),
        ("eau de parfum", "Eau de Parfum"),
        ("fit-and-flare gown with a v-neck", "Fit-and-Flare Gown with a V-Neck"),
        ("usb-c cable", "USB-C Cable"),
        ("CrispAir fryer", "CrispAir Fryer"),
        ("wifi router", "Wi-Fi Router"),
    ],
)
def test_words_become_titles(words: str, title: str) -> None:
    assert titled(words) == title


def test_an_attribute_has_values_of_one_type() -> None:
    types: dict[str, set[str]] = defaultdict(set)
    for variant in all_variants(DEFAULT_SEED):
        for name, value in product(variant, DEFAULT_SEED).facts["attributes"].items():
            types[name].add("number" if type(value) in {int, float} else type(value).__name__)
            assert not (isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value)) or name in LABELS, name
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_words_of_composed_products_are_borne_out_by_their_facts() -> None:
    claimed = set()
    for item in composed_items(DEFAULT_SEED):
        facts = {**item.specs, **({"size": item.sizes} if item.sizes else {})}
        for (kind, words), (name, fitting) in CLAIMS.items():
            said = [one for one in item.kind.sentences if words in one and one in item.text]
            if kind == item.kind.name and said:
                values = facts[name] if isinstance(facts[name], list) else [facts[name]]
                assert set(values) <= set(fitting), (item.label, words)
                claimed.add((kind, words))
        if item.shopper in YOUNG:
            assert not {"occasion", "laptop_in"} & set(item.specs), item.label
            assert not re.search(r"office|wedding|laptop|interview", item.text), item.label
    assert len(claimed) > 15


def test_claims_are_about_words_and_facts_that_there_are() -> None:
    for (name, words), (fact_name, fitting) in CLAIMS.items():
        kind = KINDS[name]
        said = [*kind.sentences, *kind.adjectives]
        assert any(words in one for one in said), (name, words)
        values = kind.sizes if fact_name == "size" else [fact(fact_name, value) for value in kind.specs[fact_name]]
        flat = {one for value in values for one in (value if isinstance(value, list) else [value])}
        assert flat & set(fitting), (name, fact_name)


def test_clothes_and_shoes_come_in_runs_of_sizes(shop: list[Product]) -> None:
    runs: dict[str, list[Product]] = defaultdict(list)
    for one in shop:
        if one.facts["category"].startswith("Clothing") and one.facts["size"]:
            runs[one.facts["image_url"]].append(one)
    lengths = Counter(len(run) for run in runs.values())
    assert sum(count for length, count in lengths.items() if 3 <= length <= 5) > 80
    assert max(lengths) <= 6
    for run in runs.values():
        assert len({one.facts["size"] for one in run}) == len(run)
        assert len({(one.facts["attributes"]["item_group"], one.facts["colour"]) for one in run}) == 1


def test_covers_say_title_and_author_of_the_book(shop: list[Product]) -> None:
    books = [one for one in shop if "author" in one.facts["attributes"]]
    assert len(books) > 100
    for one in books:
        assert one.look.lettering is not None
        title, author = one.look.lettering
        assert title in one.facts["title"]
        assert author == one.facts["attributes"]["author"]
        assert {letter for letter in letterable(title + author) if letter.isalpha()} <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        )
    assert letterable("Café Noël") == "CAFE NOEL"
