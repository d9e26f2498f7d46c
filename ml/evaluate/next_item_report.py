"""The result of a next-item evaluation, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.evaluate.next_item import OURS, Measured
from ml.evaluate.ranks import METRICS, user_intervals

HISTORY_GROUPS: Final = {"history 1-2": (1, 2), "history 3-5": (3, 5), "history 6+": (6, None)}
SUPPORT_GROUPS: Final = {"target unknown": (0, 0), "target 1-4": (1, 4), "target 5+": (5, None)}
"""By the shoppers who chose the target in what the tables were learned from."""
PROTOCOLS: Final = {"kept": "products of the history stay in the ranking", "removed": "they are taken out"}


@dataclass(frozen=True, slots=True)
class Figure:
    """Mean over cases with its 95% bootstrap interval; users are resampled, as their cases go together."""

    mean: float
    low: float
    high: float


Figures = Mapping[str, Figure]
"""By metric."""


@dataclass(frozen=True, slots=True)
class NextItemReport:
    """What was measured.

    Attributes:
        protocol: what was learned and asked, in words.
        cases: how many questions.
        users: of how many users.
        weights: of the signals, by blend.
        systems: figures by protocol (`PROTOCOLS`), then by system.
        ours_minus: of ours less each other system, case by case, by protocol.
        groups: means with the history kept, by group of cases, then by system; and how many cases.
        shares: nDCG@10 on the tuning choices by share of the collaborative part in served lists, by weights.
    """

    protocol: Sequence[str]
    cases: int
    users: int
    weights: Mapping[str, Mapping[str, float]]
    systems: Mapping[str, Mapping[str, Figures]]
    ours_minus: Mapping[str, Mapping[str, Figures]]
    groups: Mapping[str, Mapping[str, Mapping[str, float]]]
    group_sizes: Mapping[str, int]
    shares: Mapping[str, Mapping[str, float]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)

    def render(self) -> str:
        """Return plain text tables."""
        lines = [
            *self.protocol,
            f"{self.cases} cases of {self.users} users; {', '.join(METRICS)} over the whole catalogue",
        ]
        for protocol, meaning in PROTOCOLS.items():
            lines += ["", f"seen {protocol}: {meaning}", f"{'':<28}" + "".join(f"{name:>28}" for name in METRICS)]
            lines += [_row(name, figures) for name, figures in self.systems[protocol].items()]
            lines += ["", f"{'ours minus':<28}" + "".join(f"{name:>28}" for name in METRICS)]
            lines += [_row(name, figures, "+") for name, figures in self.ours_minus[protocol].items()]
        lines += ["", f"{METRICS[1]}, seen kept{'':<11}" + "".join(f"{name:>17}" for name in self.groups)]
        lines += [f"{'cases':<28}" + "".join(f"{size:>17}" for size in self.group_sizes.values())]
        for system in next(iter(self.groups.values())):
            cells = [by_system[system][METRICS[1]] for by_system in self.groups.values()]
            lines.append(f"{system:<28}" + "".join(f"{value:>17.4f}" for value in cells))
        lines += ["", f"{'weights':<28}" + "".join(f"{name:>12}" for name in next(iter(self.weights.values())))]
        lines += [
            f"{blend:<28}" + "".join(f"{weight:>12.3f}" for weight in signals.values())
            for blend, signals in self.weights.items()
        ]
        if self.shares:
            shares = next(iter(self.shares.values()))
            lines += [
                "",
                "lists as served: nDCG@10 on the tuning choices, by share of the collaborative part",
            ]
            lines += [f"{'':<28}" + "".join(f"{share:>9}" for share in shares)]
            lines += [
                f"{name:<28}" + "".join(f"{gain:>9.4f}" for gain in gains.values())
                for name, gains in self.shares.items()
            ]
        return "\n".join(lines)


def report(
    measured: Measured,
    protocol: Sequence[str],
    weights: Mapping[str, Mapping[str, float]],
    shares: Mapping[str, Mapping[float, float]],
    seed: int,
) -> NextItemReport:
    """Summarise what was measured.

    Args:
        measured: the figures of each case.
        protocol: in words.
        weights: by blend, then by signal.
        shares: from `gains_by_share`, by name of the weights.
        seed: of the bootstrap.
    """
    protocols = {"kept": measured.kept, "removed": measured.removed}
    ours = measured.systems.index(OURS)
    others = [system for system in measured.systems if system != OURS]
    at = [measured.systems.index(system) for system in others]
    return NextItemReport(
        protocol=tuple(protocol),
        cases=len(measured.users),
        users=len(np.unique(measured.users)),
        weights=weights,
        systems={
            name: _figures(measured.systems, values, measured.users, seed) for name, values in protocols.items()
        },
        ours_minus={
            name: _figures(others, values[:, :, [ours]] - values[:, :, at], measured.users, seed)
            for name, values in protocols.items()
        },
        groups={name: _means(measured, chosen) for name, chosen in _groups(measured).items()},
        group_sizes={name: int(chosen.sum()) for name, chosen in _groups(measured).items()},
        shares={
            name: {f"{share:g}": gain for share, gain in gains.items()} for name, gains in shares.items() if gains
        },
    )


def figures_of(values: NDArray[np.float64], users: NDArray[np.int64], seed: int) -> dict[str, Figure]:
    """Summarise the metrics of c cases: float64, shape (c, metrics)."""
    return _figures(("",), values[:, :, None], users, seed)[""]


def _figures(
    systems: Sequence[str], values: NDArray[np.float64], users: NDArray[np.int64], seed: int
) -> dict[str, dict[str, Figure]]:
    """Summarise float64, shape (c, metrics, systems)."""
    shape = values.shape[1:]
    low, high = (end.reshape(shape) for end in user_intervals(values.reshape(len(values), -1), users, seed))
    mean = values.mean(axis=0)
    return {
        system: {
            metric: Figure(float(mean[row, at]), float(low[row, at]), float(high[row, at]))
            for row, metric in enumerate(METRICS)
        }
        for at, system in enumerate(systems)
    }


def _groups(measured: Measured) -> dict[str, NDArray[np.bool_]]:
    """Return which cases are of each group that has any."""
    groups = {}
    for bounds, values in ((HISTORY_GROUPS, measured.history), (SUPPORT_GROUPS, measured.support)):
        for name, (low, high) in bounds.items():
            chosen = (values >= low) & (values <= (np.inf if high is None else high))
            if chosen.any():
                groups[name] = chosen
    return groups


def _means(measured: Measured, chosen: NDArray[np.bool_]) -> dict[str, dict[str, float]]:
    means = measured.kept[chosen].mean(axis=0)
    return {
        system: {metric: float(means[row, column]) for row, metric in enumerate(METRICS)}
        for column, system in enumerate(measured.systems)
    }


def _row(name: str, figures: Figures, sign: str = "") -> str:
    cells = [f"{f.mean:{sign}.4f} ({f.low:{sign}.4f} to {f.high:{sign}.4f})" for f in figures.values()]
    return f"{name:<28}" + "".join(f"{cell:>28}" for cell in cells)
