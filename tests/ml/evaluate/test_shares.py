from __future__ import annotations

import numpy as np
import pytest

from ml.evaluate.shares import difference, share


def test_known_intervals() -> None:
    found = share(10, 100)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.1, 0.0552, 0.1744), abs=1e-4)
    nobody = share(0, 20)
    assert nobody is not None
    assert (nobody.low, nobody.high) == pytest.approx((0, 0.1611), abs=1e-4)
    everybody = share(20, 20)
    assert everybody is not None
    assert everybody.high == 1
    assert share(0, 0) is None
    assert difference(found, None) is None


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    inside, apart = 0, 0
    for _ in range(2000):
        one, other = share(int(rng.binomial(80, 0.15)), 80), share(int(rng.binomial(120, 0.1)), 120)
        gap = difference(one, other)
        assert one is not None
        assert gap is not None
        inside += one.low <= 0.15 <= one.high
        apart += gap.low <= 0.05 <= gap.high
    assert inside / 2000 == pytest.approx(0.95, abs=0.03)
    assert apart / 2000 == pytest.approx(0.95, abs=0.03)
