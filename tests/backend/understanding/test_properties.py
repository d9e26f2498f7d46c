from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.search.understanding import Interpretation, understand
from backend.search.understanding.tokens import quoted, tokens, words
from backend.search.understanding.understand import GRAMMAR, MAX_TOKENS
from tests.backend.understanding.shop import LEXICON

PIECES = [
    *GRAMMAR.comparisons.meanings, *GRAMMAR.afterwards.meanings, *GRAMMAR.between.meanings,
    *GRAMMAR.in_stock.meanings, *GRAMMAR.negations.meanings, *GRAMMAR.rating_before.meanings,
    *GRAMMAR.price_words.meanings, *GRAMMAR.currencies,
    *GRAMMAR.about.meanings, *GRAMMAR.makers.meanings, "and", "or", "to", "with", "50", "20", "4", "4.5", "1,299.00",
    "5 star", "stars", "+", "-", "\u2013", "-nike", "adidas", "nike", "under armour", "red",
    "light blue", "orange", "juice",
    "dress", "boots", "leather", "apple", "not your mother's", "7 up", '"', "'", ",", ".", "size", "kids", "gb", "&",
]  # fmt: skip
QUERIES = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=14).map("".join),
)
SHOPS = st.sampled_from([None, "EUR", "USD", "GBP"])


def bare(text: str) -> str:
    """The letters and digits of a text: what tidying up spaces and commas leaves as it is."""
    return "".join(character for character in text if character.isalnum())


def read(query: str, shop: str | None = "EUR") -> Interpretation:
    return understand(query, LEXICON, currency_of_shop=shop)


@given(QUERIES, SHOPS)
@example("under in stock 50", "EUR")
@example("no [in stock] 5 under 50 € or less", "EUR")
@example("red adidas or nike or", None)
def test_what_holds_for_every_query(query: str, shop: str | None) -> None:
    found = read(query, shop)
    assert found == read(query, shop)

    end = 0
    for note in found.notes:
        assert end <= note.start < note.end <= len(query)
        assert note.words == query[note.start : note.end]
        end = note.end

    kept, position = [], 0
    for note in found.notes:
        if note.taken:
            kept.append(query[position : note.start])
            position = note.end
    assert bare(found.text) == bare("".join([*kept, query[position:]]))

    assert len(found.places) == len(found.text)
    assert sorted(set(found.places)) == list(found.places)
    for character, place in zip(found.text, found.places, strict=True):
        assert character == " " or query[place] == character
    for start, character in enumerate(found.text):
        if character.isalnum():
            begin, finish = found.span(start, start + 1)
            assert query[begin:finish] == character

    again = read(found.text, shop)
    assert again.text == found.text
    assert again.filters.is_empty

    filters = found.filters
    if filters.min_price_cents is not None and filters.max_price_cents is not None:
        assert filters.min_price_cents <= filters.max_price_cents
    assert filters.min_rating is None or 0 < filters.min_rating <= 5


@given(QUERIES)
def test_a_note_left_out_gives_its_words_back(query: str) -> None:
    found = read(query)
    left = found
    for note in found.notes:
        left = left.without(note)
        assert note not in left.notes
    assert left.text == query
    assert left.filters.is_empty
    assert left.penalties == read("").penalties


@given(QUERIES)
def test_case_changes_nothing(query: str) -> None:
    if query.isascii():
        told = [(n.field, n.value, n.effect) for n in read(query).notes]
        assert told == [(n.field, n.value, n.effect) for n in read(query.upper()).notes]


@given(st.text(max_size=2000))
@example("\u0300")  # an accent without a letter
@example("\U0001d400")  # a mathematical capital
def test_any_text_is_cut_into_tokens_that_lie_inside(text: str) -> None:
    found = tokens(text, 2000) or []
    assert [t.start for t in found] == sorted(t.start for t in found)
    assert all(0 <= t.start < t.end <= len(text) for t in found)
    assert all((word and word == word.lower()) or not word.isascii() for word in words(text))
    assert all(0 <= start < end <= len(text) for start, end in quoted(text))


@pytest.mark.timeout(20)  # what takes quadratic time takes minutes over all of these
@pytest.mark.parametrize(
    "piece",
    ["a", "1", " ", "-", '"', ' "', "“", "“ ", "a-", "a'", "1.", "1,", "not ", "under ", "under 5 ", "red ", "é",
     "\u0300", "4+ stars ", "between 1 and ", "not red or ", "no. ", "&", "€", "\x00", "\ud800",
     "한", "क्", "\u200b", "from "],
)  # fmt: skip
def test_two_thousand_hostile_characters_are_read_in_bounded_time(piece: str) -> None:
    query = (piece * 2000)[:2000]
    for _ in range(20):
        found = read(query)
    cut = tokens(query, MAX_TOKENS)
    assert found.query == query
    assert cut is not None or (found.notes == () and found.text == query)


def test_a_pasted_text_is_left_alone() -> None:
    text = "under 5 € " * 100_000
    assert read(text) == Interpretation.of(text, ())
    assert read("under 5 € " * (MAX_TOKENS // 3)).filters.max_price_cents == 500
