from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.recommend import transitions
from ml.recommend.interactions import Act, Interactions
from ml.recommend.table import NeighbourTable
from ml.recommend.transitions import TransitionSettings, count_shoppers, count_transitions
from tests.ml.recommend.shop import IDS, ROW_OF

LOGS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 7), st.sampled_from([0.25, 0.5, 1.0])), min_size=0, max_size=60
)


def collected(log: list[tuple[int, int, float]]) -> Interactions:
    acts = [Act(f"u{actor}", IDS[row], strength, float(at)) for at, (actor, row, strength) in enumerate(log)]
    return Interactions.collect(acts, ROW_OF)


def counted_plainly(log: list[tuple[int, int, float]], chosen: TransitionSettings) -> dict[tuple[int, int], float]:
    """Every pair of every shopper, the best of each shopper, summed."""
    best: dict[tuple[int, int, int], float] = defaultdict(float)
    for actor in {actor for actor, _, _ in log}:
        own = [(row, strength) for other, row, strength in log if other == actor]
        for first, (row, _) in enumerate(own):
            for second in range(first + 1, min(first + chosen.lags, len(own) - 1) + 1):
                other, strength = own[second]
                if other == row:
                    continue
                worth = strength * chosen.lag_decay ** (second - first - 1)
                best[actor, row, other] = max(best[actor, row, other], worth)
                best[actor, other, row] = max(best[actor, other, row], worth * chosen.backward)
    sums: dict[tuple[int, int], float] = defaultdict(float)
    for (_, row, other), worth in best.items():
        if worth > 0:
            sums[row, other] += worth
    return dict(sums)


def pairs_of(table: NeighbourTable) -> dict[tuple[int, int], float]:
    return {
        (row, int(other)): float(score)
        for row in range(len(table))
        for other, score in zip(*table.of(row), strict=True)
    }


@settings(max_examples=150, deadline=None)
@given(LOGS, st.integers(1, 5), st.sampled_from([0.0, 0.5, 1.0]))
def test_transitions_are_those_counted_plainly(log: list[tuple[int, int, float]], lags: int, backward: float) -> None:
    chosen = TransitionSettings(lags=lags, backward=backward)
    table = count_transitions(collected(log), chosen)
    table.check()
    assert pairs_of(table) == pytest.approx(counted_plainly(log, chosen))


def test_blocks_of_pairs_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    log = [(int(a), int(r), 1.0) for a, r in zip(rng.integers(0, 30, 900), rng.integers(0, 20, 900), strict=True)]
    whole = count_transitions(collected(log), TransitionSettings(neighbours=5))
    monkeypatch.setattr(transitions, "_PAIRS_AT_ONCE", 500)
    parts = count_transitions(collected(log), TransitionSettings(neighbours=5))
    assert [part.tobytes() for part in (whole.starts, whole.rows, whole.scores)] == [
        part.tobytes() for part in (parts.starts, parts.rows, parts.scores)
    ]
    assert np.diff(whole.starts).max() == 5


def test_repetition_pushes_nothing() -> None:
    """What one shopper does a hundred times counts once, for a pair and for a product."""
    once = collected([(0, 1, 1.0), (0, 2, 1.0)])
    often = collected([(0, 1, 1.0), (0, 2, 1.0)] * 100)
    assert pairs_of(count_transitions(often, TransitionSettings()))[1, 2] == 1.0
    assert count_shoppers(often, None).tolist() == count_shoppers(once, None).tolist()


def test_a_shopper_counts_with_the_strongest_act() -> None:
    found = count_shoppers(collected([(0, 1, 0.25), (0, 1, 1.0), (1, 1, 0.5), (1, 3, 0.25)]), None)
    assert found[[0, 1, 3]].tolist() == [0.0, 1.5, 0.25]


def test_old_acts_fade() -> None:
    acts = [
        Act("a", IDS[0], 1.0, 0.0),
        Act("a", IDS[1], 1.0, 0.0),
        Act("b", IDS[2], 1.0, 50.0),
        Act("b", IDS[3], 1.0, 50.0),
    ]
    table = count_transitions(Interactions.collect(acts, ROW_OF), TransitionSettings(half_life_s=50.0))
    assert pairs_of(table)[0, 1] == pytest.approx(0.5)
    assert pairs_of(table)[2, 3] == pytest.approx(1.0)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 6)), st.sampled_from([1.0, 2.0, 3.0])),
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 6), st.floats(0.1, 2)), max_size=5),
    st.one_of(st.none(), st.integers(1, 3)),
)
def test_a_table_keeps_the_best_and_sums_them(
    pairs: dict[tuple[int, int], float], kept: int, asked: list[tuple[int, float]], limit: int | None
) -> None:
    keys = np.array([row * 7 + other for row, other in pairs], np.int64)
    table = NeighbourTable.of_pairs(keys, np.array(list(pairs.values()), np.float32), 7, kept)
    table.check()
    expected = {
        row: sorted(((-score, other) for (source, other), score in pairs.items() if source == row))[:kept]
        for row in range(7)
    }
    for row in range(7):
        rows, scores = table.of(row)
        assert list(zip((-scores).tolist(), rows.tolist(), strict=True)) == expected[row]
    sums = np.zeros(7)
    for row, weight in asked:
        for negative, other in expected[row][:limit]:
            sums[other] -= negative * weight
    found = table.spread(
        np.array([row for row, _ in asked], np.int64), np.array([weight for _, weight in asked], np.float32), limit
    )
    assert found == pytest.approx(sums, rel=1e-5)


@pytest.mark.parametrize(
    ("starts", "rows", "scores"),
    [
        ([0, 2, 1], [0], [1.0]),
        ([1, 1, 1], [0], [1.0]),
        ([0, 1, 1], [2], [1.0]),
        ([0, 1, 1], [-1], [1.0]),
        ([0, 1, 1], [1], [0.0]),
        ([0, 1, 1], [1], [np.nan]),
        ([0, 1, 1], [1], [1.0, 2.0]),
        ([0, 1, 2], [1], [1.0]),
    ],
)
def test_tables_that_point_outside_are_refused(starts: list[int], rows: list[int], scores: list[float]) -> None:
    table = NeighbourTable(np.array(starts), np.array(rows, np.int32), np.array(scores, np.float32))
    with pytest.raises(ValueError, match="table"):
        table.check()
