from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.errors import EstimateRefused
from ml.evaluate.replayed import HISTORY, LoggedChoice, replay
from ml.types import ProductId

IDS = [ProductId(f"p{number}") for number in range(30)]
ROW_OF = {product_id: row for row, product_id in enumerate(IDS)}


def choice(actor: str, number: int, time_s: float, context: str = "feed", strength: float = 1.0) -> LoggedChoice:
    return LoggedChoice(actor, ProductId(f"p{number}"), context, strength, time_s)


def follow(history: Sequence[ProductId], context: str) -> NDArray[np.float32]:
    """Knows that in the feed p2 follows p1, p3 follows p2 and so on; says nothing elsewhere."""
    scores = np.zeros(len(IDS), np.float32)
    if history and context == "feed":
        scores[ROW_OF[history[0]] + 1] = 1.0
    return scores


def test_every_choice_is_asked_with_what_was_done_before() -> None:
    log = [choice("a", 1, 0.0), choice("b", 5, 1.0), choice("a", 2, 2.0), choice("a", 3, 3.0), choice("b", 9, 4.0)]
    found = replay(log, follow, ROW_OF, since_s=2.0, least_strength=0.5)
    assert list(found) == ["feed"]
    feed = found["feed"]
    assert (feed.choices, feed.actors, feed.unknown) == (3, 2, 0)
    chance = 9 / 29  # p6 is above, the other 28 tie with p9
    assert feed.figures["hr@10"].mean == pytest.approx((2 + chance) / 3)
    assert feed.figures["ndcg@10"].mean < feed.figures["hr@10"].mean


def test_a_product_acted_on_within_half_an_hour_is_not_asked_for() -> None:
    log = [choice("a", 1, 0.0), choice("a", 1, 1800.0), choice("b", 1, 1801.0), choice("a", 1, 3601.0)]
    found = replay(log, follow, ROW_OF, since_s=0.0, least_strength=0.5)["feed"]
    assert (found.choices, found.actors, found.repeated) == (3, 2, 1)
    viewed = [choice("a", 1, 0.0, strength=0.1), choice("a", 1, 60.0)]
    with pytest.raises(EstimateRefused, match="no repetition"):
        replay(viewed, follow, ROW_OF, since_s=0.0, least_strength=0.5)


def test_contexts_are_apart() -> None:
    log = [choice("a", 1, 0.0), choice("a", 2, 1.0, "search"), choice("a", 3, 2.0), choice("a", 20, 3.0, "search")]
    found = replay(log, follow, ROW_OF, since_s=0.5, least_strength=0.5)
    assert {context: one.choices for context, one in found.items()} == {"feed": 1, "search": 2}
    assert found["feed"].figures["hr@10"].mean == 1.0
    assert found["search"].figures["hr@10"].mean == pytest.approx(10 / 30)


def test_weak_and_negative_acts_are_not_asked_for() -> None:
    seen: list[list[ProductId]] = []

    def remember(history: Sequence[ProductId], context: str) -> NDArray[np.float32]:
        seen.append(list(history))
        return np.zeros(len(IDS), np.float32)

    log = [choice("a", 1, 0.0, strength=0.1), choice("a", 2, 1.0, strength=-0.5), choice("a", 3, 2.0)]
    found = replay(log, remember, ROW_OF, since_s=0.0, least_strength=0.3)
    assert found["feed"].choices == 1
    assert seen == [[IDS[1]]], "a view is history, a dislike isn't"


def test_unknown_products_are_counted_and_histories_bounded() -> None:
    lengths: list[int] = []

    def remember(history: Sequence[ProductId], context: str) -> NDArray[np.float32]:
        lengths.append(len(history))
        return np.zeros(len(IDS), np.float32)

    log = [choice("a", number % 30, 61.0 * number) for number in range(HISTORY + 20)]
    found = replay([*log, choice("a", 99, 9999.0)], remember, ROW_OF, since_s=0.0, least_strength=0.5)
    assert found["feed"].unknown == 1
    assert lengths == [min(number, HISTORY) for number in range(HISTORY + 20)]


def test_logs_that_cannot_be_replayed() -> None:
    with pytest.raises(ValueError, match="order of time"):
        replay([choice("a", 1, 5.0), choice("a", 2, 4.0)], follow, ROW_OF, since_s=0.0, least_strength=0.5)
    with pytest.raises(EstimateRefused, match="no choice to ask for"):
        replay([choice("a", 1, 5.0)], follow, ROW_OF, since_s=6.0, least_strength=0.5)
