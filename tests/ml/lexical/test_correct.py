from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from ml.lexical.correct import CLOSE, MAX_READINGS, Change, Corrector
from ml.lexical.documents import Document
from ml.lexical.index import LexicalIndex
from ml.lexical.neighbours import Neighbours
from tests.ml.lexical.test_index import HOSTILE, new_index

TITLES = {
    "Wireless mouse": 20,
    "Wireless keyboard": 20,
    "Mechanical keyboard": 20,
    "Mouse house": 1,
    "Headphones WH-1000XM4": 1,
    "Headphones WF-1000XM5": 1,
    "Leather sofa": 25,
    "Soda stream": 10,
    "Power bank": 10,
    "T-shirt": 10,
    "Key ring": 3,
    "Board game": 3,
    "Vans shoes": 1,
    "Fans of all sizes": 300,
    "Desk lamp Zürich": 5,
    "Camera tripod": 5,
    "Tripp rack": 40,
    "USB hub": 10,
    "USB cable": 40,
    "Mouse pad": 5,
    "PD charger": 2,
    "Garden lantern": 10,
}


def products(shuffle: int) -> list[Document]:
    documents = [Document(title=title) for title, count in TITLES.items() for _ in range(count)]
    random.Random(shuffle).shuffle(documents)
    return documents


def corrector(shuffle: int = 0) -> Corrector:
    lexical = new_index()
    documents = products(shuffle)
    lexical.put(range(len(documents)), documents)
    return Corrector(lexical)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wireles mouse", "wireless mouse"),
        ("wirelses mosue", "wireless mouse"),
        ("mechanicla keybord", "mechanical keyboard"),
        ("wirelessmouse", "wireless mouse"),
        ("wirelessxmouse", "wireless mouse"),
        ("wireles smouse", "wireless mouse"),
        ("key board", "keyboard"),
        ("mechanical key board", "mechanical keyboard"),
        ("leather soda", "leather sofa"),  # exists, but not with leather
        ("soda", "soda"),
        ("vans", "vans"),  # exists, however rare
        ("vans shoes", "vans shoes"),
        ("mouse house", "mouse house"),
        ("power bnak", "power bank"),
        ("Wireles,  MOUSE!", "wireless,  MOUSE!"),
        ("zurcih desk", "zurich desk"),
        ("headphones wh-1000xm4", "headphones wh-1000xm4"),
        ("wh1000xm9", "wh1000xm9"),  # nobody's; a model number isn't another one
        ("1000xm6", "1000xm6"),
        ("t-shirt", "t-shirt"),
        ("tshrit", "tshirt"),
        ("tripd", "tripod"),  # a letter left out is likelier than that very wrong one
        ("usb uhb", "usb hub"),  # nobody says a word twice
        ("mouse pd", "mouse pad"),  # exists, but not with a mouse
        ("wireless mous", "wireless mouse"),  # the same term, yet no word
        ("lantrens", "lanterns"),  # though every title says "lantern"
        ("qqqqqqq", "qqqqqqq"),
        ("", ""),
        ("?!", "?!"),
    ],
)
def test_queries_are_read_as_they_were_meant(typed: str, meant: str) -> None:
    assert corrector().correct(typed).text == meant


def test_changes_say_what_was_typed_and_where() -> None:
    typed = "the wirelessmouse, plaese"
    found = corrector().correct(typed)
    assert found.text == "the wireless mouse, plaese"
    assert found.changes == (Change("wirelessmouse", "wireless mouse", 4, 17),)
    assert typed[4:17] == "wirelessmouse"


@pytest.mark.parametrize("typed", ["leather soda", "tripd", "wirelses mosue", "lamp", "mouse hous", "?!"])
def test_readings_are_few_and_different_and_the_likeliest_comes_first(typed: str) -> None:
    own = corrector()
    found = own.readings(typed)
    assert found[0] == own.correct(typed)
    assert len({reading.text for reading in found}) == len(found) <= MAX_READINGS
    assert [reading.likelihood for reading in found] == sorted((r.likelihood for r in found), reverse=True)
    assert found[-1].likelihood >= found[0].likelihood - CLOSE


def test_what_cannot_be_told_from_the_words_has_several_readings() -> None:
    assert {reading.text for reading in corrector().readings("leather soda")} == {"leather soda", "leather sofa"}


def test_titles_of_products_are_left_alone() -> None:
    own = corrector()
    assert [own.correct(title).changes for title in TITLES] == [()] * len(TITLES)


def test_a_pasted_text_has_one_reading() -> None:
    assert len(corrector().readings("wirelses mosue " * 10)) == 1


def test_only_live_products_count() -> None:
    lexical = new_index()
    lexical.put(range(5), [Document(title="Wireless mouse")] * 5)
    own = Corrector(lexical)
    assert own.correct("wirless").text == "wireless"
    lexical.put([5], [Document(title="Wirless")])
    assert own.correct("wirless").text == "wirless"
    lexical.retire([5])
    assert own.correct("wirless").text == "wireless"
    lexical.retire(range(5))
    assert own.correct("wirless").text == "wirless"


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 5), st.text("wirelsmouhkyba d", max_size=25))
def test_the_order_of_writes_does_not_matter(shuffle: int, typed: str) -> None:
    assert corrector(shuffle).correct(typed) == corrector().correct(typed)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_corrected_in_bounds(text: str) -> None:
    own = corrector()
    found = own.correct(text)
    for change in found.changes:
        assert text[change.start : change.end] == change.typed


def _brute(lexical: LexicalIndex, word: str, distance: int) -> set[tuple[str, int]]:
    measured = {known: OSA.distance(word, known) for known in lexical.vocabulary.words if not known.startswith("~")}
    return {item for item in measured.items() if 0 < item[1] <= distance}


@settings(deadline=None)
@given(st.lists(st.text("abcé1無", min_size=1, max_size=6), max_size=20), st.text("abcé1無", min_size=1, max_size=6))
def test_neighbours_are_those_of_comparing_with_every_word(words: list[str], word: str) -> None:
    lexical = new_index()
    neighbours = Neighbours(lexical.vocabulary)
    for row, title in enumerate(words):
        lexical.put([row], [Document(title=title)])
        for distance in (1, 2):
            assert set(neighbours.find(word, distance)) == _brute(lexical, word, distance)


@pytest.mark.parametrize("typed", ["leather sfoa", "leather so fa"])
def test_words_that_are_kept_stay(typed: str) -> None:
    assert corrector().correct(typed).text == "leather sofa"
    assert {reading.text for reading in corrector().readings(typed, frozenset(typed.split()[1:]))} == {typed}
