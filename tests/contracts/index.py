"""What every `VectorIndex` promises; each implementation's test subclasses `IndexContract`."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ml.index.base import VectorIndex
from ml.index.moments import Moments
from ml.types import Embedding, Embeddings, ProductId

# Halves make every inner product of two of these exact, so a model can predict scores bit by bit; and with just five
# possible scores, ties are everywhere.
GRID = np.array(np.meshgrid(*[[-0.5, 0.5]] * 4)).reshape(4, 16).T.astype(np.float32)  # (16, 4)
GRID_ROWS = st.integers(0, 15)
IDS = [ProductId(f"p{number}") for number in range(12)]  # p10 sorts before p2

Products = Mapping[ProductId, Embedding]


def unit_vectors(count: int, dimension: int, seed: int = 0) -> Embeddings:
    """Random directions: float32, shape (count, dimension)."""
    vectors = np.random.default_rng(seed).standard_normal((count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def product_ids(count: int, prefix: str = "p") -> list[ProductId]:
    return [ProductId(f"{prefix}{number:05d}") for number in range(count)]


def found(index: VectorIndex, query: Embedding, k: int, allowed: np.ndarray | None = None) -> list[tuple[str, float]]:
    """Search, check the form of the answer, and return (product id, score) pairs."""
    rows, scores = index.search(query, k, allowed)
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32
    assert rows.shape == scores.shape
    assert [index.row_of(index.id_of(int(row))) for row in rows] == rows.tolist()
    return [(index.id_of(int(row)), float(score)) for row, score in zip(rows, scores, strict=True)]


class IndexMachine(RuleBasedStateMachine):
    """Any order of writes and searches, compared with a dict."""

    contract: IndexContract

    @initialize(first=st.dictionaries(st.sampled_from(IDS), GRID_ROWS))
    def start(self, first: dict[ProductId, int]) -> None:
        self.model = {product_id: GRID[row] for product_id, row in first.items()}
        self.index = self.contract.make(4, self.model)
        self.owners = [self.index.id_of(row) for row in range(self.index.row_count)]

    @rule(batch=st.dictionaries(st.sampled_from(IDS), GRID_ROWS))
    def upsert(self, batch: dict[ProductId, int]) -> None:
        first = self.index.row_count
        rows = self.index.upsert(list(batch), GRID[list(batch.values())])
        assert rows.tolist() == list(range(first, first + len(batch)))
        self.model.update({product_id: GRID[row] for product_id, row in batch.items()})
        self.owners += batch

    @rule(gone=st.lists(st.sampled_from(IDS)))
    def remove(self, gone: list[ProductId]) -> None:
        self.index.remove(gone)
        for product_id in gone:
            self.model.pop(product_id, None)

    @rule(query=GRID_ROWS, k=st.integers(1, 15), data=st.data())
    def search(self, query: int, k: int, data: st.DataObject) -> None:
        allowed = data.draw(st.none() | st.lists(st.booleans(), max_size=self.index.row_count), label="allowed")
        mask = None if allowed is None else np.array(allowed, np.bool_)

        def is_allowed(product_id: ProductId) -> bool:
            row = self.index.row_of(product_id)
            return allowed is None or (row < len(allowed) and allowed[row])

        expected = sorted(
            (-float(vector @ GRID[query]), product_id)
            for product_id, vector in self.model.items()
            if is_allowed(product_id)
        )
        assert found(self.index, GRID[query], k, mask) == [(product_id, -score) for score, product_id in expected[:k]]

    @rule(query=GRID_ROWS, least=st.sampled_from([-2.0, -0.5, 0.0, 0.1, 0.5, 1.0]), data=st.data())
    def reach(self, query: int, least: float, data: st.DataObject) -> None:
        count = self.index.row_count
        allowed = data.draw(st.none() | st.lists(st.booleans(), max_size=count), label="allowed")
        beside = data.draw(st.none() | st.lists(st.integers(0, count - 1), unique=True) if count else st.none())
        mask = None if allowed is None else np.array(allowed, np.bool_)
        wanted = None if beside is None else np.array(sorted(beside), np.int64)
        reached = self.index.reaching(GRID[query], least, mask, beside=wanted)
        exact = self.index.inner_products(GRID[query], np.arange(count))
        open_to = np.isfinite(exact)
        if mask is not None:
            open_to[: len(mask)] &= mask
            open_to[len(mask) :] = False
        must = open_to & (exact >= least)
        must[wanted if wanted is not None else []] |= open_to[wanted if wanted is not None else []]
        assert reached.complete
        assert (np.diff(reached.rows) > 0).all()
        assert (
            set(np.flatnonzero(must).tolist()) <= set(reached.rows.tolist()) <= set(np.flatnonzero(open_to).tolist())
        )
        off = np.abs(exact[reached.rows].astype(np.float64) - reached.estimates)
        assert (off <= reached.errors).all()

    @invariant()
    def the_moments_are_those_of_the_vectors(self) -> None:
        moments, right = (
            self.index.moments.folded(),
            Moments.of([np.array([*self.model.values()], np.float32).reshape(-1, 4)], 4),
        )
        assert moments.count == len(self.model) == right.count
        np.testing.assert_array_equal(moments.total, right.total)
        np.testing.assert_array_equal(moments.products, right.products)

    @invariant()
    def agrees(self) -> None:
        assert self.index.live_count == len(self.model)
        assert self.index.row_count == len(self.owners)
        assert [self.index.id_of(row) for row in range(len(self.owners))] == self.owners
        for product_id in IDS:
            row = self.index.row_of(product_id)
            assert (row is not None) == (product_id in self.model)
            assert row is None or row == max(at for at, owner in enumerate(self.owners) if owner == product_id)
        every = np.arange(len(self.owners))
        current = [self.index.row_of(owner) == row for row, owner in enumerate(self.owners)]
        assert self.index.are_live(every).tolist() == current


class IndexContract:
    """Subclass it and implement `make`."""

    def make(self, dimension: int, products: Products) -> VectorIndex:
        """Return an index that holds these products and no others."""
        raise NotImplementedError

    def filled(self, vectors: Embeddings) -> VectorIndex:
        return self.make(vectors.shape[1], dict(zip(product_ids(len(vectors)), vectors, strict=True)))

    def test_any_sequence_of_writes_and_searches_agrees_with_a_dict(self) -> None:
        machine = type("Machine", (IndexMachine,), {"contract": self})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )

    def test_an_empty_index_finds_nothing(self) -> None:
        index = self.make(4, {})
        assert (index.dimension, index.row_count, index.live_count) == (4, 0, 0)
        assert found(index, GRID[0], 5) == []
        assert found(index, GRID[0], 5, np.empty(0, np.bool_)) == []
        index.upsert([], np.empty((0, 4), np.float32))
        index.remove([ProductId("unknown")])
        assert index.row_count == 0

    def test_an_index_whose_products_are_all_gone_finds_nothing(self) -> None:
        index = self.filled(GRID)
        index.remove(product_ids(16))
        assert (index.row_count, index.live_count) == (16, 0)
        assert found(index, GRID[0], 5) == []
        assert found(index, GRID[0], 5, np.ones(16, np.bool_)) == []

    def test_empty_masks_find_nothing(self) -> None:
        index = self.filled(GRID)
        assert found(index, GRID[0], 5, np.empty(0, np.bool_)) == []
        assert found(index, GRID[0], 5, np.zeros(16, np.bool_)) == []

    def test_rows_past_the_end_of_a_mask_are_excluded(self) -> None:
        index = self.filled(unit_vectors(30, 8))
        index.upsert([ProductId("late")], unit_vectors(1, 8, seed=1))
        assert {product_id for product_id, _ in found(index, unit_vectors(1, 8)[0], 31, np.ones(7, np.bool_))} == set(
            product_ids(7)
        )

    def test_k_beyond_the_allowed_rows_returns_them_all(self) -> None:
        index = self.filled(unit_vectors(30, 8))
        query = unit_vectors(1, 8, seed=1)[0]
        mask = np.arange(30) % 3 == 0
        assert len(found(index, query, 1000)) == 30
        assert len(found(index, query, 1000, mask)) == 10
        assert found(index, query, 10, mask) == found(index, query, 1000, mask)

    @pytest.mark.parametrize("k", [1, 7, 49, 50, 60])
    def test_identical_products_come_in_the_order_of_their_ids(self, k: int) -> None:
        same, other = unit_vectors(2, 384)
        ids = product_ids(50)
        shuffled = [ids[row] for row in np.random.default_rng(3).permutation(50)]
        index = self.make(384, dict.fromkeys(shuffled[:20], same))
        index.upsert(shuffled[20:40], np.tile(other, (20, 1)))
        index.upsert(shuffled[20:], np.tile(same, (30, 1)))
        assert [product_id for product_id, _ in found(index, unit_vectors(1, 384, seed=5)[0], k)] == ids[:k]

    def test_a_score_has_the_same_bits_whatever_else_is_asked(self) -> None:
        vectors = unit_vectors(300, 384)
        index = self.filled(vectors[:200])
        index.upsert(product_ids(100, "q"), vectors[200:])
        query = unit_vectors(1, 384, seed=1)[0]
        everything = dict(found(index, query, 300))
        rng = np.random.default_rng(0)
        for share in (0.5, 0.1, 0.01):
            mask = rng.random(300) < share
            mask[::150] = True
            some = found(index, query, 20, mask)
            assert some == [pair for pair in everything.items() if mask[index.row_of(ProductId(pair[0]))]][:20]

    def test_scores_are_inner_products_best_first(self) -> None:
        vectors = unit_vectors(500, 384)
        index = self.filled(vectors)
        query = unit_vectors(1, 384, seed=1)[0]
        pairs = found(index, query, 500)
        exact = vectors.astype(np.float64) @ query
        scores = np.array([score for _, score in pairs])
        assert (np.diff(scores) <= 0).all()
        np.testing.assert_allclose(scores, exact[[int(product_id[1:]) for product_id, _ in pairs]], atol=1e-6)

    def test_the_index_keeps_no_array_of_its_caller(self) -> None:
        vectors = unit_vectors(2, 8)
        index = self.make(8, {})
        index.upsert(product_ids(2), vectors)
        before = found(index, unit_vectors(1, 8)[0], 2)
        vectors[:] = 0
        assert found(index, unit_vectors(1, 8)[0], 2) == before

    def test_arrays_of_any_memory_order_are_understood(self) -> None:
        vectors = unit_vectors(20, 8)
        index = self.make(8, {})
        index.upsert(product_ids(20), np.asfortranarray(vectors))
        query = np.repeat(vectors[3], 2)[::2]
        assert found(index, query, 3, np.ones(40, np.bool_)[::2]) == found(index, vectors[3], 3)
        assert found(index, query, 1)[0][0] == "p00003"

    @pytest.mark.parametrize(
        "bad",
        [
            unit_vectors(2, 8) * 1.01,
            unit_vectors(2, 8) * np.array([[1], [0]], np.float32),
            unit_vectors(2, 8) + np.array([[0], [np.nan]], np.float32),
            unit_vectors(2, 8) + np.array([[0], [np.inf]], np.float32),
            unit_vectors(2, 8).astype(np.float64),
            unit_vectors(2, 7),
            unit_vectors(3, 8),
            unit_vectors(2, 8)[0],
        ],
        ids=["norm", "zero", "nan", "infinity", "float64", "dimension", "count", "one-dimensional"],
    )
    def test_bad_embeddings_change_nothing(self, bad: np.ndarray) -> None:
        index = self.filled(unit_vectors(5, 8))
        before = found(index, unit_vectors(1, 8)[0], 9)
        with pytest.raises(ValueError, match="embeddings"):
            index.upsert([ProductId("p00001"), ProductId("new")], bad)
        self._assert_unchanged(index, before)

    def test_repeated_ids_change_nothing(self) -> None:
        index = self.filled(unit_vectors(5, 8))
        before = found(index, unit_vectors(1, 8)[0], 9)
        with pytest.raises(ValueError, match="distinct"):
            index.upsert([ProductId("new"), ProductId("new")], unit_vectors(2, 8))
        self._assert_unchanged(index, before)

    def _assert_unchanged(self, index: VectorIndex, before: list[tuple[str, float]]) -> None:
        assert (index.row_count, index.live_count, index.row_of(ProductId("new"))) == (5, 5, None)
        assert found(index, unit_vectors(1, 8)[0], 9) == before

    def test_bad_searches_are_refused(self) -> None:
        index = self.filled(unit_vectors(5, 8))
        good = unit_vectors(1, 8)[0]
        for query in (good * 2, good[:7], good[np.newaxis], good.astype(np.float64), good * np.float32(np.nan)):
            with pytest.raises(ValueError, match=r"shape|finite|float32"):
                index.search(query, 3)
        with pytest.raises(ValueError, match="k must be"):
            index.search(good, 0)
        for mask in (np.ones(6, np.bool_), np.ones(5, np.uint8), np.ones((5, 1), np.bool_)):
            with pytest.raises(ValueError, match="mask"):
                index.search(good, 3, mask)

    def test_rows_that_do_not_exist_have_no_owner(self) -> None:
        index = self.filled(unit_vectors(5, 8))
        for row in (-1, 5):
            with pytest.raises(IndexError):
                index.id_of(row)

    def test_vectors_come_back_as_they_went_in(self) -> None:
        vectors = unit_vectors(6, 8)
        index = self.filled(vectors[:4])
        (moved,) = index.upsert([ProductId("p00001")], vectors[4:5])
        index.remove([ProductId("p00002")])
        (added,) = index.upsert([ProductId("new")], vectors[5:])
        np.testing.assert_array_equal(index.embeddings(np.array([added, 0, 2, moved, 1])), vectors[[5, 0, 2, 4, 1]])
        assert index.embeddings(np.empty(0, np.int64)).shape == (0, 8)
        index.embeddings(np.array([0]))[:] = 0
        np.testing.assert_array_equal(index.embeddings(np.array([0])), vectors[:1])
        for row in (-1, index.row_count):
            with pytest.raises(IndexError):
                index.embeddings(np.array([row]))

    def test_searches_beside_a_writer_see_every_finished_write(self) -> None:
        vectors = unit_vectors(1500, 16)
        by_id = dict(zip(product_ids(1500), vectors, strict=True))
        ids = list(by_id)
        index = self.make(16, {product_id: by_id[product_id] for product_id in ids[:100]})
        added, moving, leaving, gone = set(ids[:100]), set[ProductId](), set[ProductId](), set[ProductId]()
        problems: list[BaseException] = []
        done = threading.Event()

        def search_until_done(seed: int) -> None:
            query = unit_vectors(1, 16, seed=seed)[0]
            try:
                while not done.is_set():
                    there, away = set(added), set(gone)
                    mask = np.ones(index.row_count, np.bool_) if seed % 2 else None
                    rows, scores = index.search(query, 2000, mask)
                    # A product that moved after the mask was made lies past its end.
                    unsure = set(leaving) if mask is None else leaving | moving
                    answer = [index.id_of(int(row)) for row in rows]
                    assert len(set(answer)) == len(answer)
                    assert not away & set(answer)
                    assert there - unsure <= set(answer)
                    right = np.array([by_id[product_id] for product_id in answer]).reshape(-1, 16) @ query
                    np.testing.assert_allclose(scores, right, atol=1e-6)
            except BaseException as problem:
                problems.append(problem)

        readers = [threading.Thread(target=search_until_done, args=(seed,)) for seed in range(3)]
        for reader in readers:
            reader.start()
        for start in range(100, 1500, 5):
            batch = ids[start : start + 5]
            index.upsert(batch, vectors[start : start + 5])
            added.update(batch)
            old = ids[start - 90 : start - 88]
            leaving.update(old)
            index.remove(old)
            gone.update(old)
            # A new row for a product that stays; its vector is the same, so that readers can check its score.
            moving.add(ids[start])
            index.upsert(ids[start : start + 1], vectors[start : start + 1])
        done.set()
        for reader in readers:
            reader.join()
        assert problems == []
        assert {product_id for product_id, _ in found(index, vectors[0], 2000)} == added - gone
