"""Which searches are done on the event loop."""

from __future__ import annotations

from typing import Any

import pytest

from backend.search.schemas import ImageSearchRequest, SearchRequest
from backend.search.service import LIGHT_DEPTH, LIGHT_QUERY, is_plain


def test_a_few_words_are_light_work() -> None:
    assert is_plain(SearchRequest(query="red shoes", filters={"brand": "norda"}, user_id="u", limit=24, offset=24))


@pytest.mark.parametrize(
    "more",
    [
        {"facets": ["brand"]},
        {"explain": True},
        {"exact": True},
        {"group": "item_group"},
        {"max_per_brand": 2},
        {"sort": "price_asc"},
        {"offset": LIGHT_DEPTH},
        {"cursor": "c"},
        {"query": ""},
        {"query": "shoe " * (LIGHT_QUERY // 5 + 1)},
    ],
)
def test_what_takes_longer_gets_a_thread(more: dict[str, Any]) -> None:
    assert not is_plain(SearchRequest.model_validate({"query": "red shoes"} | more))


def test_a_picture_gets_a_thread() -> None:
    assert not is_plain(ImageSearchRequest(query="red shoes"))
