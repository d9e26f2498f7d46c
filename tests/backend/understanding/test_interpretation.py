from __future__ import annotations

import pytest

from backend.search.schemas import SearchFilters
from backend.search.understanding import Filters, Note, PriceRange, Values, merge, understand
from backend.search.understanding.amounts import cents
from tests.backend.understanding.shop import LEXICON, told


def test_the_parts_of_an_interpretation() -> None:
    query = "red adidas shoes under 50 €, not leather, no zip, not black"
    found = understand(query, LEXICON, currency_of_shop="EUR")
    assert found.query == query
    assert found.text == "shoes"
    assert found.filters == Filters(
        max_price_cents=5000, brand=("adidas",), colour=("red",), excluded=Values(colour=("black",))
    )
    assert found.penalties.avoided == ("leather", "zip")
    assert found.penalties.preferred == Values(category=("Clothing > Shoes",))
    assert found.notes[0] == Note(0, 3, "red", "colour", ("red",), False, "filter")
    assert found.notes[3] == Note(17, 27, "under 50 €", "price", PriceRange(most=5000), False, "filter")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("adidas under 50", "adidas"),
        ("nike or adidas", "Nike adidas"),
        ("red adidas", "red"),
        ("under 50", ""),
        ("not black", ""),
        ("boots", "boots"),
        ("-nike", ""),
    ],
)
def test_what_is_left_to_rank_by(query: str, words: str) -> None:
    assert understand(query, LEXICON, currency_of_shop="EUR").ranked_by == words


@pytest.mark.parametrize(
    ("query", "ranked_by", "part", "typed"),
    [
        ("red adidas  shoos under 50", "red shoos", "shoos", "shoos"),
        ("under 50 €, hed phones in stock", "hed phones", "hed phones", "hed phones"),
        ("hed under 50 € phones", "hed phones", "hed phones", "hed under 50 € phones"),
        ("LEVIS or adidas under 50", "Levi's adidas", "adidas", "or adidas"),
        ("LEVIS or adidas under 50", "Levi's adidas", "Levi's", "LEVIS"),
        ("boots", "boots", "oot", "oot"),
    ],
)
def test_where_a_part_of_what_is_ranked_by_stood(query: str, ranked_by: str, part: str, typed: str) -> None:
    found = understand(query, LEXICON, currency_of_shop="EUR")
    assert found.ranked_by == ranked_by
    at = ranked_by.index(part)
    start, end = found.span(at, at + len(part))
    assert query[start:end] == typed


def test_filters_are_named_as_in_the_request() -> None:
    names = {name.removesuffix("_cents") for name in Filters.__dataclass_fields__} - {"excluded"}
    assert names <= set(SearchFilters.model_fields)
    assert set(Values.__dataclass_fields__) <= set(SearchFilters.model_fields)


def test_a_filter_that_leaves_nothing_can_be_dropped() -> None:
    found = understand("red adidas shoes under 5 euro", LEXICON, currency_of_shop="EUR")
    (price,) = (note for note in found.notes if note.field == "price")
    left = found.without(price)
    assert told(left) == "shoes under 5 euro | colour=red | brand=adidas | category~Shoes"
    with pytest.raises(ValueError, match="not a note"):
        left.without(price)


def test_a_price_in_another_currency_is_noted_and_left_alone() -> None:
    found = understand("boots under $50", LEXICON, currency_of_shop="EUR")
    assert (found.text, found.filters) == ("boots under $50", Filters())
    assert [(n.words, n.effect, n.value) for n in found.notes if n.field == "price"] == [
        ("under $50", "none", PriceRange(most=5000))
    ]


@pytest.mark.parametrize(
    ("query", "shop", "understood"),
    [
        ("boots under $50", "USD", True), ("boots under $50", "CAD", True), ("boots under $50", None, True),
        ("boots under 50 usd", "CAD", False), ("boots under 50 pounds", "GBP", True),
        ("boots under £50", "GBP", True),
        ("boots under 50 kr", "SEK", True), ("boots under 50 kr", "NOK", True), ("boots under 50 kr", "EUR", False),
        ("boots under ¥5000", "JPY", True), ("boots under 50 chf", "CHF", True), ("boots under 50", "CHF", True),
        ("boots $20-$40", "USD", True), ("boots $20-40", "USD", True), ("boots $20-40€", "USD", False),
        ("boots under rs50", "INR", False), ("boots under rs 50", "INR", True), ("boots under 50 bucks", "USD", True),
    ],
)  # fmt: skip
def test_the_shops_own_currency_is_understood(query: str, shop: str | None, understood: bool) -> None:
    filters = understand(query, LEXICON, currency_of_shop=shop).filters
    assert (filters.max_price_cents is not None) == understood


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50", 5000), ("49.99", 4999), ("49,9", 4990), ("1,299", 129900), ("1.299", 129900), ("1,299.00", 129900),
        ("1.299,50", 129950), ("1'299", 129900), ("12,345,678", 1234567800), ("0.5", 50), ("0,05", 5), ("007", 700),
        ("1,29,900", None), ("12.34.56", None), ("0.999", None), ("1,299.999", None), ("1.2.3", None),
        ("99999999999999", None), ("9" * 100, None), ("1234567890", 123456789000), ("", None), ("x", None),
    ],
)  # fmt: skip
def test_amounts(text: str, amount: int | None) -> None:
    assert cents(text) == amount


@pytest.mark.parametrize("dash", ["-", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212", " - ", " \u2013 "])
def test_a_range_may_have_any_dash(dash: str) -> None:
    filters = understand(f"boots 20{dash}40 €", LEXICON, currency_of_shop="EUR").filters
    assert (filters.min_price_cents, filters.max_price_cents) == (2000, 4000)


@pytest.mark.parametrize("apostrophe", ["", "'", "\u2019"])
def test_an_apostrophe_in_a_brand_may_be_missing(apostrophe: str) -> None:
    filters = understand(f"LEVI{apostrophe}S boots", LEXICON, currency_of_shop="EUR").filters
    assert filters.brand == ("Levi's",)


def test_what_the_request_names_wins() -> None:
    said = understand(
        "red adidas shoes between 20 and 50 euro not nike in stock", LEXICON, currency_of_shop="EUR"
    ).filters
    assert merge(Filters(), said) == said
    assert merge(said, Filters()) == said
    merged = merge(Filters(max_price_cents=9900, brand=("Nike",), in_stock=False), said)
    assert merged.max_price_cents == 9900
    assert merged.min_price_cents == 2000
    assert merged.brand == ("Nike",)
    assert merged.colour == ("red",)
    assert merged.in_stock is False
    assert merged.excluded.brand == ()


def test_a_bound_that_contradicts_the_requests_is_dropped() -> None:
    merged = merge(Filters(max_price_cents=1000), Filters(min_price_cents=2000, max_price_cents=5000))
    assert (merged.min_price_cents, merged.max_price_cents) == (None, 1000)
    merged = merge(Filters(min_price_cents=6000), Filters(max_price_cents=5000))
    assert (merged.min_price_cents, merged.max_price_cents) == (6000, None)


def test_exclusions_add_up() -> None:
    merged = merge(
        Filters(excluded=Values(brand=("Nike",))), Filters(excluded=Values(brand=("Nike", "Boss"), colour=("red",)))
    )
    assert merged.excluded == Values(brand=("Nike", "Boss"), colour=("red",))
