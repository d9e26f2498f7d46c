from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.errors import EstimateRefused
from ml.evaluate.counterfactual import snips

ACTIONS = 5
EARNS = np.array([0.05, 0.1, 0.2, 0.4, 0.1])
LOGGING = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
WANTED = np.array([0.05, 0.1, 0.25, 0.5, 0.1])
TRUTH = float(WANTED @ EARNS)


def log(count: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Rewards and actions of a log whose policy is known."""
    rng = np.random.default_rng(seed)
    actions = rng.choice(ACTIONS, count, p=LOGGING)
    return (rng.random(count) < EARNS[actions]).astype(np.float64), actions


def test_the_true_value_is_found_as_often_as_the_interval_says() -> None:
    inside, values = 0, []
    for seed in range(300):
        rewards, actions = log(3000, seed)
        found = snips(rewards, LOGGING[actions], WANTED[actions])
        inside += found.low <= TRUTH <= found.high
        values.append(found.value)
    assert 0.91 <= inside / 300 <= 0.99
    assert np.mean(values) == pytest.approx(TRUTH, abs=0.003)


def test_the_log_itself_is_worth_what_it_earned() -> None:
    rewards, actions = log(500, 1)
    found = snips(rewards, LOGGING[actions], LOGGING[actions])
    assert found.value == pytest.approx(rewards.mean())
    assert found.logged == pytest.approx(rewards.mean())
    assert found.effective == pytest.approx(500)
    assert found.mean_weight == 1.0
    assert found.samples == 500


def test_adding_a_constant_to_rewards_adds_it_to_the_value() -> None:
    """Which plain inverse propensity scoring doesn't do: the reason for normalising."""
    rewards, actions = log(2000, 2)
    found = snips(rewards, LOGGING[actions], WANTED[actions])
    raised = snips(rewards + 7, LOGGING[actions], WANTED[actions])
    assert raised.value == pytest.approx(found.value + 7)
    assert raised.high - raised.low == pytest.approx(found.high - found.low)


def test_a_log_that_says_too_little_is_refused() -> None:
    rewards, actions = log(120, 3)
    with pytest.raises(EstimateRefused, match=r"120 logged choices are worth \d+\.\d"):
        snips(rewards, LOGGING[actions], WANTED[actions])
    allowed = snips(rewards, LOGGING[actions], WANTED[actions], least_effective=10)
    assert allowed.effective < 100
    with pytest.raises(EstimateRefused, match=r"worth 0\.0"):
        snips(rewards, LOGGING[actions], np.zeros(120))
    with pytest.raises(EstimateRefused):
        snips(np.zeros(0), np.zeros(0), np.zeros(0))


def test_wrong_propensities_are_noticed() -> None:
    rewards, actions = log(4000, 4)
    with pytest.raises(EstimateRefused, match="propensities are wrong"):
        snips(rewards, np.full(4000, 1 / ACTIONS), WANTED[actions])
    with pytest.raises(EstimateRefused, match="propensities are wrong"):
        snips(rewards, np.minimum(2 * LOGGING[actions], 1), LOGGING[actions])


def test_a_policy_that_wants_what_was_never_shown_is_refused() -> None:
    rewards, actions = log(4000, 5)
    shown = actions != 3
    with pytest.raises(EstimateRefused, match="never shows"):
        snips(rewards[shown], (LOGGING / LOGGING[[0, 1, 2, 4]].sum())[actions[shown]], WANTED[actions[shown]])


@pytest.mark.parametrize(
    ("rewards", "logged", "wanted"),
    [
        ([1.0], [0.0], [0.5]),
        ([1.0], [1.1], [0.5]),
        ([1.0], [0.5], [-0.1]),
        ([1.0], [0.5], [1.1]),
        ([math.nan], [0.5], [0.5]),
        ([1.0], [math.inf], [0.5]),
        ([1.0, 1.0], [0.5], [0.5]),
    ],
)
def test_numbers_that_are_no_probabilities(rewards: list[float], logged: list[float], wanted: list[float]) -> None:
    with pytest.raises(ValueError, match=r"probabilit"):
        snips(np.array(rewards), np.array(logged), np.array(wanted))
