from __future__ import annotations

import numpy as np
import pytest

from ml.evaluate import retrieval
from ml.evaluate.retrieval import accuracy, others_precision_at, own_places, precision_at, recall_at

ITEMS = np.eye(4, dtype=np.float32)
QUERIES = np.array([[4, 3, 2, 1], [4, 3, 2, 1], [1, 2, 4, 3], [1, 1, 1, 1]], np.float32)


def test_own_places_by_hand() -> None:
    # The second query is nearest to the first item; to the last all are equally near, which earns nothing.
    assert own_places(QUERIES, ITEMS, range(4)).tolist() == [1, 2, 1, 4]
    assert own_places(QUERIES[:2], ITEMS, [3, 3]).tolist() == [4, 4]


def test_own_places_in_blocks_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    queries, items = (rng.standard_normal((50, 8)).astype(np.float32) for _ in range(2))
    whole = own_places(queries, items, range(50))
    monkeypatch.setattr(retrieval, "BLOCK", 7)
    assert own_places(queries, items, range(50)).tolist() == whole.tolist()


def test_recall_counts_what_is_among_the_first() -> None:
    assert [recall_at(QUERIES, ITEMS, k) for k in (1, 2, 3, 4)] == [0.5, 0.75, 0.75, 1.0]


def test_embeddings_that_tell_nothing_earn_nothing() -> None:
    with np.errstate(invalid="ignore"):
        for nothing in (np.full((4, 4), np.nan, np.float32), np.ones((4, 4), np.float32)):
            for queries, items in ((nothing, ITEMS), (ITEMS, nothing)):
                assert own_places(queries, items, range(4)).tolist() == [4] * 4
                assert [recall_at(queries, items, k) for k in (1, 3, 4)] == [0.0, 0.0, 1.0]


def test_one_broken_item_costs_every_query_a_place() -> None:
    items = ITEMS.copy()
    items[3] = np.nan
    with np.errstate(invalid="ignore"):
        assert own_places(QUERIES, items, range(4)).tolist() == [2, 3, 2, 4]


def test_precision_is_the_share_with_the_wanted_label() -> None:
    labels = ["a", "b", "a", "b"]
    assert precision_at(QUERIES[:1], ["a"], ITEMS, labels, 3) == pytest.approx(2 / 3)
    assert precision_at(QUERIES[:2], ["a", "b"], ITEMS, labels, 1) == 0.5


def test_accuracy_is_the_share_whose_nearest_name_is_right() -> None:
    assert accuracy(QUERIES[:3], [0, 1, 2], ITEMS) == pytest.approx(2 / 3)


def test_others_precision_leaves_the_item_itself_out() -> None:
    items = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]], np.float32)
    assert others_precision_at(items, items, ["a", "a", "b", "b"], 1) == 1
    assert others_precision_at(items, items, ["a", "b", "a", "b"], 1) == 0
    assert others_precision_at(items, items, ["a", "a", "b", "b"], 3) == pytest.approx(1 / 3)
