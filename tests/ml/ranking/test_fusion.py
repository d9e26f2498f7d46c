from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ml.index.planner import Plan
from ml.index.reaching import Reached
from ml.ranking.calibration import Calibration, Scale
from ml.ranking.fusion import EXACT_MATCH, Fusion, Relevance
from ml.types import Embedding, ProductId

Rows = NDArray[np.int64]
DIMENSION = 16


@dataclass
class Words:
    rows: Rows
    scores: NDArray[np.float32]
    coverage: NDArray[np.float32]
    ceiling: float
    exact: Rows


class Rough:
    """Exact vectors, and estimates that are off by up to a stated error."""

    def __init__(self, vectors: NDArray[np.float32], noise: float, seed: int) -> None:
        self._vectors = vectors
        rng = np.random.default_rng(seed)
        self._errors = (noise * rng.random(len(vectors))).astype(np.float32)
        self._off = (self._errors * rng.uniform(-0.99, 0.99, len(vectors))).astype(np.float32)

    def reaching(
        self,
        query: Embedding,
        least: float,
        allowed: NDArray[np.bool_] | None = None,
        plan: Plan | None = None,
        *,
        beside: Rows | None = None,
    ) -> Reached:
        rows = np.arange(len(self._vectors)) if allowed is None else np.flatnonzero(allowed)
        estimates, errors = self.inner_products(query, rows) + self._off[rows], self._errors[rows]
        kept = (estimates + errors >= least) | np.isin(rows, [] if beside is None else beside)
        return Reached(rows[kept], estimates[kept], errors[kept], len(rows), complete=True)

    def inner_products(self, query: Embedding, rows: Rows) -> NDArray[np.float32]:
        return (self._vectors[rows] * query).sum(axis=1)

    def id_of(self, row: int) -> ProductId:
        return ProductId(f"p{(row * 7919) % 1000:03d}")


def unit(rng: np.random.Generator, n: int) -> NDArray[np.float32]:
    vectors = rng.normal(size=(n, DIMENSION)).astype(np.float32)
    vectors[n // 2 : n // 2 + 3] = vectors[0]  # equal products
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def case(seed: int, noise: float) -> tuple[Rough, Relevance, int]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(8, 200))
    vectors = unit(rng, n)
    query = unit(rng, 8)[7]
    found = np.flatnonzero(rng.random(n) < 0.3).astype(np.int64)
    words = Words(
        found,
        rng.integers(0, 4, len(found)).astype(np.float32),
        rng.random(len(found)).astype(np.float32),
        3.0,
        found[:1] if seed % 3 == 0 else found[:0],
    )
    index = Rough(vectors, noise, seed)
    scale = Calibration.measure(vectors).scale(query)
    return index, Relevance(query, scale, words, index, Fusion(cutoff=1.0)), n


@given(st.integers(0, 10_000), st.sampled_from([0.0, 1e-4, 0.02, 0.3]), st.integers(1, 30))
def test_rough_estimates_change_nothing(seed: int, noise: float, k: int) -> None:
    _, rough, _ = case(seed, noise)
    index, exact, _ = case(seed, 0.0)
    results = rough.results()
    assert results.rows.tolist() == exact.results().rows.tolist()
    totals = exact.parts(results.rows).total
    ids = [index.id_of(row) for row in results.rows.tolist()]
    expected = sorted(range(len(ids)), key=lambda place: (-totals[place], ids[place]))[:k]
    best, scores = results.top(k)
    assert best.tolist() == results.rows[expected].tolist()
    assert scores.tolist() == totals[expected].tolist()


@given(st.integers(0, 10_000), st.integers(0, 100))
def test_a_filter_takes_results_away_and_changes_no_score(seed: int, other: int) -> None:
    _, relevance, n = case(seed, 0.02)
    everything = relevance.results()
    allowed = np.random.default_rng(other).random(n) < 0.5
    assert (
        relevance.results(allowed).rows.tolist() == np.intersect1d(everything.rows, np.flatnonzero(allowed)).tolist()
    )
    assert everything.within(allowed).rows.tolist() == relevance.results(allowed).rows.tolist()
    scores = dict(zip(*(part.tolist() for part in everything.top(n)), strict=True))
    for row, score in zip(*(part.tolist() for part in relevance.results(allowed).top(n)), strict=True):
        assert scores[row] == score


def relevance_of(words: Words | None, vectors: NDArray[np.float32], fusion: Fusion, bonus: float = 0.0) -> Relevance:
    return Relevance(
        vectors[0], Scale(0.0, 0.25), words, Rough(vectors, 0.0, 0), fusion, bonus=lambda rows: bonus * (rows == 5)
    )


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    return np.eye(8, DIMENSION, dtype=np.float32)


def test_the_parts_of_a_score_add_up(vectors: NDArray[np.float32]) -> None:
    rows = np.array([1, 5])
    words = Words(rows, np.array([3.0, 1.5], np.float32), np.array([1.0, 0.5], np.float32), 6.0, rows[:1])
    fusion = Fusion(lexical=0.5, similarity=0.5, saturation=4.0)
    parts = relevance_of(words, vectors, fusion, bonus=0.1).parts(np.array([0, 1, 5]))
    assert parts.lexical.tolist() == [0.0, 0.25, 0.125]
    assert parts.similarity.tolist() == [0.5 * np.tanh(1.0), 0.0, 0.0]
    assert parts.exact.tolist() == [0.0, EXACT_MATCH, 0.0]
    assert parts.bonus.tolist() == [0.0, 0.0, 0.1]
    assert parts.total.tolist() == pytest.approx([0.5 * np.tanh(1.0), 1.25, 0.225])


def test_words_alone_or_meaning_alone_make_a_result(vectors: NDArray[np.float32]) -> None:
    rows = np.array([1, 2, 3])
    words = Words(rows, np.ones(3, np.float32), np.array([0.9, 0.6, 0.3], np.float32), 2.0, rows[:0])
    found = relevance_of(words, vectors, Fusion(cutoff=2.0, coverage=0.6)).results()
    assert found.rows.tolist() == [0, 1, 2]  # 0 by its vector, 3 holds too little of the query


def test_without_words_only_vectors_count(vectors: NDArray[np.float32]) -> None:
    found = relevance_of(None, vectors, Fusion(cutoff=2.0)).results()
    assert found.rows.tolist() == [0]
    rows, scores = found.top(3)
    assert rows.tolist() == [0]
    assert scores[0] == pytest.approx(Fusion().similarity * np.tanh(1.0))


def test_nothing_allowed_means_no_results(vectors: NDArray[np.float32]) -> None:
    found = relevance_of(None, vectors, Fusion()).results(np.zeros(8, np.bool_))
    assert len(found) == 0
    assert found.top(5)[0].tolist() == []
