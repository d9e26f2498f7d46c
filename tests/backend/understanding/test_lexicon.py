from __future__ import annotations

import random

import pytest

from backend.search.understanding import ENDINGS, NEGATIONS, CountedLexicon, Entry, Known, Share, understand
from backend.search.understanding.confidence import SURE, covers, excludes, sureness, verdict
from backend.search.understanding.counted import singular
from tests.backend.understanding.shop import LEXICON, entries, told


def only(lexicon: CountedLexicon, *words: str) -> Known:
    (known,) = lexicon.known(words)
    return known


def test_a_name_is_counted_where_it_is_carried_and_where_it_is_written() -> None:
    apple = only(LEXICON, "apple")
    assert (apple.field, apple.labels) == ("brand", ("Apple",))
    assert (apple.carrying, apple.titled, apple.both) == (3, 3 + 21 + 8, 3)
    assert sureness(apple) == pytest.approx(3 / 32)
    assert verdict(apple, []) == "alone"
    assert sureness(only(LEXICON, "adidas")) == 1


def test_a_colour_word_names_its_shades_too() -> None:
    assert only(LEXICON, "blue").labels == ("blue", "light blue")
    assert only(LEXICON, "light", "blue").labels == ("light blue",)


def test_mixed_colours_and_patterns_belong_to_the_colours_in_them() -> None:
    shades = ("red", "white", "green", "gold", "rose", "red check", "rose gold", "white and green", "warm white")
    lexicon = CountedLexicon.of([Entry("Thing", colour=shade) for shade in shades])
    assert only(lexicon, "red").labels == ("red", "red check")
    assert only(lexicon, "white").labels == ("warm white", "white", "white and green")
    assert only(lexicon, "green").labels == ("green", "white and green")
    assert only(lexicon, "rose").labels == ("rose",)
    assert only(lexicon, "gold").labels == ("gold", "rose gold")


def test_a_category_is_known_by_every_level_in_singular_and_plural() -> None:
    assert only(LEXICON, "shoes").labels == ("Clothing > Shoes",)
    assert only(LEXICON, "shoe").labels == ("Clothing > Shoes",)
    assert only(LEXICON, "running", "shoe").labels == ("Clothing > Shoes > Running shoes",)
    assert only(LEXICON, "shoes").carrying == 5 * 7 - 7 + 7


@pytest.mark.parametrize(
    ("plural", "one"),
    [("shoes", "shoe"), ("dresses", "dress"), ("batteries", "battery"), ("brushes", "brush"), ("boxes", "box"),
     ("watches", "watch"), ("dress", "dress"), ("bus", "bus"), ("cases", "case"), ("tv", "tv")],
)  # fmt: skip
def test_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_a_longer_phrase_of_other_products_is_counted() -> None:
    orange = only(LEXICON, "orange")
    assert LEXICON.phrase(orange, ("orange",), ("orange", "juice")) == Share(8, 0)
    assert LEXICON.phrase(orange, ("orange",), ("dress", "orange")) == Share(0, 0)
    assert verdict(orange, [Share(8, 0)]) == "alone"


def test_negations_in_titles_and_colour_coverage_are_counted() -> None:
    assert LEXICON.titled(("no", "show")) == 7
    assert LEXICON.titled(("no", "leather")) == 0
    assert LEXICON.titled(("leather",)) == 7
    assert LEXICON.coloured(["dress"]) == Share(7, 7)
    assert LEXICON.coloured(["knife", "dress"]) == Share(5, 0)
    assert LEXICON.coloured(["unheard"]) == Share(0, 0)


def test_counts_depend_on_the_products_alone() -> None:
    shuffled = entries()
    random.Random(3).shuffle(shuffled)
    assert CountedLexicon.of(shuffled, NEGATIONS, ENDINGS) == LEXICON


def test_an_empty_catalogue_knows_nothing_and_prices_are_read_all_the_same() -> None:
    found = understand("red adidas shoes under 50 not leather", CountedLexicon.of([]), currency_of_shop=None)
    assert told(found) == "red adidas shoes | price=..50 | not words~leather"


def test_labels_of_marks_alone_and_empty_ones_name_nothing() -> None:
    lexicon = CountedLexicon.of([Entry("", "***", "", "--", " > ")])
    assert lexicon.known(("",)) == ()
    assert told(understand("*** thing under 5 €", lexicon, currency_of_shop="EUR")) == "*** thing | price=..5"


def test_sales_are_read_only_where_the_catalogue_knows_them() -> None:
    knowing = CountedLexicon.of([*entries(), Entry("Boots", on_sale=True)], NEGATIONS, ENDINGS)
    found = understand("boots on sale", knowing, currency_of_shop="EUR")
    assert (found.text, found.filters.on_sale) == ("boots", True)
    assert understand("boots on sale", LEXICON, currency_of_shop="EUR").text == "boots on sale"


def test_the_thresholds_decide() -> None:
    def brand(carrying: int, elsewhere: int) -> Known:
        return Known("brand", ("X",), carrying, elsewhere, 0)

    assert verdict(brand(90, 10), []) == "filter"
    assert sureness(brand(90, 10)) == SURE
    assert verdict(brand(89, 11), []) == "preference"
    assert verdict(brand(29, 71), []) == "alone"
    assert covers(Share(10, 9))
    assert not covers(Share(10, 8))
    assert not covers(Share(0, 0))
    assert excludes(brand(50, 50), signed=False)
    assert not excludes(brand(49, 51), signed=False)
    assert excludes(brand(49, 51), signed=True)
