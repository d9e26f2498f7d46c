"""What must hold of affinities for any acts at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.profile.affinity import NO_VALUE, PRECISION, Affinities, BaseRates, Described, affinities

RED, BLUE, OLD, NEW, RARE = 1, 2, 3, 4, 5
SHARES = np.array([0.0, 0.5, 0.5, 0.9, 0.1, 0.0])
BASE = BaseRates(SHARES, np.array([[0.0, 0.0], [1.0, 1.5]]))
NOBODY = Described(np.zeros((0, 2), np.int32), np.zeros(0))


@dataclass(frozen=True)
class Met:
    strength: float
    viewed: bool
    category: int
    values: tuple[int, int]
    level: float


met = st.builds(
    Met,
    st.sampled_from([1.0, 0.6, 0.3, 0.0, -0.3, -0.5]),
    st.booleans(),
    st.integers(0, 3),
    st.tuples(st.sampled_from([NO_VALUE, RED, BLUE]), st.sampled_from([NO_VALUE, OLD, NEW, RARE])),
    st.one_of(st.floats(-2, 2), st.just(float("nan"))),
)
some = st.lists(met, max_size=30)


def described(products: list[Met]) -> Described:
    return Described(
        np.array([one.values for one in products], np.int32).reshape(-1, 2),
        np.array([one.level for one in products], np.float64),
    )


def learned(products: list[Met]) -> Affinities:
    return affinities(
        described(products),
        np.array([one.strength for one in products], np.float64),
        np.array([one.viewed for one in products], np.bool_),
        np.array([one.category for one in products], np.int32),
        BASE,
    )


def odds(found: Affinities, value: int) -> float:
    return dict(zip(found.numbers.tolist(), found.log_odds.tolist(), strict=True)).get(value, 0.0)


def bought(colour: int, level: float = float("nan"), strength: float = 1.0) -> Met:
    return Met(strength, False, 0, (colour, NO_VALUE), level)


def test_nobody_goes_for_anything() -> None:
    found = learned([])
    assert len(found.numbers) == 0
    assert found.bends.tolist() == [0, 0]
    assert found.parts(described([bought(RED, 1.0)])).tolist() == [[0, 0, 0]]
    assert found.parts(NOBODY).shape == (0, 3)


@given(some)
def test_products_that_were_merely_met_say_nothing(products: list[Met]) -> None:
    found = learned([Met(0.0, one.viewed, one.category, one.values, one.level) for one in products])
    assert not found.log_odds.any()
    assert not found.bends.any()


@given(some)
def test_products_that_were_merely_shown_are_no_choices(products: list[Met]) -> None:
    found = learned([Met(one.strength, True, one.category, one.values, one.level) for one in products])
    assert not found.log_odds.any()
    assert not found.bends.any()


@given(some)
def test_they_are_bounded_by_what_was_done(products: list[Met]) -> None:
    """Never more than each act for or against a value would be on its own, and known for values that were met."""
    found = learned(products)
    done = sum(abs(one.strength) for one in products)
    assert np.all(np.abs(found.log_odds) <= done / PRECISION + 1e-6)
    assert set(found.numbers.tolist()) == {value for one in products for value in one.values} - {NO_VALUE}
    assert np.all(np.isfinite(found.parts(described(products))))


@given(some, st.randoms(use_true_random=False))
def test_the_order_of_products_does_not_matter(products: list[Met], random: object) -> None:
    mixed = list(products)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = learned(products), learned(mixed)
    assert one.numbers.tolist() == other.numbers.tolist()
    assert one.log_odds == pytest.approx(other.log_odds, abs=2e-6)
    assert one.bends == pytest.approx(other.bends, abs=2e-6)


@given(some, st.sampled_from([RED, BLUE]), st.booleans())
def test_an_act_moves_its_value_its_own_way(products: list[Met], colour: int, liked: bool) -> None:
    """Of two shoppers who differ in one act, who bought (rejected) a product goes more (less) for its value."""
    strength = 1.0 if liked else -1.0
    before = learned([*products, Met(0.0, False, 0, (colour, NO_VALUE), float("nan"))])
    after = learned([*products, bought(colour, strength=strength)])
    if abs(odds(before, colour)) < 1e-6:
        assert strength * odds(after, colour) > 0
    assert strength * odds(after, colour) >= min(0.0, strength * odds(before, colour))


def test_few_acts_say_little_and_many_more() -> None:
    growing = [odds(learned([bought(RED)] * count), RED) for count in (1, 2, 5, 50)]
    assert growing == sorted(growing)
    assert 0 < growing[0] <= 0.25
    assert growing[-1] > 1


def test_what_everybody_chooses_says_nothing() -> None:
    """Nine in ten products are old; whoever takes nine old ones and a new one has no taste."""
    choices = [Met(1.0, False, 0, (NO_VALUE, OLD), 0.0)] * 9 + [Met(1.0, False, 0, (NO_VALUE, NEW), 0.0)]
    found = learned(choices)
    assert found.log_odds == pytest.approx([0, 0], abs=1e-6)


def test_what_was_shown_is_what_there_was_to_choose_from() -> None:
    """Whoever was shown red things alone, and bought one, may like blue; whoever saw both chose red."""
    shown_red = learned([bought(RED)] * 3 + [Met(0.1, True, 0, (RED, NO_VALUE), 0.0)] * 20)
    shown_both = learned(
        [bought(RED)] * 3 + [Met(0.1, True, 0, (colour, NO_VALUE), 0.0) for colour in (RED, BLUE) for _ in range(10)]
    )
    assert 0 <= odds(shown_red, RED) < 0.3 * odds(shown_both, RED)


def test_a_price_level_has_a_peak() -> None:
    found = learned([bought(RED, level) for level in (0.4, 0.5, 0.6) * 5])
    levels = np.linspace(-2, 2, 41)
    liked = found.parts(Described(np.zeros((41, 2), np.int32), levels))[:, -1]
    assert 0 < levels[np.argmax(liked)] < 1.2
    assert liked[0] < liked[np.argmin(abs(levels - 0.5))] > liked[-1]


def test_values_that_nobody_counted_are_harmless() -> None:
    found = learned([bought(RED), Met(1.0, False, 0, (NO_VALUE, RARE), 0.0)])
    parts = found.parts(Described(np.array([[99, NO_VALUE]], np.int32), np.array([np.nan])))
    assert parts.tolist() == [[0, 0, 0]]
