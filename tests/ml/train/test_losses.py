from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ml.train.losses import ALIKE, alike, any_of, contrastive, towards

Matrix = NDArray[np.float64]


def units(n: int, d: int, seed: int) -> Matrix:
    rows = np.random.default_rng(seed).standard_normal((n, d))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def softmax(x: Matrix) -> Matrix:
    shifted = np.exp(x - x.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def cross_entropy(logits: Matrix, targets: Matrix) -> float:
    return float(-(targets * np.log(softmax(logits))).sum(axis=1).mean())


def tensor(x: NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(x)


def test_contrastive_is_cross_entropy_both_ways_towards_texts_that_say_the_same() -> None:
    images, texts = units(6, 8, 0), units(6, 8, 1)
    targets = softmax((texts @ texts.T - 1) / ALIKE)
    logits = 12.0 * images @ texts.T
    # The targets are symmetric but for their normalisation, so the same rows serve both directions.
    expected = (cross_entropy(logits, targets) + cross_entropy(logits.T, targets)) / 2
    assert float(contrastive(tensor(images), tensor(texts), torch.tensor(12.0))) == pytest.approx(expected)


def test_towards_a_bank_by_hand() -> None:
    images, bank = units(4, 8, 2), units(9, 8, 3)
    bank[7] = bank[1]  # the second picture's text is said of another product too
    targets = softmax((bank[:4] @ bank.T - 1) / ALIKE)
    weights = alike(tensor(bank[:4]), tensor(bank))
    np.testing.assert_allclose(weights.numpy(), targets, rtol=1e-9)
    assert float(weights[1, 1]) == float(weights[1, 7]) == pytest.approx(0.5, abs=0.01)
    loss = float(towards(tensor(images), tensor(bank), weights, torch.tensor(9.0)))
    assert loss == pytest.approx(cross_entropy(9.0 * images @ bank.T, targets))


def test_any_of_asks_for_the_sum_of_what_fits() -> None:
    images, bank = units(3, 8, 4), units(5, 8, 5)
    fitting = np.array([[True, False, True, False, False], [False, True, False, False, False], [True] * 5])
    chances = softmax(7.0 * images @ bank.T)
    expected = -np.log((chances * fitting).sum(axis=1)).mean()
    loss = float(any_of(tensor(images), tensor(bank), tensor(fitting), torch.tensor(7.0)))
    assert loss == pytest.approx(expected)
