from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.lexical import prefixes
from ml.lexical.correct import Corrector
from ml.lexical.documents import Document
from ml.lexical.index import LexicalIndex
from ml.lexical.suggest import Suggester, Suggestion
from tests.ml.lexical.test_index import HOSTILE, ask, new_index

DOCUMENTS = [
    *[Document(title=f"Sony WH-{n} headphones", brand="Sony", category="Audio > Headphones") for n in range(6)],
    *[Document(title=f"Sonos speaker {n}", brand="Sonos", category="Audio > Speakers") for n in range(3)],
    *[Document(title="Wireless mouse", description="for work", brand="Logitech") for _ in range(4)],
    Document(title="Wired mouse", description="never wireless"),
    Document(title="Café crème", category="Coffee"),
]


def suggester(documents: list[Document], shuffle: int = 0) -> tuple[Suggester, LexicalIndex]:
    lexical = new_index()
    rows = random.Random(shuffle).sample(range(len(documents)), len(documents))
    lexical.put(rows, documents)
    corrector = Corrector(lexical)
    return Suggester(lexical.analyzer, lexical.vocabulary, corrector), lexical


def texts(typed: str, limit: int = 8) -> list[str]:
    return [item.text for item in suggester(DOCUMENTS)[0].suggest(typed, limit)]


def test_the_commonest_words_and_phrases_go_first() -> None:
    assert suggester(DOCUMENTS)[0].suggest("son", 4) == [
        Suggestion("sony", 6),
        Suggestion("sony headphones", 6),
        Suggestion("sonos", 3),
        Suggestion("sonos speaker", 3),
    ]
    assert texts("S", 1) == ["sony"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("hea", "headphones"),
        ("wireless mo", "wireless mouse"),
        ("Wireless  MO", "wireless mouse"),
        ("sony h", "sony headphones"),
        ("headphones so", "headphones sony"),  # nobody's phrase, but products have both words
        ("caf", "cafe"),
        ("soyn", "sony"),  # errors: swapped, wrong, missing, too many letters
        ("wirekess", "wireless"),
        ("hedpho", "headphones"),
        ("moouse", "mouse"),
        ("wirelss mou", "wireless mouse"),
    ],
)
def test_what_was_begun_is_completed(typed: str, first: str) -> None:
    assert texts(typed)[0] == first


@pytest.mark.parametrize("typed", ["", " ", "q", "zzzz", "sony mouse", "a b c d e f g"])
def test_nothing_is_suggested_that_finds_nothing(typed: str) -> None:
    assert texts(typed) == []


def test_suggestions_follow_the_live_products(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefixes, "_UNSORTED", 5)
    own, lexical = suggester(DOCUMENTS)
    assert own.suggest("drone") == []
    lexical.put([100], [Document(title="Drone with camera", brand="DJI", category="Toys > Drones")])
    assert [item.text for item in own.suggest("drone")] == ["drone", "drone with", "drone with camera"]
    assert [item.text for item in own.suggest("dj")] == ["dji", "dji drones"]
    lexical.retire([100])
    assert own.suggest("drone") == []


@settings(deadline=None, max_examples=60)
@given(st.text("sonywirelm uh", max_size=14), st.integers(1, 9))
def test_every_suggestion_finds_products_whatever_the_order(typed: str, shuffle: int) -> None:
    own, lexical = suggester(DOCUMENTS)
    found = own.suggest(typed)
    assert found == suggester(DOCUMENTS, shuffle)[0].suggest(typed)
    for item in found:
        matches = ask(lexical, item.text)
        assert (matches.coverage == 1).sum() >= item.count > 0


@pytest.mark.parametrize("typed", HOSTILE)
def test_any_text_can_be_typed(typed: str) -> None:
    own, lexical = suggester([*DOCUMENTS, Document(*[typed] * 6)])
    for item in own.suggest(typed, 5):
        assert len(ask(lexical, item.text).rows)
