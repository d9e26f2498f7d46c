"""Words with several readings have each of them encoded, and count as one search all the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.config import Settings
from ml.lexical.correct import MAX_READINGS
from tests.backend.conftest import put, search, serving, settle


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_burst_that_may_wait_is_answered_whatever_its_words_may_mean(
    make_settings: Callable[..., Settings],
) -> None:
    most = 6
    with serving(make_settings(search_queue_size=most, api_enable_cache=False)) as client:
        for name in ("mug", "rug", "jug", "pug", "hug"):
            put(client, name, f"steel {name}s for everybody")
        settle(client)
        compute = client.app.state.runtime.engine.compute  # type: ignore[attr-defined]
        assert compute.queries.bound == most * (MAX_READINGS + 1)
        live = client.app.state.runtime.engine.live  # type: ignore[attr-defined]
        queries = [f"steel {letter}ugs" for letter in "bdlstv"]
        assert min(len(live.texts.readings(query)) for query in queries) > 1
        with ThreadPoolExecutor(most) as threads:
            answers = list(threads.map(lambda query: search(client, query), queries))
        assert [answer["total"] > 0 for answer in answers] == [True] * most
