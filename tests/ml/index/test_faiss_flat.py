from __future__ import annotations

import faiss
import numpy as np
import pytest

from ml.index.exact import ExactIndex
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.manifest import SnapshotMeta
from ml.index.snapshot import load_snapshot, save_snapshot
from ml.types import Fingerprint
from tests.contracts.index import IndexContract, Products, product_ids, unit_vectors

FINGERPRINT = Fingerprint("0123456789abcdef")


def matrix(products: Products, dimension: int) -> np.ndarray:
    return np.array(list(products.values()), np.float32).reshape(-1, dimension)


class TestInMemory(IndexContract):
    def make(self, dimension: int, products: Products) -> FaissFlatIndex:
        index = FaissFlatIndex(dimension)
        index.upsert(list(products), matrix(products, dimension))
        return index


class TestOverMappedSnapshot(IndexContract):
    @pytest.fixture(autouse=True)
    def _directory(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.directory = tmp_path_factory.mktemp("snapshots")

    def make(self, dimension: int, products: Products) -> FaissFlatIndex:
        meta = SnapshotMeta(FINGERPRINT, dimension, 0, {"text": 1.0})
        save_snapshot(self.directory, list(products), [matrix(products, dimension)], meta)
        index, _ = load_snapshot(self.directory, fingerprint=FINGERPRINT, dimension=dimension)
        return index


def mixed_index(vectors: np.ndarray) -> FaissFlatIndex:
    """An index with half of the vectors in its base."""
    half = len(vectors) // 2
    base = faiss.IndexFlatIP(vectors.shape[1])
    base.add(vectors[:half])
    ids = product_ids(len(vectors))
    index = FaissFlatIndex(vectors.shape[1], base, ids[:half])
    index.upsert(ids[half:], vectors[half:])
    return index


def test_the_answers_are_those_of_the_reference() -> None:
    vectors = unit_vectors(2000, 384)
    index, reference = mixed_index(vectors), ExactIndex(384)
    reference.upsert(product_ids(2000), vectors)
    rng = np.random.default_rng(1)
    for query in unit_vectors(20, 384, seed=2):
        for allowed in (None, rng.random(2000) < 0.3, rng.random(2000) < 0.01):
            _, scores = index.search(query, 20, allowed)
            _, right = reference.search(query, 20, allowed)
            np.testing.assert_allclose(scores, right, atol=1e-6)


def test_scores_are_the_bits_of_a_plain_faiss_search() -> None:
    vectors = unit_vectors(1000, 100)
    plain = faiss.IndexFlatIP(100)
    plain.add(vectors)
    query = unit_vectors(1, 100, seed=1)
    distances, rows = plain.search(query, 50)
    found_rows, scores = mixed_index(vectors).search(query[0], 50)
    np.testing.assert_array_equal(found_rows, rows[0])
    np.testing.assert_array_equal(scores, distances[0])


def test_vectors_can_be_read_back_from_base_and_delta() -> None:
    vectors = unit_vectors(200, 8)
    index = mixed_index(vectors)
    rows = np.random.default_rng(0).permutation(200)
    np.testing.assert_array_equal(index.embeddings(rows), vectors[rows])
    assert index.embeddings(np.empty(0, np.int64)).shape == (0, 8)
    for row in (-1, 200):
        with pytest.raises(IndexError):
            index.embeddings(np.array([row]))
    index.remove(product_ids(199))
    assert index.live_rows().tolist() == [199]


def test_a_base_that_does_not_fit_is_refused() -> None:
    base = faiss.IndexFlatIP(8)
    base.add(unit_vectors(2, 8))
    ids = product_ids(2)
    for arguments in (
        (9, base, ids),
        (8, base, ids[:1]),
        (8, base, ids[:1] * 2),
        (8, faiss.IndexFlatL2(8), []),
        (0,),
    ):
        with pytest.raises(ValueError, match=r"dimension|product ids"):
            FaissFlatIndex(*arguments)


def test_a_search_leaves_the_thread_setting_of_its_caller_alone() -> None:
    index = mixed_index(unit_vectors(10, 8))
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    index.search(unit_vectors(1, 8)[0], 2)
    assert faiss.omp_get_max_threads() == 3
    faiss.omp_set_num_threads(before)
