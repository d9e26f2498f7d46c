"""How to fine-tune: what was asked for, and the recipe that it makes of data, model and time."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch

from ml.encoder.device import pick_precision
from ml.errors import TrainingRefused
from ml.train.augment import Augmentation
from ml.train.budget import EVALUATIONS, measure_step_s, steps_in
from ml.train.recipe import Recipe
from ml.train.shop_model import Towers
from ml.train.trainer import Objective

RATES = {"convolutional": 1e-3, "transformer": 3e-5}
"""Learning rates: a tower with batch normalisation bears steps that would wreck a transformer's."""


@dataclass(frozen=True)
class Options:
    """How to fine-tune.

    Attributes:
        towers: which to train; with "image" the text tower is locked.
        epochs: how often each product is seen.
        batch: pictures at a time.
        accumulate: batches in one step.
        bank: products whose texts each picture is contrasted with, when the text tower is locked.
        learning_rate: of the image tower; None picks one by its kind.
        test_share, validation_share: of the products.
        patience: evaluations, of 20, without a better one after which training stops; 0 never stops early.
        max_minutes: for everything from the start of the command; None trains all epochs.
        seed: of split, batches and augmentation.
        device: "auto" takes CUDA where it is.
    """

    towers: Literal["image", "both"] = "image"
    epochs: float = 60.0
    batch: int = 128
    accumulate: int = 1
    bank: int = 8192
    learning_rate: float | None = None
    test_share: float = 0.2
    validation_share: float = 0.08
    patience: int = 6
    max_minutes: float | None = None
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"


def plan(
    path: Path,
    towers: Towers,
    objective: Objective,
    options: Options,
    *,
    products: int,
    evaluation_s: float,
    device: str,
    began: float,
) -> Recipe:
    """Time some steps and plan all of them, or read the plan of the run that goes on.

    Args:
        path: where the plan is kept.
        towers: to train; they stay as they are.
        objective: to time.
        options: what was asked for.
        products: that train.
        evaluation_s: seconds of one evaluation.
        device: that trains.
        began: `time.perf_counter` at the start of the command, from which on the time counts.

    Raises:
        TrainingRefused: the time isn't enough, or the run that goes on was planned by another version.
    """
    if path.is_file():
        return _read_plan(path)
    bf16 = device == "cuda" or pick_precision("auto") == "bf16"
    convolutional = any(isinstance(module, torch.nn.BatchNorm2d) for module in towers.image.modules())
    rate = options.learning_rate or RATES["convolutional" if convolutional else "transformer"]
    steps = max(1, round(options.epochs * products / seen_in_a_step(options, products)))
    evaluations = EVALUATIONS
    if options.max_minutes is not None:
        trial = Recipe(steps, accumulate=options.accumulate, bf16=bf16, seed=options.seed)
        step_s = measure_step_s(towers, objective, trial, device)
        left = options.max_minutes * 60 - (time.perf_counter() - began)
        most, evaluations = steps_in(left, step_s, evaluation_s)
        steps = min(steps, most)
    recipe = Recipe(
        steps, learning_rate=rate, accumulate=options.accumulate, bf16=bf16, seed=options.seed,
        warmup=max(1, min(100, steps // 10)), average=min(0.998, 1 - 10 / max(steps, 20)),
        evaluate_every=-(-steps // evaluations), patience=options.patience,
    )  # fmt: skip
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(asdict(recipe)), encoding="utf-8")
    unfinished.replace(path)
    return recipe


def _read_plan(path: Path) -> Recipe:
    try:
        return Recipe(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise TrainingRefused(
            f"{path} isn't a plan of this version, so its run can't go on: delete {path.parent} to begin anew"
        ) from error


def seen_in_a_step(options: Options, products: int) -> int:
    """Return how many pictures one step looks at."""
    return min(options.batch, products) * options.accumulate


def describe(recipe: Recipe, options: Options, products: int) -> str:
    """Return the plan in words."""
    seen = seen_in_a_step(options, products)
    return (
        f"{recipe.steps:,} steps of {seen} pictures, {recipe.steps * seen / products:.1f} epochs; "
        f"learning rate {recipe.learning_rate:g}, {'bf16' if recipe.bf16 else 'fp32'}"
    )


def shop_augmentation(size: int) -> Augmentation:
    """Return mild changes: shop photos are alike in light and framing, and colour is part of what is learned."""
    return Augmentation(size, zoom=(1.0, 1.3), turn=4.0, skew=0.02, light=0.08, tint=0.01, noise=0.02)


def pick_device(asked: Literal["auto", "cpu", "cuda"]) -> str:
    """Resolve ``auto``.

    Raises:
        TrainingRefused: CUDA is asked for and not there.
    """
    there = torch.cuda.is_available()
    if asked == "cuda" and not there:
        raise TrainingRefused("--device cuda: torch sees no CUDA device on this machine")
    return "cuda" if there and asked != "cpu" else "cpu"
