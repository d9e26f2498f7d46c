"""Choosing parameters by judgments, with cross-validation: what is the choice worth on queries it never saw?"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ml.evaluate.metrics import bootstrap_interval

Params: TypeAlias = Mapping[str, float]
"""One value for each named parameter."""

Space: TypeAlias = Mapping[str, Sequence[float]]
"""The values each parameter may take, in order: what lies side by side should behave alike."""

PerQuery: TypeAlias = Mapping[str, NDArray[np.float64]]
"""Metrics of the same n queries in the same order: float64, shape (n,), each finite; higher is better."""

_Point: TypeAlias = tuple[int, ...]
"""Which value of each parameter, by position in the space."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Mean over queries with its 95% bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fold:
    """One part of the queries, judged with the parameters that are best on all others."""

    queries: tuple[int, ...]
    """Positions of the queries that were held out."""
    params: Params
    """Chosen on the other queries."""
    chosen_at: float
    """Objective on the queries it was chosen on."""
    held_out: Mapping[str, float]
    """Mean of each metric over the held-out queries."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """The parameters chosen, and what to expect of them."""

    params: Params
    """Best on all queries."""
    objective: float
    """Of these parameters on the queries they were chosen on: an optimistic figure."""
    metrics: Mapping[str, float]
    """The same, by metric."""
    cross_validated: Mapping[str, Estimate]
    """By metric, and ``objective``: every query measured with parameters chosen without it."""
    folds: tuple[Fold, ...]
    evaluated: int
    """Settings that were measured."""


def tune(
    score_of: Callable[[Params], PerQuery],
    space: Space,
    *,
    weights: Mapping[str, float],
    folds: int = 5,
    seed: int = 0,
    trials: int = 200,
) -> Tuned:
    """Choose the parameters with the best objective, the weighted mean of metrics over queries.

    A space of at most `trials` settings is tried as a whole. Of a larger one, `trials` settings are drawn; then the
    best is refined: each parameter in turn takes each of its values while the others stay, until none gets better. Of
    equally good settings the one with the earlier values in the space is chosen.

    Args:
        score_of: measures one setting on all n queries; called once for each.
        space: the values to try.
        weights: of the metrics in the objective; they needn't sum to 1.
        folds: into how many parts of nearly equal size the queries are split at random, from 2 to n.
        seed: of the split, the draw and the bootstrap.
        trials: see above.

    Raises:
        ValueError: no parameters, one without values, weights of nothing or below 0, more folds than queries or fewer
            than 2, or metrics that aren't finite.
    """
    if not space or not all(space.values()):
        raise ValueError("tuning needs at least one parameter, and at least one value of each")
    if trials < 1:
        raise ValueError("tuning needs at least one trial")
    measured = _Measured(score_of, space, weights)
    candidates = list(_candidates(space, seed, trials))
    for point in candidates:
        measured.objective(point)
    refine = math.prod(len(values) for values in space.values()) > trials
    total = measured.queries
    if not 2 <= folds <= total:
        raise ValueError(f"{total} queries can be split into 2 to {total} folds, not {folds}")
    everything = np.arange(total)
    parts = [np.sort(part) for part in np.array_split(np.random.default_rng(seed).permutation(total), folds)]
    results = []
    held_out = {metric: np.empty(total) for metric in [*measured.metrics, "objective"]}
    for part in parts:
        rest = np.setdiff1d(everything, part)
        best = measured.best(candidates, rest, refine=refine)
        values = {**measured.of(best), "objective": measured.objective(best)}
        for metric, kept in held_out.items():
            kept[part] = values[metric][part]
        means = {metric: float(value[part].mean()) for metric, value in values.items()}
        chosen_at = float(measured.objective(best)[rest].mean())
        results.append(Fold(tuple(part.tolist()), measured.params(best), chosen_at, means))
    final = measured.best(candidates, everything, refine=refine)
    return Tuned(
        params=measured.params(final),
        objective=float(measured.objective(final).mean()),
        metrics={metric: float(values.mean()) for metric, values in measured.of(final).items()},
        cross_validated={metric: _estimate(values, seed) for metric, values in held_out.items()},
        folds=tuple(results),
        evaluated=measured.count,
    )


class _Measured:
    """Measures each setting once."""

    def __init__(self, score_of: Callable[[Params], PerQuery], space: Space, weights: Mapping[str, float]) -> None:
        if min(weights.values(), default=0) < 0 or not any(weights.values()):
            raise ValueError("the objective needs a weight above 0, and none below")
        self._score_of = score_of
        self._space = space
        self._weights = weights
        self._known: dict[_Point, tuple[PerQuery, NDArray[np.float64]]] = {}

    @property
    def count(self) -> int:
        return len(self._known)

    @property
    def queries(self) -> int:
        return len(next(iter(self._known.values()))[1])

    @property
    def metrics(self) -> list[str]:
        return list(next(iter(self._known.values()))[0])

    def params(self, point: _Point) -> dict[str, float]:
        return {name: values[at] for (name, values), at in zip(self._space.items(), point, strict=True)}

    def of(self, point: _Point) -> PerQuery:
        return self._measure(point)[0]

    def objective(self, point: _Point) -> NDArray[np.float64]:
        return self._measure(point)[1]

    def best(self, candidates: Sequence[_Point], queries: NDArray[np.int64], *, refine: bool) -> _Point:
        """Return the best setting on some of the queries."""

        def key(point: _Point) -> tuple[float, tuple[int, ...]]:
            # Means that differ by rounding alone are equal, so that the order of summation decides nothing.
            return (-round(float(self.objective(point)[queries].mean()), 12), point)

        best = min(candidates, key=key)
        while refine:
            before = best
            for axis, values in enumerate(self._space.values()):
                best = min(((*best[:axis], at, *best[axis + 1 :]) for at in range(len(values))), key=key)
            refine = best != before
        return best

    def _measure(self, point: _Point) -> tuple[PerQuery, NDArray[np.float64]]:
        if point not in self._known:
            values = self._score_of(self.params(point))
            if missing := self._weights.keys() - values.keys():
                raise ValueError(f"there's no metric {', '.join(sorted(missing))}")
            if not all(np.isfinite(value).all() for value in values.values()):
                raise ValueError("metrics to tune by are finite for every query")
            parts = [weight * np.asarray(values[metric]) for metric, weight in self._weights.items()]
            self._known[point] = values, np.sum(parts, axis=0) / sum(self._weights.values())
        return self._known[point]


def _candidates(space: Space, seed: int, trials: int) -> Iterator[_Point]:
    """Return all settings, or as many different ones as `trials` allows, drawn at random."""
    sizes = [len(values) for values in space.values()]
    if math.prod(sizes) <= trials:
        yield from itertools.product(*map(range, sizes))
        return
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    drawn: set[_Point] = set()
    while len(drawn) < trials:
        point = tuple(rng.randrange(size) for size in sizes)
        if point not in drawn:
            drawn.add(point)
            yield point


def _estimate(values: NDArray[np.float64], seed: int) -> Estimate:
    low, high = bootstrap_interval(values.tolist(), seed=seed)
    return Estimate(float(values.mean()), low, high)
