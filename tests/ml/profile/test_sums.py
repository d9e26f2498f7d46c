"""What must hold of the fold for any events at all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from ml.profile.bulk import EventBlock, fold_actors
from ml.profile.rules import InteractionType, ProfileRules
from ml.profile.sums import DecayedSums

RULES = ProfileRules()
SESSION = RULES.session_decays_s
LONG = (RULES.long_term_decay_s,)
START = 1_800_000_000.0
TABLE = np.linalg.qr(np.random.default_rng(5).normal(size=(8, 8)))[0].astype(np.float32)
TABLE = np.concatenate([TABLE, -TABLE, (TABLE + np.roll(TABLE, 1, axis=0)) / np.float32(math.sqrt(2))])


@dataclass(frozen=True)
class Act:
    age_s: float
    weight: float
    decay_class: int
    row: int


acts = st.builds(
    Act,
    st.floats(0, 400 * 86_400),
    st.sampled_from([*(RULES.weight_of(kind, 5) for kind in InteractionType), 0.0, -1.0]),
    st.integers(0, len(SESSION) - 1),
    st.integers(0, len(TABLE) - 1),
)
some = st.lists(acts, max_size=30)


def fold(events: list[Act], decays: tuple[float, ...] = SESSION, onto: DecayedSums | None = None) -> DecayedSums:
    classes = np.array([e.decay_class % len(decays) for e in events], np.int64)
    return (onto or DecayedSums.empty(decays, TABLE.shape[1])).added(
        np.array([START - e.age_s for e in events]), np.array([e.weight for e in events], np.float64), classes,
        TABLE[[e.row for e in events]],
    )  # fmt: skip


def one_by_one(events: list[Act], decays: tuple[float, ...] = SESSION) -> DecayedSums:
    sums = DecayedSums.empty(decays, TABLE.shape[1])
    for event in events:
        sums = fold([event], decays, sums)
    return sums


def same(one: DecayedSums, other: DecayedSums, now: float = START) -> None:
    """The directions agree; of sums that have nearly cancelled out, as closely as their rounding allows."""
    np.testing.assert_array_equal(one.reference_s, other.reference_s)
    np.testing.assert_allclose(one.mass, other.mass, rtol=1e-9)
    size = np.maximum(one.mass, 1e-300)[:, None]
    np.testing.assert_allclose(one.sums / size, other.sums / size, atol=1e-12)
    first, second = one.vector(now), other.vector(now)
    if first is not None and second is not None and clear(one, now):
        np.testing.assert_allclose(first, second, atol=1e-6)
    elif clear(one, now):
        raise AssertionError("one of them has no direction")


def clear(sums: DecayedSums, now: float) -> bool:
    """Whether more is left of the sums than rounding."""
    held = sums.mass > 0
    if not held.any():
        return False
    ages = ((sums.reference_s - now) / np.array(sums.decays_s))[held]
    scales = np.exp(ages - ages.max())
    return bool(np.linalg.norm(scales @ sums.sums[held]) > 1e-6 * (scales @ sums.mass[held]))


@given(some, st.randoms(), st.sampled_from([SESSION, LONG]))
def test_order_does_not_matter(events: list[Act], random: object, decays: tuple[float, ...]) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    same(one_by_one(events, decays), one_by_one(shuffled, decays))
    same(fold(events, decays), one_by_one(shuffled, decays))


@given(some, some, st.sampled_from([SESSION, LONG]))
def test_two_partial_sums_merge_to_one_fold(some: list[Act], more: list[Act], decays: tuple[float, ...]) -> None:
    whole = fold(some + more, decays)
    same(fold(some, decays).merged(fold(more, decays)), whole)
    same(fold(more, decays).merged(fold(some, decays)), whole)


@given(some, acts)
def test_weight_0_changes_nothing(events: list[Act], extra: Act) -> None:
    before = fold(events)
    after = fold([Act(extra.age_s, 0.0, extra.decay_class, extra.row)], onto=before)
    for name in ("reference_s", "sums", "mass"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


@given(some, st.floats(0, 1e9))
def test_the_norm_is_1_at_any_time(events: list[Act], later: float) -> None:
    vector = fold(events).vector(START + later)
    if vector is not None:
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector.astype(np.float64)) == pytest.approx(1, abs=1e-6)
    else:
        assert not clear(fold(events), START + later)


@given(some, st.integers(0, len(TABLE) - 1), st.sampled_from([SESSION, LONG]))
def test_a_negative_event_lowers_the_similarity_to_its_item(
    events: list[Act], row: int, decays: tuple[float, ...]
) -> None:
    before = fold(events, decays)
    vector = before.vector(START)
    assume(vector is not None and clear(before, START))
    assert vector is not None
    similarity = float(TABLE[row] @ vector)
    disliked = fold([Act(0, RULES.weight_of(InteractionType.DISLIKE), 0, row)], decays, before).vector(START)
    if disliked is None:  # it was all that there was, and is cancelled
        assert similarity > 0.999
    elif abs(similarity) < 0.999:
        assert float(TABLE[row] @ disliked) < similarity
    else:
        assert float(TABLE[row] @ disliked) <= similarity + 1e-6


@given(st.lists(st.tuples(st.integers(0, 3), acts), max_size=60), st.sampled_from([SESSION, LONG]))
def test_many_actors_at_once_are_each_as_alone(events: list[tuple[int, Act]], decays: tuple[float, ...]) -> None:
    k = len(decays)
    block = EventBlock(
        actors=np.array([actor for actor, _ in events], np.int64),
        times_s=np.array([START - e.age_s for _, e in events], np.float64),
        weights=np.array([e.weight for _, e in events], np.float64),
        classes=np.array([e.decay_class % k for _, e in events], np.int64),
        rows=np.array([e.row for _, e in events], np.int64),
        vectors=TABLE,
    )
    for actor, sums in enumerate(fold_actors(block, 4, decays)):
        same(sums, one_by_one([event for whose, event in events if whose == actor], decays))


@given(arrays(np.float64, 5, elements=st.floats(0, 4e9)), st.floats(0, 1e11))
def test_events_of_any_time_stay_finite(times: NDArray[np.float64], now: float) -> None:
    rows = np.arange(5)
    sums = DecayedSums.empty((1.0, 300.0), 8).added(times, np.ones(5), rows % 2, TABLE[rows])
    assert np.isfinite(sums.sums).all()
    assert np.isfinite(sums.mass).all()
    assert sums.vector(now) is not None


def test_the_sum_is_the_formula() -> None:
    events = [Act(0, 0.5, 1, 0), Act(600, 0.3, 1, 1), Act(86_400, -0.5, 1, 2), Act(60, 1.0, 3, 3)]
    expected = sum(e.weight * np.exp(-e.age_s / SESSION[e.decay_class]) * TABLE[e.row].astype(float) for e in events)
    np.testing.assert_allclose(fold(events).vector(START), expected / np.linalg.norm(expected), atol=1e-7)


def test_a_session_of_long_ago_still_has_its_direction() -> None:
    sums = fold([Act(0, 0.1, 0, 0), Act(0, 1.0, 4, 1)])
    vector = sums.vector(START + 365 * 86_400)  # exp(-105,120) of the first, exp(-8,760) of the second: both 0
    assert vector is not None
    np.testing.assert_allclose(vector, TABLE[1], atol=1e-7)


def test_what_cancels_out_has_no_direction() -> None:
    both = fold([Act(5, 0.5, 2, 0), Act(5, -0.5, 2, 0), Act(7, 0.3, 2, 1), Act(7, -0.3, 2, 1)])
    assert both.vector(START) is None
    assert DecayedSums.empty(LONG, 8).vector(START) is None


def test_sums_of_other_decays_do_not_merge() -> None:
    with pytest.raises(ValueError, match="decays"):
        DecayedSums.empty((1.0,), 8).merged(DecayedSums.empty((2.0,), 8))
