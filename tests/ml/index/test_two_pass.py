"""The index with codes: the same answers, bit for bit, as without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from ml.index.faiss_flat import FaissFlatIndex
from ml.index.manifest import SnapshotMeta
from ml.index.merge import MergeSettings
from ml.index.planner import CostModel, PlannerSettings, Probing, Reach, Tuning
from ml.index.snapshot import load_snapshot, save_snapshot
from ml.types import Embeddings, Fingerprint
from tests.contracts.index import IndexContract, IndexMachine, Products, product_ids, unit_vectors
from tests.ml.index.test_compact import KINDS, hostile_vectors

SCAN = Tuning(costs=CostModel(direct_ns=1e9, scan_ns=1))  # always estimate first, however few rows are allowed
ONE_LIST = MergeSettings(compact_from=1, clusters_from=10**9, background=False, assumed=SCAN)
CLUSTERS = replace(ONE_LIST, clusters_from=1)
RESTLESS = replace(ONE_LIST, added_rows=1, added_most=2, retired_share=0.01, background=True)
FINGERPRINT = Fingerprint("0123456789abcdef")


def matrix(products: Products, dimension: int) -> Embeddings:
    return np.array(list(products.values()), np.float32).reshape(-1, dimension)


class TestOneList(IndexContract):
    merging = ONE_LIST

    def make(self, dimension: int, products: Products) -> FaissFlatIndex:
        index = FaissFlatIndex(dimension, merging=self.merging)
        index.upsert(list(products), matrix(products, dimension))
        index.merge()
        return index


class TestClusters(TestOneList):
    merging = CLUSTERS


class TestMergedAllTheTime(IndexContract):
    def make(self, dimension: int, products: Products) -> FaissFlatIndex:
        index = FaissFlatIndex(dimension, merging=RESTLESS)
        index.upsert(list(products), matrix(products, dimension))
        return index

    def test_vectors_come_back_as_they_went_in(self) -> None:
        vectors = unit_vectors(6, 8)
        index = self.filled(vectors)
        index.remove(product_ids(2))
        index.wait_for_merge()
        np.testing.assert_array_equal(index.embeddings(np.array([5, 2])), vectors[[5, 2]])
        with pytest.raises(IndexError, match="retired"):
            index.embeddings(np.array([3, 1]))


class TestSavedWithCodes(IndexContract):
    @pytest.fixture(autouse=True)
    def _directory(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.directory = tmp_path_factory.mktemp("snapshots")

    def make(self, dimension: int, products: Products) -> FaissFlatIndex:
        meta = SnapshotMeta(FINGERPRINT, dimension, 0, {"text": 1.0})
        save_snapshot(self.directory, list(products), [matrix(products, dimension)], meta, CLUSTERS)
        index, manifest = load_snapshot(
            self.directory, fingerprint=FINGERPRINT, dimension=dimension, merging=CLUSTERS
        )
        assert manifest.kind == ("flat" if not products else "compact" if len(products) == 1 else "clustered")
        return index


class MergingMachine(IndexMachine):
    """The contract's machine, which also merges, saves and loads."""

    directory: Path

    @rule()
    def merge(self) -> None:
        assert isinstance(self.index, FaissFlatIndex)
        self.index.merge()

    @rule(clusters=st.booleans())
    def save_and_load(self, clusters: bool) -> None:
        assert isinstance(self.index, FaissFlatIndex)
        rows = self.index.live_rows()
        ids = [self.index.id_of(row) for row in rows.tolist()]
        meta = SnapshotMeta(FINGERPRINT, 4, 0, {"text": 1.0})
        merging = CLUSTERS if clusters else ONE_LIST
        save_snapshot(self.directory, ids, [self.index.embeddings(rows)], meta, merging)
        self.index, _ = load_snapshot(self.directory, fingerprint=FINGERPRINT, dimension=4, merging=merging)
        self.owners = ids


def test_any_sequence_of_writes_merges_and_loads_agrees_with_a_dict(tmp_path: Path) -> None:
    contract = TestOneList()
    machine = type("Machine", (MergingMachine,), {"contract": contract, "directory": tmp_path})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def pair(vectors: Embeddings, merging: MergeSettings) -> tuple[FaissFlatIndex, FaissFlatIndex]:
    """The same products with and without codes; a tenth of them was added after the merge."""
    ids, base_count = product_ids(len(vectors)), len(vectors) - len(vectors) // 10
    base = faiss.IndexFlatIP(vectors.shape[1])
    base.add(vectors[:base_count])
    plain = FaissFlatIndex(vectors.shape[1], base, ids[:base_count], merging=MergeSettings(background=False))
    coded = FaissFlatIndex(vectors.shape[1], base, ids[:base_count], merging=merging)
    coded.merge()
    for index in (plain, coded):
        index.upsert(ids[base_count:], vectors[base_count:])
    return plain, coded


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.integers(1, 600),
    st.sampled_from([2, 16, 100, 384]),
    st.integers(0, 2**32 - 1),
    st.sampled_from([None, 0.9, 0.5, 0.1]),
    st.integers(1, 40),
    st.sampled_from([ONE_LIST, CLUSTERS]),
)
def test_two_passes_give_the_bits_of_one(
    kind: str, count: int, dimension: int, seed: int, share: float | None, k: int, merging: MergeSettings
) -> None:
    vectors = hostile_vectors(kind, count, dimension, seed)
    plain, coded = pair(vectors, merging)
    rng = np.random.default_rng(seed)
    gone = [product_id for product_id in product_ids(count) if rng.random() < 0.1]
    for index in (plain, coded):
        index.remove(gone)
    mask = None if share is None else rng.random(rng.integers(count + 1)) < share
    for query in (vectors[-1], unit_vectors(1, dimension, seed)[0]):
        rows, scores = plain.search(query, k, mask)
        own_rows, own_scores = coded.search(query, k, mask)
        assert own_rows.tolist() == rows.tolist()
        assert own_scores.tobytes() == scores.tobytes()
        asked = rng.permutation(count)[: rng.integers(count + 1)]
        np.testing.assert_array_equal(coded.inner_products(query, asked), plain.inner_products(query, asked))
        exact = plain.inner_products(query, np.arange(count))
        least = float(rng.choice(np.append(exact[np.isfinite(exact)], 0)))
        open_to = np.isfinite(exact)
        if mask is not None:
            open_to[: len(mask)] &= mask
            open_to[len(mask) :] = False
        asked.sort()
        must = (exact >= least) | np.isin(np.arange(count), asked)
        for index in (plain, coded):
            reached = index.reaching(query, least, mask, beside=asked)
            assert reached.complete
            assert not (open_to & must)[np.setdiff1d(np.arange(count), reached.rows)].any()
            assert open_to[reached.rows].all()
            off = np.abs(reached.estimates - exact[reached.rows].astype(np.float64))
            assert (off <= reached.errors).all()


def test_exact_mode_finds_what_brute_force_finds_also_straight_after_writes() -> None:
    rng = np.random.default_rng(0)
    vectors = unit_vectors(6000, 48)
    _, index = pair(vectors, CLUSTERS)
    by_id = dict(zip(product_ids(6000), vectors, strict=True))
    for step in range(200):
        ids = [product_ids(6000)[number] for number in rng.choice(6000, 5, replace=False)]
        fresh = unit_vectors(5, 48, seed=step + 1)
        index.upsert(ids, fresh)
        by_id.update(zip(ids, fresh, strict=True))
        query = unit_vectors(1, 48, seed=1000 + step)[0]
        mask = rng.random(index.row_count) < rng.choice([1, 0.5, 0.1, 0.02, 0.001])
        rows, _ = index.search(query, 20, mask)
        open_to = [product_id for product_id in by_id if mask[index.row_of(product_id)]]
        exact = {id_: float(by_id[id_].astype(np.float64) @ query) for id_ in open_to}
        lowest = sorted(exact.values(), reverse=True)[:20]
        assert len(rows) == len(lowest)
        np.testing.assert_allclose([exact[index.id_of(row)] for row in rows.tolist()], lowest, atol=1e-6)


def test_what_is_reached_approximately_depends_on_the_query_and_not_on_the_filter() -> None:
    vectors = unit_vectors(3000, 32)
    reach = Reach(share=0.0, probes=60, recall=1.0, cost_ms=0.001)
    merging = replace(CLUSTERS, assumed=Tuning(costs=SCAN.costs, reach=(reach,)))
    index = FaissFlatIndex(32, planning=PlannerSettings(exact_budget_ms=0), merging=merging)
    index.upsert(product_ids(3000), vectors)
    index.merge()
    index.upsert(product_ids(3000)[:300], vectors[:300])  # without a code: always looked at
    rng = np.random.default_rng(0)
    for query in unit_vectors(20, 32, seed=3):
        least = float(np.partition(vectors @ query, -100)[-100])
        plan = index.plan_reaching()
        assert (plan.mode, plan.probes) == ("approximate", 60)
        everything = index.reaching(query, least, None, plan)
        assert not everything.complete
        assert everything.scanned < 2000
        exact = index.reaching(query, least)
        assert np.isin(everything.rows, exact.rows).all()
        assert len(everything.rows) > 0.5 * len(exact.rows)
        late = np.flatnonzero(index.inner_products(query, np.arange(3000, 3300)) >= least) + 3000
        assert np.isin(late, everything.rows).all()
        mask = rng.random(3300) < rng.choice([0.5, 0.05, 0.01])
        some = index.reaching(query, least, mask, index.plan_reaching(int(mask.sum())))
        assert some.rows.tolist() == everything.rows[mask[everything.rows]].tolist()
        assert index.plan_reaching(exact=True).mode == "exact"


def test_approximate_candidates_have_exact_scores_and_lose_no_place() -> None:
    vectors = unit_vectors(3000, 32)
    probing = Probing(share=0.0, depth=100, probes=100, recall=1.0, cost_ms=0.001)
    tuning = Tuning(costs=SCAN.costs, probing=(probing,))
    index = FaissFlatIndex(
        32,
        planning=PlannerSettings(exact_budget_ms=0),
        merging=replace(CLUSTERS, assumed=tuning),
    )
    index.upsert(product_ids(3000), vectors)
    index.merge()
    index.upsert(product_ids(3000)[:300], vectors[:300])
    rng = np.random.default_rng(0)
    for share in (None, 0.5, 0.05, 0.002):
        mask = None if share is None else rng.random(3300) < share
        query = vectors[int(rng.integers(3000))]
        plan = index.plan(50, None if mask is None else int(mask.sum()))
        assert plan.mode == "approximate"
        rows, scores = index.candidates(query, 50, mask)
        np.testing.assert_array_equal(scores, index.inner_products(query, rows))
        assert np.isfinite(scores).all()
        assert (np.diff(scores) <= 0).all()
        right, best = index.search(query, 50, mask)
        assert len(rows) == len(right)
        assert scores[0] == best[0]
        assert len(np.intersect1d(rows, right)) / len(right) > 0.6
        assert index.plan(101).mode == "exact"
