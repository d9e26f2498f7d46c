from __future__ import annotations

import numpy as np
import pytest

from ml.index.exact import ExactIndex
from tests.contracts.index import IndexContract, Products, product_ids, unit_vectors


class TestExactIndex(IndexContract):
    def make(self, dimension: int, products: Products) -> ExactIndex:
        index = ExactIndex(dimension)
        index.upsert(list(products), np.array(list(products.values()), np.float32).reshape(-1, dimension))
        return index


def test_vectors_can_be_read_back() -> None:
    vectors = unit_vectors(5, 8)
    index = ExactIndex(8)
    index.upsert(product_ids(5), vectors)
    index.remove(product_ids(2))
    assert index.live_rows().tolist() == [2, 3, 4]
    np.testing.assert_array_equal(index.embeddings(np.array([4, 0])), vectors[[4, 0]])
    for row in (-1, 5):
        with pytest.raises(IndexError):
            index.embeddings(np.array([row]))
