"""Words that say how others are meant aren't typing errors, however near they are to what products are called."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from backend.config import Settings
from tests.backend.conftest import put, search, serving

NEAR = ["collars europe", "scale plate", "maxi dress", "solar lamp", "dot brands", "sales jacket", "unter shelf"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("grammar")
    settings = Settings(
        _env_file=None, database_url=f"sqlite:///{folder}/catalogue.db", faiss_index_path=folder / "index",
        media_path=folder / "media", search_cutoff=-100.0,
    )  # fmt: skip
    with serving(settings) as client:
        for number, title in enumerate([*NEAR, "leather bag", "mug", "shoes"] * 5):
            put(client, f"p{number}", title, price=10 + number)
        yield client


@pytest.mark.parametrize(
    "query",
    [
        "50 euro mug",
        "mug 20 euros",
        "shoes under 50 dollars",
        "jacket on sale",
        "sale",
        "max 30",
        "not on sale jacket",
        "brand",
        "without sugar",
        "not leather",
        "not leather please",
        "leather bag for you please",
        "shoes unter 50 dollar",
    ],
)
def test_words_of_the_grammar_stay(shop: TestClient, query: str) -> None:
    assert search(shop, query)["interpreted"]["corrected"] == []


def test_other_words_beside_them_are_corrected(shop: TestClient) -> None:
    interpreted = search(shop, "lether bag under 50 dollars please")["interpreted"]
    assert [(change["typed"], change["corrected"]) for change in interpreted["corrected"]] == [("lether", "leather")]
    assert interpreted["text"] == "leather bag under 50 dollars please"
