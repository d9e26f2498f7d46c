"""How many steps to take: as many as the data is good for, or as the time allows."""

from __future__ import annotations

import copy
import statistics
import time

import torch
from torch import nn

from ml.errors import TrainingRefused
from ml.train.recipe import Recipe
from ml.train.trainer import SCALE, Objective

WARM, TIMED = 2, 5
MIN_STEPS = 20
EVALUATIONS, MIN_EVALUATIONS = 20, 3
MARGIN = 0.9
"""Share of the time that is planned for: steps get slower when something else runs on the machine."""


def measure_step_s(model: nn.Module, objective: Objective, recipe: Recipe, device: str) -> float:
    """Return seconds of one optimizer step, measured on a copy of the model, which stays as it is."""
    trial = copy.deepcopy(model).to(device).train()
    parameters = [parameter for parameter in trial.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=0.0)
    rng = torch.Generator().manual_seed(recipe.seed)
    scale = torch.tensor(SCALE, device=device)
    seconds = []
    for _ in range(WARM + TIMED):
        began = time.perf_counter()
        for _ in range(recipe.accumulate):
            with torch.autocast(device, dtype=torch.bfloat16, enabled=recipe.bf16):
                loss = objective(trial, scale, rng)
            loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        float(loss.detach())  # waits for the device
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[WARM:])


def steps_in(seconds: float, step_s: float, evaluation_s: float) -> tuple[int, int]:
    """Return how many steps and evaluations fit, with `MARGIN` to spare.

    Args:
        seconds: left for training, its evaluations and the last one.
        step_s: of one step.
        evaluation_s: of one evaluation; all of them take a sixth of the time, unless that is too little for three.

    Raises:
        TrainingRefused: so few steps that nothing would be learned.
    """
    planned = seconds * MARGIN
    evaluations = min(EVALUATIONS, max(MIN_EVALUATIONS, int(planned / 6 / evaluation_s)))
    overhead = (evaluations + 1) * evaluation_s
    steps = int((planned - overhead) / step_s)
    if steps < MIN_STEPS:
        needed = (overhead + MIN_STEPS * step_s) / MARGIN - seconds
        raise TrainingRefused(
            f"--max-minutes is too little by {needed / 60:.1f} minutes: fewer than {MIN_STEPS} steps fit"
        )
    return steps, evaluations
