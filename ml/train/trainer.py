"""The training loop: steps, schedule, averaged weights, checkpoints to resume from, early stopping, curves."""

from __future__ import annotations

import copy
import csv
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ml.errors import TrainingRefused
from ml.train.recipe import Recipe, parameter_groups, schedule

SCALE = 20.0  # inverse temperature at the start; CLIP's own 1/0.07 is 14
MAX_SCALE = 100.0  # Radford et al. 2021
CHECKPOINT, CURVE = "checkpoint.pt", "curve.csv"

Objective = Callable[[nn.Module, Tensor, torch.Generator], Tensor]
"""Draws a batch and returns its loss, given the model, the scale of similarities and a random generator."""
Evaluate = Callable[[nn.Module], dict[str, float]]
OnStep = Callable[[int, float], None]
OnEvaluation = Callable[[Mapping[str, float]], None]
"""Is told every new row of the curve: ``step``, ``loss``, ``minutes`` of computing so far and the figures."""


@dataclass(frozen=True)
class Outcome:
    """What training led to.

    Attributes:
        best: figures of the best evaluation.
        best_step: at which it was; 0 when nothing was better than the model as it was.
        steps: taken altogether.
        seconds: of computing, interruptions left out.
        curve: figures of every evaluation, in order.
    """

    best: Mapping[str, float]
    best_step: int
    steps: int
    seconds: float
    curve: list[dict[str, float]]


class Trainer:
    """Trains a model and leaves the best averaged weights in it.

    Stopped at any time, it goes on from the last checkpoint in its folder when made again with the same recipe.
    """

    def __init__(
        self,
        model: nn.Module,
        objective: Objective,
        evaluate: Evaluate,
        *,
        better: str,
        recipe: Recipe,
        folder: Path,
        device: str = "cpu",
        slower: Mapping[str, float] | None = None,
        begun: Mapping[str, float] | None = None,
    ) -> None:
        """Prepare training.

        Args:
            model: to train; parameters that don't require gradients stay as they are.
            objective: draws batches and computes their loss.
            evaluate: figures of a model in eval mode, by name.
            better: the figure that says which of two models is better, higher being so.
            recipe: how to train.
            folder: for checkpoint and curve.
            device: to train on.
            slower: for parameters whose name starts so, what their learning rate is multiplied by.
            begun: what `evaluate` says of the model as it is, where that is worth keeping: then it is step 0 of the
                curve, and what later ones have to beat.
        """
        self._model = model.to(device)
        self._average = copy.deepcopy(self._model).eval()
        # A mask's minus infinity has no average.
        self._averaged = [b.is_floating_point() and bool(b.isfinite().all()) for b in self._model.buffers()]
        self._objective = objective
        self._evaluate = evaluate
        self._better = better
        self._recipe = recipe
        self._folder = folder
        self._device = device
        self._scale = nn.Parameter(torch.tensor(math.log(SCALE), device=device))
        self._optimizer = torch.optim.AdamW(
            parameter_groups(model, self._scale, recipe.weight_decay, slower or {}),
            lr=recipe.learning_rate,
            betas=(0.9, 0.98),
        )
        self._rng = torch.Generator().manual_seed(recipe.seed)
        self._step = 0
        self._seconds = 0.0
        self._curve: list[dict[str, float]] = []
        self._best: dict[str, Any] = {}
        if begun is not None:
            self._keep({"step": 0, "scale": SCALE, **begun, "minutes": 0.0})

    def run(
        self,
        on_step: OnStep = lambda step, loss: None,
        on_evaluation: OnEvaluation = lambda row: None,
    ) -> Outcome:
        """Train to the end of the recipe, or until patience runs out.

        Raises:
            ValueError: the folder's checkpoint is of another recipe.
            TrainingRefused: the loss has become infinite or not a number.
        """
        self._resume()
        began, recipe = time.perf_counter(), self._recipe
        while self._step < recipe.steps and not self._out_of_patience():
            loss = self._one_step()
            on_step(self._step, loss)
            if self._step % recipe.evaluate_every == 0 or self._step == recipe.steps:
                now = time.perf_counter()
                self._seconds += now - began
                began = now
                self._look(loss)
                self._save()
                on_evaluation(self._curve[-1])
        self._model.load_state_dict(self._best["weights"])
        self._model.eval()
        best_step = int(self._best["step"])
        figures = next(row for row in self._curve if row["step"] == best_step)
        return Outcome(figures, best_step, self._step, self._seconds, self._curve)

    def _one_step(self) -> float:
        recipe = self._recipe
        for group in self._optimizer.param_groups:
            group["lr"] = recipe.learning_rate * schedule(self._step, recipe) * group.get("factor", 1.0)
        self._model.train()
        total = 0.0
        for _ in range(recipe.accumulate):
            with torch.autocast(self._device, dtype=torch.bfloat16, enabled=recipe.bf16):
                loss = self._objective(self._model, self._scale.exp(), self._rng) / recipe.accumulate
            value = float(loss.detach())
            if not math.isfinite(value):
                raise TrainingRefused(
                    f"the loss of step {self._step + 1} is {value}: training has diverged, and going on would ruin "
                    f"the model. Begin anew with a lower learning rate than {recipe.learning_rate:g}"
                )
            loss.backward()  # type: ignore[no-untyped-call]
            total += value
        nn.utils.clip_grad_norm_([p for g in self._optimizer.param_groups for p in g["params"]], 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._step += 1
        with torch.no_grad():
            self._scale.clamp_(max=math.log(MAX_SCALE))
            decay = min(recipe.average, self._step / (self._step + 10))
            for kept, current in zip(self._average.parameters(), self._model.parameters(), strict=True):
                kept.lerp_(current, 1 - decay)
            buffers = zip(self._averaged, self._average.buffers(), self._model.buffers(), strict=True)
            for averaged, own, latest in buffers:
                if averaged:
                    own.lerp_(latest, 1 - decay)
                else:
                    own.copy_(latest)
        return total

    def _look(self, loss: float) -> None:
        """Evaluate the averaged weights, and remember them when they are the best so far."""
        with torch.inference_mode():
            figures = self._evaluate(self._average)
        row = {"step": self._step, "loss": loss, "scale": float(self._scale.detach().exp()), **figures}
        self._keep({**row, "minutes": round(self._seconds / 60, 2)})

    def _keep(self, row: dict[str, float]) -> None:
        """Add a row to the curve, and keep the averaged weights where they are the best so far."""
        self._curve.append(row)
        figure = row[self._better]
        if not self._best or figure > self._best["figure"]:
            weights = {name: tensor.clone() for name, tensor in self._average.state_dict().items()}
            self._best = {"figure": figure, "step": self._step, "weights": weights}

    def _out_of_patience(self) -> bool:
        """Whether too many evaluations brought nothing better than an earlier one of trained weights.

        Step 0 doesn't count: training may first lose what it wins back.
        """
        trained = [row for row in self._curve if row["step"]]
        if not self._recipe.patience or not trained:
            return False
        best = max(trained, key=lambda row: row[self._better])
        return self._step - best["step"] >= self._recipe.patience * self._recipe.evaluate_every

    def _save(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        state = {
            "recipe": json.dumps(asdict(self._recipe)),
            "model": self._model.state_dict(),
            "average": self._average.state_dict(),
            "scale": self._scale.detach(),
            "optimizer": self._optimizer.state_dict(),
            "rng": self._rng.get_state(),
            "step": self._step,
            "seconds": self._seconds,
            "curve": self._curve,
            "best": self._best,
        }
        beside = self._folder / f"{CHECKPOINT}.new"
        torch.save(state, beside)
        beside.replace(self._folder / CHECKPOINT)
        with (self._folder / CURVE).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self._curve[-1].keys())  # step 0 has no loss
            writer.writeheader()
            writer.writerows(self._curve)

    def _resume(self) -> None:
        path = self._folder / CHECKPOINT
        if not path.is_file():
            return
        state = torch.load(path, map_location=self._device, weights_only=True)
        if state["recipe"] != json.dumps(asdict(self._recipe)):
            raise ValueError(f"{path} was made with another recipe; name another folder, or delete it to begin anew")
        self._model.load_state_dict(state["model"])
        self._average.load_state_dict(state["average"])
        self._scale.data.copy_(state["scale"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._rng.set_state(state["rng"].cpu())
        self._step, self._seconds = state["step"], state["seconds"]
        self._curve, self._best = state["curve"], state["best"]
