"""How to train: the recipe, and what the optimizer makes of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn


@dataclass(frozen=True)
class Recipe:
    """How to train; with the data and the code it decides the result.

    Attributes:
        steps: optimizer steps.
        learning_rate: highest, reached after the warm-up; falls to zero along a cosine.
        weight_decay: of weights, not of norms and biases.
        warmup: steps.
        accumulate: batches in one step.
        average: decay of the running average of the weights, which is what is evaluated and kept.
        bf16: compute in bfloat16 where that is safe.
        seed: of batches and augmentation.
        evaluate_every: steps between evaluations, each of which leaves a checkpoint.
        patience: evaluations without a better result after which training stops; 0 never stops early.
    """

    steps: int
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warmup: int = 200
    accumulate: int = 1
    average: float = 0.998
    bf16: bool = True
    seed: int = 0
    evaluate_every: int = 500
    patience: int = 0


def parameter_groups(
    model: nn.Module, scale: nn.Parameter, weight_decay: float, slower: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Sort what is trained by weight decay (not of norms and biases) and learning rate."""
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    usual = [p for name, p in trained if not name.startswith(tuple(slower))]
    groups: list[dict[str, Any]] = [
        {"params": [p for p in usual if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [*(p for p in usual if p.ndim <= 1), scale], "weight_decay": 0.0},
    ]
    for prefix, factor in slower.items():
        those = [p for name, p in trained if name.startswith(prefix)]
        groups += [
            {"params": [p for p in those if p.ndim > 1], "weight_decay": weight_decay, "factor": factor},
            {"params": [p for p in those if p.ndim <= 1], "weight_decay": 0.0, "factor": factor},
        ]
    return groups


def schedule(step: int, recipe: Recipe) -> float:
    """Share of the highest learning rate: a linear rise, then half a cosine down to zero."""
    if step < recipe.warmup:
        return (step + 1) / recipe.warmup
    done = (step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)
    return 0.5 * (1 + math.cos(math.pi * done))
