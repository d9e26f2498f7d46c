"""Which reading of a mistyped query is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from backend.catalogue.live import LiveCatalogue
from backend.config import Settings
from backend.search.meant import likeliest
from ml.encoder.fake import FakeEncoder
from ml.lexical.correct import Correction
from tests.backend.conftest import put, search, serving

TITLES = ["leather sofa", "leather chair", "soda stream", "soda maker", "garden lamp"]


@pytest.fixture
def shop(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    with serving(make_settings()) as client:
        for number, title in enumerate(
            ["leather sofa", "leather chair", "soda stream", "soda maker", "garden lamp"] * 4
        ):
            put(client, f"p{number}", title)
        yield client


def live_of(client: TestClient) -> LiveCatalogue:
    live: LiveCatalogue = client.app.state.runtime.engine.live  # type: ignore[attr-defined]
    return live


@pytest.mark.parametrize(("ahead", "taken"), [(0.5, "leather sofa"), (50.0, "qqzz xxyy")])
def test_meaning_decides_what_words_leave_open(shop: TestClient, ahead: float, taken: str) -> None:
    readings = [Correction("qqzz xxyy", likelihood=ahead), Correction("leather sofa")]
    vectors = FakeEncoder().encode_texts([reading.text for reading in readings])
    assert likeliest(live_of(shop), readings, list(vectors)).text == taken


def test_one_reading_needs_no_vector(shop: TestClient) -> None:
    only = Correction("leather sofa")
    assert likeliest(live_of(shop), [only], []) is only


def test_the_answer_names_the_reading_that_was_searched_for(shop: TestClient) -> None:
    live = live_of(shop)
    readings = live.texts.readings("leather soda")
    assert len(readings) > 1
    meant = likeliest(live, readings, list(FakeEncoder().encode_texts([reading.text for reading in readings])))
    interpreted = search(shop, "leather soda")["interpreted"]
    assert interpreted["text"] == meant.text
    assert [change["corrected"] for change in interpreted["corrected"]] == [c.corrected for c in meant.changes]


def test_words_taken_as_they_are_are_not_corrected(shop: TestClient) -> None:
    assert search(shop, "lether sofa", interpret=False)["interpreted"] is None
    assert search(shop, "lether sofa")["interpreted"]["text"] == "leather sofa"
