from __future__ import annotations

import logging
import threading
from dataclasses import replace

import numpy as np
import pytest

from ml.index import background
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.merge import MergeSettings
from ml.index.planner import CostModel, PlannerSettings, Tuning
from ml.types import ProductId
from tests.contracts.index import found, product_ids, unit_vectors

SCAN = Tuning(costs=CostModel(direct_ns=1e9, scan_ns=1))
SMALL = MergeSettings(
    compact_from=100,
    clusters_from=300,
    added_rows=50,
    added_share=0.1,
    added_most=60,
    retired_share=0.2,
    assumed=SCAN,
)


def test_writes_past_the_limits_start_a_merge() -> None:
    index = FaissFlatIndex(16, merging=SMALL)
    vectors = unit_vectors(400, 16)
    index.upsert(product_ids(99), vectors[:99])
    index.wait_for_merge()
    assert index.tuning is None
    index.upsert(product_ids(400)[99:150], vectors[99:150])
    index.wait_for_merge()
    assert index.tuning == SCAN
    index.upsert(product_ids(400)[150:], vectors[150:])
    index.wait_for_merge()
    index.remove(product_ids(90))
    index.wait_for_merge()
    with pytest.raises(IndexError, match="retired"):
        index.embeddings(np.array([0]))
    np.testing.assert_array_equal(index.embeddings(np.array([90, 399])), vectors[[90, 399]])
    assert index.row_of(ProductId("p00399")) == 399
    index.remove(product_ids(400)[:350])
    index.wait_for_merge()
    assert index.tuning is None  # too few are left for codes
    assert len(found(index, vectors[0], 400)) == 50


def test_merges_beside_writes_and_searches_lose_and_invent_nothing() -> None:
    vectors = unit_vectors(4000, 16)
    index = FaissFlatIndex(16, merging=replace(SMALL, background=False))
    index.upsert(product_ids(500), vectors[:500])
    model = dict(zip(product_ids(500), vectors[:500], strict=True))
    done = threading.Event()
    merges: list[int] = []
    problems: list[BaseException] = []

    def merge_until_done() -> None:
        try:
            while not done.is_set():
                index.merge()
                merges.append(index.row_count)
        except BaseException as problem:
            problems.append(problem)

    merger = threading.Thread(target=merge_until_done)
    merger.start()
    rng = np.random.default_rng(0)
    for start in range(500, 4000, 7):
        ids = [product_ids(900)[number] for number in rng.choice(900, len(vectors[start : start + 7]), replace=False)]
        index.upsert(ids, vectors[start : start + 7])
        model.update(zip(ids, vectors[start : start + 7], strict=True))
        gone = [product_ids(900)[number] for number in rng.choice(900, 3, replace=False)]
        index.remove(gone)
        for product_id in gone:
            model.pop(product_id, None)
        query = vectors[start]
        pairs = found(index, query, 15)
        right = sorted((float(vector.astype(np.float64) @ query) for vector in model.values()), reverse=True)[:15]
        np.testing.assert_allclose([score for _, score in pairs], right, atol=1e-6)
        assert {product_id for product_id, _ in pairs} <= model.keys()
    done.set()
    merger.join()
    assert problems == []
    assert len(merges) > 3
    assert {product_id for product_id, _ in found(index, vectors[0], 2000)} == model.keys()


def test_a_merge_that_fails_is_logged_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no room")

    vectors = unit_vectors(400, 16)
    failures: list[int] = []
    index = FaissFlatIndex(16, merging=replace(SMALL, retry_s=0), on_failure=lambda: failures.append(1))
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(background, "merge", fail)
        index.upsert(product_ids(200), vectors[:200])
        index.wait_for_merge()
    assert "merging the index failed" in caplog.text
    assert index.failure == "MemoryError: no room"
    assert failures == [1]
    assert found(index, vectors[7], 1)[0][0] == "p00007"
    index.upsert(product_ids(201)[200:], vectors[200:201])
    index.wait_for_merge()
    assert index.tuning == SCAN
    assert (index.failure, failures) == (None, [1])


def test_a_closed_index_merges_no_more() -> None:
    index = FaissFlatIndex(16, merging=SMALL)
    index.close()
    vectors = unit_vectors(400, 16)
    index.upsert(product_ids(400), vectors)
    index.wait_for_merge()
    assert index.tuning is None
    assert found(index, vectors[7], 1)[0][0] == "p00007"


def test_costs_and_recall_are_measured_when_nothing_is_assumed() -> None:
    vectors = unit_vectors(3000, 24)
    merging = MergeSettings(compact_from=1, clusters_from=1, background=False)
    index = FaissFlatIndex(24, merging=merging, planning=PlannerSettings(exact_budget_ms=0, minimum_recall=0.9))
    index.upsert(product_ids(3000), vectors)
    index.merge()
    tuning = index.tuning
    assert tuning is not None
    shares = [entry.share for entry in tuning.probing]
    assert shares == sorted(shares, reverse=True)
    assert {(entry.share, entry.depth) for entry in tuning.probing} >= {(1.0, 10), (1.0, 200), (0.018, 10)}
    assert all(entry.probes <= 219 for entry in tuning.probing)
    assert all(entry.probes < 219 and entry.recall >= 0.99 for entry in tuning.reach)
    recall = []
    for query in unit_vectors(30, 24, seed=9):
        likely, _ = index.candidates(query, 10)
        right, _ = index.search(query, 10)
        recall.append(len(np.intersect1d(likely, right)) / 10)
    assert np.mean(recall) > 0.8


def test_clusters_are_trained_again_when_most_rows_are_new() -> None:
    vectors = unit_vectors(3000, 16)
    merging = MergeSettings(compact_from=1, clusters_from=100, background=False, assumed=SCAN)
    index = FaissFlatIndex(16, merging=merging)
    index.upsert(product_ids(1000), vectors[:1000])
    index.merge()
    again = SCAN.model_copy(update={"rerank": 7})
    index._merges.settings = replace(merging, assumed=again)
    index.upsert(product_ids(1400)[1000:], vectors[1000:1400])
    index.merge()
    assert index.tuning == SCAN
    index.upsert(product_ids(2000)[1400:], vectors[1400:2000])
    index.merge()
    assert index.tuning == again
