from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ml.errors import TrainingRefused
from ml.train.recipe import Recipe
from ml.train.trainer import CHECKPOINT, CURVE, Outcome, Trainer

RECIPE = Recipe(steps=24, learning_rate=0.02, warmup=3, average=0.5, bf16=False, evaluate_every=6)
POINTS = torch.randn(64, 5, generator=torch.Generator().manual_seed(1))
RIGHT = POINTS @ torch.arange(5.0)


class Stopped(Exception):
    pass


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Linear(8, 1))


def objective(model: nn.Module, scale: Tensor, rng: torch.Generator) -> Tensor:
    rows = torch.randint(64, (16,), generator=rng)
    loss: Tensor = (model(POINTS[rows])[:, 0] - RIGHT[rows]).square().mean() + 0.001 * scale
    return loss


def evaluate(model: nn.Module) -> dict[str, float]:
    return {"nearness": -float((model(POINTS)[:, 0] - RIGHT).square().mean().detach())}


def trainer(folder: Path, recipe: Recipe = RECIPE, model: nn.Module | None = None, **more: object) -> Trainer:
    options = {"objective": objective, "evaluate": evaluate, **more}
    return Trainer(model or network(), better="nearness", recipe=recipe, folder=folder, **options)  # type: ignore[arg-type]


def test_the_loss_falls_and_the_best_weights_are_left_in_the_model(tmp_path: Path) -> None:
    model = network()
    outcome = trainer(tmp_path, model=model).run()
    assert outcome.curve[-1]["loss"] < outcome.curve[0]["loss"]
    assert outcome.best["nearness"] == max(row["nearness"] for row in outcome.curve)
    assert not model.training
    assert evaluate(model)["nearness"] == pytest.approx(outcome.best["nearness"], rel=1e-5)
    with (tmp_path / CURVE).open() as file:
        assert [float(row["step"]) for row in csv.DictReader(file)] == [6, 12, 18, 24]


def test_interrupted_training_ends_with_the_bits_of_uninterrupted_training(tmp_path: Path) -> None:
    whole, parts = network(), network()
    straight = trainer(tmp_path / "straight", model=whole).run()

    def stop(step: int, loss: float) -> None:
        if step == 15:
            raise Stopped

    with pytest.raises(Stopped):
        trainer(tmp_path / "parts", model=network()).run(stop)
    resumed = trainer(tmp_path / "parts", model=parts).run()
    assert [row["loss"] for row in resumed.curve] == [row["loss"] for row in straight.curve]
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, parts.state_dict()[name]), name


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path) -> None:
    trainer(tmp_path).run()
    with pytest.raises(ValueError, match="another recipe"):
        trainer(tmp_path, replace(RECIPE, learning_rate=0.01)).run()


def test_a_half_written_checkpoint_is_not_read(tmp_path: Path) -> None:
    straight = trainer(tmp_path / "a").run()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / f"{CHECKPOINT}.new").write_bytes(b"cut off")
    assert trainer(tmp_path / "b").run().curve[-1]["loss"] == straight.curve[-1]["loss"]


def test_training_stops_when_nothing_gets_better(tmp_path: Path) -> None:
    figures = iter([0.1, 0.5, 0.4, 0.5, 0.3, 0.9, 0.9, 0.9])
    recipe = replace(RECIPE, steps=48, patience=2)
    outcome: Outcome = trainer(tmp_path, recipe, evaluate=lambda _: {"nearness": next(figures)}).run()
    assert (outcome.best_step, outcome.steps) == (12, 24)
    assert outcome.best["nearness"] == 0.5


def test_a_model_that_never_got_better_keeps_its_weights(tmp_path: Path) -> None:
    model = network()
    outcome = trainer(tmp_path, model=model, evaluate=lambda _: {"nearness": 0.5}, begun={"nearness": 0.5}).run()
    assert (outcome.best_step, outcome.steps) == (0, 24)
    assert [row["step"] for row in outcome.curve] == [0, 6, 12, 18, 24]
    begun = network().state_dict()
    assert all(torch.equal(tensor, begun[name]) for name, tensor in model.state_dict().items())
    with (tmp_path / CURVE).open() as file:
        assert next(row["loss"] for row in csv.DictReader(file)) == ""
    assert trainer(tmp_path, begun={"nearness": 0.5}).run().best_step == 0  # it was kept


def test_what_is_lost_at_first_may_be_won_back(tmp_path: Path) -> None:
    figures = iter([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    recipe = replace(RECIPE, steps=48, patience=2)
    outcome = trainer(
        tmp_path, recipe, evaluate=lambda _: {"nearness": next(figures)}, begun={"nearness": 0.75}
    ).run()
    assert (outcome.best_step, outcome.steps) == (48, 48)


def test_a_known_start_changes_no_weights_and_survives_an_interruption(tmp_path: Path) -> None:
    whole, parts = network(), network()
    begun = evaluate(network().eval())
    trainer(tmp_path / "without", model=whole).run()

    def stop(step: int, loss: float) -> None:
        if step == 15:
            raise Stopped

    with pytest.raises(Stopped):
        trainer(tmp_path / "with", begun=begun).run(stop)
    told: list[float] = []
    outcome = trainer(tmp_path / "with", model=parts, begun=begun).run(
        on_evaluation=lambda row: told.append(row["step"])
    )
    assert [row["step"] for row in outcome.curve] == [0, 6, 12, 18, 24]
    assert told == [18, 24]
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, parts.state_dict()[name]), name


def test_accumulated_batches_are_one_large_batch(tmp_path: Path) -> None:
    def plain() -> nn.Module:
        torch.manual_seed(0)
        return nn.Linear(5, 1)

    def rows_of(size: int) -> object:
        """Hand out the points in order, `size` at a time."""
        place = iter(range(0, 64 * 100, size))

        def chosen(model: nn.Module, scale: Tensor, rng: torch.Generator) -> Tensor:
            start = next(place) % 64
            loss: Tensor = (model(POINTS[start : start + size])[:, 0] - RIGHT[start : start + size]).square().mean()
            return loss + 0.0 * scale

        return chosen

    large, small = plain(), plain()
    trainer(tmp_path / "large", model=large, objective=rows_of(32)).run()
    accumulating = replace(RECIPE, accumulate=4)
    trainer(tmp_path / "small", accumulating, small, objective=rows_of(8)).run()
    for one, other in zip(large.parameters(), small.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_named_parameters_learn_slower(tmp_path: Path) -> None:
    begun, model = network(), network()
    trainer(tmp_path, model=model, slower={"2.": 0.0}).run()
    moved = {name: not torch.equal(value, begun.state_dict()[name]) for name, value in model.named_parameters()}
    assert moved == {
        "0.weight": True,
        "0.bias": True,
        "1.weight": True,
        "1.bias": True,
        "2.weight": False,
        "2.bias": False,
    }


def test_locked_parameters_stay(tmp_path: Path) -> None:
    begun, model = network(), network()
    for parameter in model[0].parameters():  # type: ignore[index]
        parameter.requires_grad_(False)
    trainer(tmp_path, model=model).run()
    assert torch.equal(model.state_dict()["0.weight"], begun.state_dict()["0.weight"])
    assert not torch.equal(model.state_dict()["2.weight"], begun.state_dict()["2.weight"])


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_training_before_it_is_applied(tmp_path: Path, wrong: float) -> None:
    model = network()
    steps = 0

    def diverging(network: nn.Module, scale: Tensor, rng: torch.Generator) -> Tensor:
        nonlocal steps
        steps += 1
        loss = objective(network, scale, rng)
        return loss if steps < 8 else loss * wrong

    with pytest.raises(TrainingRefused, match=r"lower learning rate than 0\.02"):
        trainer(tmp_path, model=model, objective=diverging).run()
    assert steps == 8
    assert all(tensor.isfinite().all() for tensor in model.state_dict().values())
    assert (tmp_path / CHECKPOINT).is_file()  # of step 6


def test_infinite_buffers_stay_as_they_are(tmp_path: Path) -> None:
    model = network()
    model.register_buffer("mask", torch.tensor([0.0, -torch.inf]))
    trainer(tmp_path, model=model).run()
    assert model.state_dict()["mask"].tolist() == [0.0, -torch.inf]
