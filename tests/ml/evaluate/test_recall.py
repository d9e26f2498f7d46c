from __future__ import annotations

import json

import numpy as np
import pytest

from ml.evaluate.recall import SHARES, measure, recall_of, render, to_json
from ml.index.exact import ExactIndex
from ml.index.faiss_flat import FaissFlatIndex
from ml.types import Embedding, RowMask
from tests.contracts.index import product_ids, unit_vectors


@pytest.mark.parametrize(
    ("found", "allowed", "k", "expected"),
    [
        ([0.9, 0.8], [0.1, 0.8, 0.9], 2, 1.0),
        ([0.9, 0.1], [0.1, 0.8, 0.9], 2, 0.5),
        ([], [0.1, 0.8, 0.9], 2, 0.0),
        ([0.5], [0.5, 0.5, 0.5], 1, 1.0),
        ([0.5, 0.2], [0.5, 0.2], 10, 1.0),
        ([0.5], [0.5, 0.2], 10, 0.5),
        ([], [], 10, 1.0),
    ],
)
def test_recall_counts_what_is_among_the_best(
    found: list[float], allowed: list[float], k: int, expected: float
) -> None:
    assert recall_of(np.array(found), np.array(allowed), k) == expected


@pytest.mark.parametrize("make", [ExactIndex, FaissFlatIndex])
def test_an_exact_index_finds_everything_also_after_writes(make: type[ExactIndex] | type[FaissFlatIndex]) -> None:
    index = make(24)
    index.upsert(product_ids(400), unit_vectors(400, 24))
    figures = list(measure(index, product_ids(400), pairs=10, k=20))
    assert [row.share for row in figures] == list(SHARES)
    for row in figures:
        assert (row.pairs, row.exact, row.exact_lowest, row.planned, row.wrong) == (10, 1.0, 1.0, 1.0, 0)
    assert index.row_count > 400
    assert "100.0%" in render(figures, 20)
    assert json.loads(to_json(figures, {"products": 400}))["shares"][0]["exact"] == 1.0


class Careless(FaissFlatIndex):
    """Filters after the search, as many systems do."""

    def search(self, query: Embedding, k: int, allowed: RowMask | None = None) -> tuple[np.ndarray, np.ndarray]:
        rows, scores = super().search(query, k)
        if allowed is None:
            return rows, scores
        kept = allowed[rows]
        return rows[kept], scores[kept]


class Deaf(FaissFlatIndex):
    """Ignores the filter."""

    def search(self, query: Embedding, k: int, allowed: RowMask | None = None) -> tuple[np.ndarray, np.ndarray]:
        return super().search(query, k)


def test_losses_and_products_that_are_not_allowed_are_noticed() -> None:
    for make, wrong in ((Careless, False), (Deaf, True)):
        index = make(24)
        index.upsert(product_ids(400), unit_vectors(400, 24))
        everything, half, *_ = measure(index, product_ids(400), pairs=10, k=20)
        assert everything.exact == 1.0
        assert half.exact < 0.8
        assert (half.wrong > 0) == wrong
