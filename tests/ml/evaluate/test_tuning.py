from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from ml.evaluate.tuning import Params, tune

SPACE = {"x": [0.0, 0.25, 0.5, 0.75, 1.0], "y": [0.0, 0.5, 1.0]}
WEIGHTS = {"full": 0.5, "condensed": 0.5}


def hill(params: Params) -> Mapping[str, np.ndarray]:
    """Best at x = 0.75 and y = 0.5, the same for every query but for a constant."""
    height = 1 - (params["x"] - 0.75) ** 2 - (params["y"] - 0.5) ** 2
    return {"full": height - np.arange(10) / 20, "condensed": np.full(10, height)}


def test_the_best_setting_is_found_and_measured() -> None:
    tuned = tune(hill, SPACE, weights=WEIGHTS)
    assert tuned.params == {"x": 0.75, "y": 0.5}
    assert tuned.evaluated == 15
    assert tuned.metrics == pytest.approx({"full": 1 - 4.5 / 20, "condensed": 1})
    assert tuned.objective == pytest.approx(1 - 2.25 / 20)
    assert tuned.cross_validated["objective"].mean == pytest.approx(tuned.objective)
    assert tuned.cross_validated["full"].low < tuned.cross_validated["full"].mean < tuned.cross_validated["full"].high
    assert [fold.params for fold in tuned.folds] == [tuned.params] * 5


def test_every_query_is_held_out_once_in_seeded_folds_of_equal_size() -> None:
    tuned = tune(hill, SPACE, weights=WEIGHTS, folds=3)
    assert sorted(len(fold.queries) for fold in tuned.folds) == [3, 3, 4]
    assert sorted(position for fold in tuned.folds for position in fold.queries) == list(range(10))
    assert tuned == tune(hill, SPACE, weights=WEIGHTS, folds=3)
    other = tune(hill, SPACE, weights=WEIGHTS, folds=3, seed=1)
    assert [fold.queries for fold in other.folds] != [fold.queries for fold in tuned.folds]


def test_held_out_figures_come_from_parameters_chosen_elsewhere() -> None:
    """Setting n is perfect for query n alone: chosen on the others, nothing is right for a query held out."""

    def score_of(params: Params) -> Mapping[str, np.ndarray]:
        return {"full": (np.arange(6) == params["n"]).astype(float)}

    tuned = tune(score_of, {"n": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]}, weights={"full": 1}, folds=6)
    assert tuned.objective == pytest.approx(1 / 6)
    assert tuned.cross_validated["full"].mean == 0
    for fold in tuned.folds:
        assert fold.params["n"] not in fold.queries
        assert fold.chosen_at == pytest.approx(1 / 5)
        assert fold.held_out == {"full": 0, "objective": 0}


def test_a_large_space_is_drawn_from_and_refined_to_the_top() -> None:
    values = [step / 100 for step in range(101)]
    tuned = tune(hill, {"x": values, "y": values}, weights=WEIGHTS, trials=20)
    assert tuned.params == {"x": 0.75, "y": 0.5}
    assert tuned.evaluated < 1000
    assert tuned == tune(hill, {"x": values, "y": values}, weights=WEIGHTS, trials=20)


def test_each_setting_is_measured_once() -> None:
    seen: list[tuple[float, ...]] = []

    def score_of(params: Params) -> Mapping[str, np.ndarray]:
        seen.append(tuple(params.values()))
        return hill(params)

    tuned = tune(score_of, {"x": [0.0, 1.0], "y": [n / 50 for n in range(51)]}, weights=WEIGHTS, trials=10)
    assert len(seen) == len(set(seen)) == tuned.evaluated


def test_weights_decide_between_metrics() -> None:
    def score_of(params: Params) -> Mapping[str, np.ndarray]:
        return {"full": np.full(4, params["x"]), "condensed": np.full(4, 1 - params["x"])}

    space = {"x": [0.0, 1.0]}
    assert tune(score_of, space, weights={"full": 2, "condensed": 1}, folds=2).params == {"x": 1}
    assert tune(score_of, space, weights={"full": 1, "condensed": 2}, folds=2).params == {"x": 0}
    even = tune(score_of, space, weights={"full": 1, "condensed": 1}, folds=2)
    assert (even.params, even.objective) == ({"x": 0}, 0.5)


def nan(_: Params) -> Mapping[str, np.ndarray]:
    return {"full": np.array([1.0, np.nan])}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"space": {}}, "at least one parameter"),
        ({"space": {"x": []}}, "at least one value"),
        ({"weights": {}}, "weight above 0"),
        ({"weights": {"full": 0.0}}, "weight above 0"),
        ({"weights": {"full": 1.0, "condensed": -1.0}}, "none below"),
        ({"weights": {"mrr": 1.0}}, "no metric mrr"),
        ({"folds": 1}, "2 to 10 folds, not 1"),
        ({"folds": 11}, "2 to 10 folds, not 11"),
        ({"trials": 0}, "at least one trial"),
        ({"score_of": nan, "weights": {"full": 1.0}}, "finite"),
    ],
)
def test_what_cannot_be_tuned_is_refused(change: dict, message: str) -> None:
    arguments = {"score_of": hill, "space": SPACE, "weights": WEIGHTS, "folds": 2, **change}
    with pytest.raises(ValueError, match=message):
        tune(arguments.pop("score_of"), arguments.pop("space"), **arguments)
