from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml.index.order import best_first
from ml.types import ProductId


@given(st.lists(st.sampled_from([-1.0, -0.0, 0.0, 0.25, 0.5])), st.integers(1, 40), st.randoms())
def test_any_scores_come_out_sorted_with_ties_by_id(scores: list[float], k: int, random: object) -> None:
    ids = [ProductId(str(number)) for number in range(len(scores))]
    random.shuffle(ids)
    rows, best = best_first(np.arange(len(scores)), np.array(scores, np.float32), k, ids.__getitem__)
    assert rows.tolist() == sorted(range(len(scores)), key=lambda row: (-scores[row], ids[row]))[:k]
    assert best.tolist() == [scores[row] for row in rows]
    assert not np.signbit(best[best == 0]).any()


def test_the_arrays_of_the_caller_stay_as_they_are() -> None:
    rows, scores = np.array([4, 2, 3]), np.array([0.5, 0.5, 0.1], np.float32)
    best_first(rows, scores, 3, lambda row: ProductId(str(row)))
    assert rows.tolist() == [4, 2, 3]
