"""The linear reranker: what its file may say, and what it adds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.ranking.linear import LinearReranker, WeightsRefused, read_weights
from ml.ranking.rerank import RerankFailed, Shortlist, rescored, shortlisted


def shortlist(scores: list[float], **features: list[float]) -> Shortlist:
    named = {name: np.array(values, np.float64) for name, values in features.items()}
    return Shortlist("steel mug", np.arange(len(scores)), np.array(scores), named)


def test_weighted_features_are_added() -> None:
    listed = shortlist([1.0, 0.5, 0.25], title=[0.0, 1.0, 0.5], in_stock=[1.0, 1.0, 0.0], brand=[9.0, 9.0, 9.0])
    reranker = LinearReranker({"title": 0.5, "in_stock": -0.25, "brand": 0.0})
    assert rescored(reranker, listed).tolist() == [0.75, 0.75, 0.5]
    assert listed.scores.tolist() == [1.0, 0.5, 0.25]


def test_the_name_tells_weights_apart_and_nothing_else() -> None:
    one = LinearReranker({"title": 0.1, "brand": 0.2, "sku": 0.0})
    assert one.name == LinearReranker({"brand": 0.2, "title": 0.1}).name
    assert one.name != LinearReranker({"brand": 0.2, "title": 0.1000001}).name


@pytest.mark.parametrize("scores", [[np.nan, 0.0], [np.inf, 0.0], [0.0], [[0.0, 1.0]]])
def test_scores_that_are_not_as_promised_are_refused(scores: list[float]) -> None:
    class Broken:
        name = "broken"

        def scores(self, shortlist: Shortlist) -> Any:
            return np.array(scores)

    with pytest.raises(RerankFailed, match="broken gave no finite score for each of 2 products"):
        rescored(Broken(), shortlist([1.0, 0.5]))


def test_a_feature_that_is_not_known_is_refused() -> None:
    with pytest.raises(RerankFailed, match="no feature 'brand'"):
        rescored(LinearReranker({"brand": 1.0}), shortlist([1.0], title=[1.0]))


GOOD = {"format": 1, "ranker": "rerank", "parameters": {"title": 0.1, "in_stock": 1}, "seed": 0}


def test_a_file_of_weights_is_read(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_bytes(orjson.dumps(GOOD))
    assert read_weights(path) == {"title": 0.1, "in_stock": 1.0}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "not a file of weights"),
        (orjson.dumps({**GOOD, "format": 2}), "not a file of weights"),
        (orjson.dumps({**GOOD, "ranker": "hybrid"}), "not a file of weights"),
        (orjson.dumps({**GOOD, "parameters": {}}), "at least one feature"),
        (orjson.dumps({**GOOD, "parameters": [1]}), "at least one feature"),
        (orjson.dumps({**GOOD, "parameters": {"tilte": 1}}), "no feature 'tilte'; there are title, brand"),
        (orjson.dumps({**GOOD, "parameters": {"title": "1"}}), "weight of 'title'"),
        (orjson.dumps({**GOOD, "parameters": {"title": True}}), "weight of 'title'"),
        (orjson.dumps({**GOOD, "parameters": {"title": None}}), "weight of 'title'"),
        (orjson.dumps({**GOOD, "parameters": {"title": 10.1}}), "from -10 to 10"),
        (b'{"format": 1, "ranker": "rerank", "parameters": {"title": 1e999}}', "weights.json: "),
    ],
)
def test_a_file_that_is_not_one_of_weights_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "weights.json"
    path.write_bytes(content)
    with pytest.raises(WeightsRefused, match=message):
        read_weights(path)
    with pytest.raises(WeightsRefused, match="No such file"):
        read_weights(tmp_path / "none.json")


@given(st.lists(st.sampled_from([0.9, 0.7, 0.5, 0.3]), max_size=60), st.integers(1, 20))
def test_a_shortlist_is_told_by_a_score(scores: list[float], depth: int) -> None:
    listed = np.sort(np.array(scores, np.float64))[::-1]
    count = shortlisted(listed, depth, 2 * depth)
    if count < len(listed):
        assert count == 0 or listed[count - 1] > listed[count]
        assert count <= 2 * depth
    if len(listed) > depth:
        assert count >= depth or (listed[count:depth] == listed[depth - 1]).all()
