"""Weights of signals from choices that shoppers made: a conditional logit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.errors import TrainingRefused

RIDGE = 1e-3
"""Penalty of squared weights, in nats a choice and per signal's variance; keeps rare signals from running away."""
LEAST_CHOICES = 50
_STEPS = 50
_SAMPLE_STRONG, _SAMPLE_OTHERS = 300, 700


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One choice and what could have been chosen instead, or a sample of it.

    Attributes:
        signals: float32, shape (c, signals); the first is of what was chosen.
        offsets: float32, shape (c,): logarithm of how many products each stands for.
    """

    signals: NDArray[np.float32]
    offsets: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Weights, in the order of the signals: float64, shape (signals,); loss in nats a choice, without the penalty."""

    weights: NDArray[np.float64]
    loss: float
    choices: int


def sampled_choice(
    signals: NDArray[np.float32], chosen: int, strength: NDArray[np.float32], rng: np.random.Generator
) -> Choice:
    """Take what was chosen, the 300 strongest others and 700 of the rest, which stand for all of the rest.

    Args:
        signals: float32, shape (n, signals), of all products.
        chosen: row of what was chosen.
        strength: float32, shape (n,): roughly how likely each is, under any weights.
        rng: draws the rest.
    """
    n = len(signals)
    others = np.delete(np.arange(n), chosen)
    if len(others) <= _SAMPLE_STRONG + _SAMPLE_OTHERS:
        rows, offsets = others, np.zeros(len(others), np.float32)
    else:
        order = np.argpartition(-strength[others], _SAMPLE_STRONG)
        strong, rest = others[order[:_SAMPLE_STRONG]], others[order[_SAMPLE_STRONG:]]
        drawn = rng.choice(rest, _SAMPLE_OTHERS, replace=False)
        rows = np.concatenate([strong, drawn])
        share = np.float32(np.log(len(rest) / _SAMPLE_OTHERS))
        offsets = np.concatenate([np.zeros(_SAMPLE_STRONG, np.float32), np.full(_SAMPLE_OTHERS, share)])
    rows = np.concatenate([[chosen], rows])
    return Choice(signals[rows], np.concatenate([np.zeros(1, np.float32), offsets]))


def learn(choices: Iterable[Choice], free: NDArray[np.bool_], allowed: NDArray[np.bool_] | None = None) -> Learned:
    """Find the weights under which the choices are likeliest.

    Newton's method on the log-likelihood of a softmax over what could be chosen, which has one maximum; a signal
    whose weight would fall below 0 gets 0, and the others are found again without it. The same choices give the same
    weights.

    Args:
        choices: at least 50.
        free: bool, shape (signals,): whose weight may be below 0.
        allowed: bool, shape (signals,): the others get 0; None allows all.

    Raises:
        TrainingRefused: too few choices.

    References:
        McFadden 1974, Conditional logit analysis of qualitative choice behavior; 1978 for the sampled alternatives.
    """
    given = list(choices)
    if len(given) < LEAST_CHOICES:
        raise TrainingRefused(f"weights are learned from {LEAST_CHOICES} choices or more, not {len(given)}")
    objective = _Objective(given)
    active = objective.spread > 0
    if allowed is not None:
        active &= allowed
    while True:
        scaled = _newton(objective, active)
        below = active & ~free & (scaled < 0)
        if not below.any():
            break
        active &= ~below
    weights = np.where(active, scaled / np.where(objective.spread > 0, objective.spread, 1.0), 0.0)
    return Learned(weights, objective.measure(scaled)[0], len(given))


class _Objective:
    """Mean negative log-likelihood, over signals divided by their spread."""

    def __init__(self, choices: list[Choice]) -> None:
        widest, signals = max(len(choice.offsets) for choice in choices), choices[0].signals.shape[1]
        self._signals = np.zeros((len(choices), widest, signals), np.float32)
        self._offsets = np.full((len(choices), widest), -np.inf, np.float32)
        for at, choice in enumerate(choices):
            self._signals[at, : len(choice.offsets)] = choice.signals
            self._offsets[at, : len(choice.offsets)] = choice.offsets
        known = np.isfinite(self._offsets)
        self.spread = self._signals[known].std(axis=0, dtype=np.float64)
        self._signals /= np.where(self.spread > 0, self.spread, 1.0).astype(np.float32)

    def measure(self, weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Return loss, gradient and Hessian."""
        size = len(weights)
        loss, gradient, hessian = 0.0, np.zeros(size), np.zeros((size, size))
        for signals, offsets in zip(self._signals, self._offsets, strict=True):
            scores = signals @ weights.astype(np.float32) + offsets
            odds = np.exp((scores - scores.max()).astype(np.float64))
            total = odds.sum()
            shares = odds / total
            loss += np.log(total) + float(scores.max()) - float(scores[0])
            mean = shares @ signals
            gradient += mean - signals[0]
            hessian += (signals * shares[:, None]).T @ signals - np.outer(mean, mean)
        count = len(self._signals)
        return loss / count, gradient / count, hessian / count


def _newton(objective: _Objective, active: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Minimise loss and penalty over the active weights, the others at 0."""
    weights = np.zeros(len(active))
    at = np.flatnonzero(active)
    value, gradient, hessian = _penalised(objective, weights)
    for _ in range(_STEPS):
        step = np.zeros(len(active))
        step[at] = np.linalg.solve(hessian[np.ix_(at, at)], gradient[at])
        decrease = float(gradient @ step)
        if decrease < 1e-10:
            break
        length = 1.0
        while True:
            trial, *slopes = _penalised(objective, weights - length * step)
            if trial <= value - 1e-4 * length * decrease or length < 1e-6:
                break
            length /= 2
        weights = weights - length * step
        value, (gradient, hessian) = trial, slopes
    return weights


def _penalised(
    objective: _Objective, weights: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    loss, gradient, hessian = objective.measure(weights)
    return (
        loss + RIDGE / 2 * float(weights @ weights),
        gradient + RIDGE * weights,
        hessian + RIDGE * np.eye(len(weights)),
    )
