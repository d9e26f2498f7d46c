from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.index.clusters import list_count, train_centres
from ml.index.compact import CompactRows
from ml.index.encode import build_compact
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.merge import MergeSettings
from ml.index.planner import CostModel, Plan, Tuning
from ml.types import Embeddings, ProductId
from tests.contracts.index import product_ids, unit_vectors


def unit(vectors: np.ndarray) -> Embeddings:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def hostile_vectors(kind: str, count: int, dimension: int, seed: int) -> Embeddings:
    """Unit vectors that a grid of 8 bits finds hard in different ways."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((count, dimension))
    if kind == "copies":
        vectors[:] = vectors[:1]
    elif kind == "near-ties":
        vectors[:] = vectors[:1] + 1e-7 * vectors
    elif kind == "outliers":
        vectors[::7, 0] = 500
    elif kind == "one dimension":
        vectors[:] = 0
        vectors[np.arange(count), rng.integers(dimension, size=count)] = rng.choice([-1, 1], count)
    elif kind == "constant dimensions":
        vectors[:, ::2] = 0.25
    elif kind == "far from the rest" and count > 1:
        vectors[0] = -100 * vectors[1:].mean(axis=0)
        vectors[1:] = vectors[1] + 0.01 * vectors[1:]
    return unit(vectors)


SCAN = Tuning(costs=CostModel(direct_ns=1e9, scan_ns=1))
KINDS = ["random", "copies", "near-ties", "outliers", "one dimension", "constant dimensions", "far from the rest"]


def compact_of(vectors: Embeddings, centres: Embeddings | None = None) -> CompactRows:
    rows = np.arange(len(vectors))
    return build_compact(lambda some: vectors[some], rows, vectors.shape[1], centres=centres)


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.integers(1, 200),
    st.sampled_from([1, 2, 4, 16, 33, 64, 100, 384, 512]),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_no_score_is_further_from_its_estimate_than_the_bound(
    kind: str, count: int, dimension: int, seed: int, own: bool
) -> None:
    vectors = hostile_vectors(kind, count, dimension, seed)
    query = vectors[0] if own else unit_vectors(1, dimension, seed)[0]
    scan = compact_of(vectors).scan(query)
    assert sorted(scan.rows.tolist()) == list(range(count))
    exact = vectors[scan.rows].astype(np.float64) @ query.astype(np.float64)
    assert (np.abs(scan.estimates.astype(np.float64) - exact) <= scan.errors).all()


@pytest.mark.parametrize(("kind", "bound"), [("random", 0.02), ("near-ties", 0.02), ("constant dimensions", 0.05)])
def test_bounds_are_tight_enough_to_be_of_use(kind: str, bound: float) -> None:
    vectors = hostile_vectors(kind, 3000, 384, 0)
    scan = compact_of(vectors).scan(unit_vectors(1, 384, 1)[0])
    assert np.median(scan.errors) < bound


def test_only_the_lists_and_rows_asked_for_are_scanned() -> None:
    vectors = unit_vectors(500, 32)
    centres = train_centres(lambda some: vectors[some], np.arange(500), product_ids(500).__getitem__, 32)
    assert len(centres) == list_count(500)
    compact = compact_of(vectors, centres)
    assert compact.sizes.sum() == compact.count == 500
    query = vectors[3]
    lists = compact.nearest_lists(query, 5, None)
    assert compact.list_of[3] in lists
    rows = compact.scan(query, lists).rows
    assert sorted(rows.tolist()) == np.flatnonzero(np.isin(compact.list_of, lists)).tolist()
    allowed = np.arange(400) % 3 == 0
    some = compact.scan(query, lists, allowed).rows
    assert sorted(some.tolist()) == [row for row in sorted(rows.tolist()) if row < 400 and allowed[row]]
    np.testing.assert_array_equal(
        np.flatnonzero(compact.lists_with(np.array([3, 77]))), np.unique(compact.list_of[[3, 77]])
    )


def test_rows_lie_in_the_cluster_of_the_nearest_centre_that_is_not_empty_of_them() -> None:
    vectors = unit_vectors(500, 32)
    centres = train_centres(lambda some: vectors[some], np.arange(500), product_ids(500).__getitem__, 32)
    compact = compact_of(vectors, centres)
    similar = vectors @ centres.T
    np.testing.assert_allclose(similar[np.arange(500), compact.list_of], similar.max(axis=1), atol=1e-6)


def test_clusters_do_not_depend_on_the_order_in_which_products_came() -> None:
    vectors, ids = unit_vectors(2000, 16), product_ids(2000)
    order = np.random.default_rng(0).permutation(2000)

    def shuffled_id(row: int) -> ProductId:
        return ids[order[row]]

    first = train_centres(lambda some: vectors[some], np.arange(2000), ids.__getitem__, 16)
    second = train_centres(lambda some: vectors[order][some], np.arange(2000), shuffled_id, 16)
    np.testing.assert_array_equal(first, second)


def test_former_codes_are_used_again() -> None:
    vectors = unit_vectors(900, 32)
    centres = train_centres(lambda some: vectors[some], np.arange(600), product_ids(900).__getitem__, 32)
    former = build_compact(lambda some: vectors[some], np.arange(600), 32, centres=centres)
    rows = np.setdiff1d(np.arange(900), [0, 5, 599, 600, 899])
    asked: list[int] = []

    def watched(some: np.ndarray) -> Embeddings:
        asked.extend(some.tolist())
        return vectors[some]

    later = build_compact(watched, rows, 32, former=former)
    assert asked == list(range(601, 899))
    np.testing.assert_array_equal(np.flatnonzero(later.list_of >= 0), rows)
    np.testing.assert_array_equal(later.list_of[1:5], former.list_of[1:5])
    query = vectors[700]
    scan = later.scan(query)
    assert (np.abs(scan.estimates - vectors[scan.rows].astype(np.float64) @ query) <= scan.errors).all()


def test_a_scan_of_no_lists_finds_nothing() -> None:
    vectors = unit_vectors(50, 16)
    scan = compact_of(vectors).scan(vectors[0], np.empty(0, np.int64))
    assert len(scan.rows) == len(scan.estimates) == len(scan.errors) == 0


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.integers(1, 200), st.integers(1, 250), st.integers(0, 2**32 - 1), st.booleans())
def test_the_likeliest_rows_have_the_highest_estimates(
    kind: str, count: int, wanted: int, seed: int, filtered: bool
) -> None:
    vectors = hostile_vectors(kind, count, 33, seed)
    compact = compact_of(vectors, unit_vectors(3, 33, seed))
    query = unit_vectors(1, 33, seed + 1)[0]
    rng = np.random.default_rng(seed)
    allowed = rng.random(rng.integers(count + 1)) < 0.7 if filtered else None
    scan = compact.scan(query)
    inside = np.ones(count, np.bool_)
    if allowed is not None:
        inside[: len(allowed)], inside[len(allowed) :] = allowed, False
    kept = inside[scan.rows]
    found = compact.likeliest(query, wanted, allowed=allowed)
    assert len(np.unique(found)) == len(found) == min(wanted, np.count_nonzero(kept))
    assert inside[found].all()
    estimates = np.zeros(count, np.float32)
    estimates[scan.rows] = scan.estimates
    np.testing.assert_array_equal(np.sort(estimates[found]), np.sort(scan.estimates[kept])[::-1][: len(found)][::-1])


def test_the_likeliest_of_no_lists_are_none() -> None:
    vectors = unit_vectors(50, 16)
    assert len(compact_of(vectors).likeliest(vectors[0], 5, np.empty(0, np.int64))) == 0


def test_candidates_by_codes_alone_are_the_best_rows() -> None:
    vectors = unit_vectors(3000, 64)
    index = FaissFlatIndex(64, merging=MergeSettings(compact_from=1, background=False, assumed=SCAN))
    index.upsert(product_ids(2900), vectors[:2900])
    index.merge()
    index.upsert(product_ids(3000)[2900:], vectors[2900:])
    index.remove(product_ids(300))
    rng = np.random.default_rng(4)
    for query in unit_vectors(20, 64, seed=5):
        for allowed in (None, rng.random(3000) < 0.5, rng.random(1000) < 0.9):
            right, _ = index.search(query, 50, allowed)
            np.testing.assert_array_equal(index.likely_rows(query, 50, allowed), np.sort(right))


def test_a_filter_of_rows_without_a_code_alone_loses_none() -> None:
    vectors = unit_vectors(120, 16)
    small = MergeSettings(compact_from=1, clusters_from=1, background=False, assumed=SCAN)
    index = FaissFlatIndex(16, merging=small)
    index.upsert(product_ids(100), vectors[:100])
    index.merge()
    index.upsert(product_ids(120)[100:], vectors[100:])
    allowed = np.zeros(120, np.bool_)
    allowed[105:110] = True
    for wanted in (3, 5, 9):
        rows, _ = index.candidates(vectors[0], wanted, allowed, Plan("approximate", 5, 5, probes=4, rerank=40))
        assert rows.tolist() == index.search(vectors[0], wanted, allowed)[0].tolist()
