"""What isn't wanted ranks below, or is left out; never the other way round."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import found_ids, put, search, serving

COLOURS = ("black", "blue", "red", "green")


@pytest.fixture
def shop(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    with serving(make_settings()) as client:
        for colour in COLOURS:
            put(client, f"jacket-{colour}", f"Jacket, {colour}", colour=colour)
        put(client, "scented", "Face cream with fragrance")
        put(client, "unscented", "Face cream", description="Calm skin: fragrance-free.")
        client.app.state.runtime.engine.shop.count()  # type: ignore[attr-defined]
        yield client


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("jacket neither black nor blue", {"red", "green"}),
        ("jacket not black, blue or red", {"green"}),
        ("non-black jacket", {"blue", "red", "green"}),
        ("jacket not red", {"black", "blue", "green"}),
    ],
)
def test_colours_that_are_denied_are_left_out(shop: TestClient, query: str, wanted: set[str]) -> None:
    listed = {id_.removeprefix("jacket-") for id_ in found_ids(search(shop, query))}
    assert listed & set(COLOURS) == wanted


@pytest.mark.parametrize("query", ["I don't want a black jacket", "jacket that should not be black"])
def test_a_negation_that_is_not_understood_filters_for_nothing(shop: TestClient, query: str) -> None:
    answer = search(shop, query)
    assert {f"jacket-{colour}" for colour in COLOURS} <= set(found_ids(answer))
    assert not any(note["field"] == "colour" and not note["excluded"] for note in answer["interpreted"]["understood"])


@pytest.mark.parametrize("query", ["fragrance-free face cream", "face cream without fragrance"])
def test_what_says_that_it_lacks_something_is_not_held_to_have_it(shop: TestClient, query: str) -> None:
    listed = found_ids(search(shop, query))
    assert listed.index("unscented") < listed.index("scented")
