from __future__ import annotations

import math
import random

import numpy as np
import pytest

from ml.recommend.interactions import Act, Interactions
from ml.types import ProductId
from tests.ml.recommend.shop import IDS, ROW_OF


def drawn(count: int, seed: int = 0) -> list[Act]:
    """Acts at distinct times, so that their order is theirs alone."""
    rng = random.Random(seed)
    times = rng.sample(range(10 * count), count)
    return [
        Act(f"u{rng.randrange(9)}", rng.choice(IDS), rng.uniform(0.1, 1), float(time), rng.random() < 0.5)
        for time in times
    ]


def columns(acts: Interactions) -> list[bytes]:
    return [getattr(acts, name).tobytes() for name in ("actors", "rows", "strengths", "times_s", "purchases")]


def test_the_order_of_the_stream_decides_nothing() -> None:
    acts = drawn(300)
    expected = Interactions.collect(acts, ROW_OF)
    random.Random(1).shuffle(acts)
    assert columns(Interactions.collect(acts, ROW_OF)) == columns(expected)
    assert (np.diff(expected.actors) >= 0).all()
    same = np.diff(expected.actors) == 0
    assert (np.diff(expected.times_s)[same] > 0).all()


def test_equal_times_keep_the_order_they_came_in() -> None:
    acts = [Act("u", product_id, 1.0, 5.0) for product_id in (IDS[7], IDS[2], IDS[9])]
    assert Interactions.collect(acts, ROW_OF).rows.tolist() == [7, 2, 9]


@pytest.mark.parametrize("count", [39, 40, 41, 130])
def test_only_the_newest_are_kept(count: int) -> None:
    acts = drawn(count)
    newest = sorted(acts, key=lambda act: act.time_s)[-20:]
    kept = Interactions.collect(acts, ROW_OF, max_events=20)
    assert columns(kept) == columns(Interactions.collect(newest, ROW_OF))
    assert len(kept) == 20


def test_a_robot_counts_as_much_as_a_busy_shopper() -> None:
    acts = [Act("robot", IDS[number % 20], 1.0, float(number)) for number in range(1000)]
    kept = Interactions.collect([*acts, Act("a", IDS[0], 1.0, 0.0)], ROW_OF, max_per_actor=50)
    assert len(kept) == 51
    assert kept.times_s[kept.actors == 1].tolist() == [float(number) for number in range(950, 1000)]


def test_what_says_nothing_is_left_out() -> None:
    acts = [
        Act("u", ProductId("unknown"), 1.0, 0.0),
        Act("u", IDS[0], 0.0, 0.0),
        Act("u", IDS[0], -0.5, 0.0),
        Act("u", IDS[0], math.nan, 0.0),
        Act("u", IDS[0], math.inf, 0.0),
        Act("u", IDS[0], 1.0, math.nan),
        Act("u", IDS[3], 0.3, 1.0),
    ]
    assert Interactions.collect(acts, ROW_OF).rows.tolist() == [3]
    assert len(Interactions.collect([], ROW_OF)) == 0
    with pytest.raises(ValueError, match="at least 1"):
        Interactions.collect(acts, ROW_OF, max_events=0)


def test_age_halves_what_an_act_weighs() -> None:
    acts = [Act("u", IDS[number], 1.0, 100.0 * number) for number in range(3)]
    kept = Interactions.collect(acts, ROW_OF)
    assert kept.freshness(100.0).tolist() == pytest.approx([0.25, 0.5, 1.0])
    assert kept.freshness(None).tolist() == [1.0, 1.0, 1.0]
