"""What the figures are to reach, beside what they are. The ratio to the reference decides on a slow machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Line = Mapping[str, Any]
TOO_MUCH = {"200/s"}  # which a server may refuse


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a report, found by what they are of."""

    every: Sequence[Line]

    def get(self, scenario: str, load: str, server: str = "ours") -> Line | None:
        """Return a line; None when it wasn't measured."""
        wanted = (scenario, load, server)
        return next((line for line in self.every if (line["scenario"], line["load"], line["server"]) == wanted), None)

    def value(self, scenario: str, load: str, name: str) -> float | None:
        """Return one figure of ours."""
        line = self.get(scenario, load)
        return None if line is None else float(line[name])

    def ratio(self, scenario: str, load: str, name: str, server: str = "reference") -> float | None:
        """Return how much better ours is: how many times faster, or how many times as many."""
        ours, other = self.get(scenario, load), self.get(scenario, load, server)
        if ours is None or other is None or not ours[name] or not other[name]:
            return None
        times = ours[name] / other[name]
        return float(times if name == "per_second" else 1 / times)

    def worse(self, scenario: str, than: str, load: str, name: str) -> float | None:
        """Return how many times as long one scenario of ours takes as another."""
        slow, fast = self.value(scenario, load, name), self.value(than, load, name)
        return None if slow is None or not fast else slow / fast


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: what is compared, and whether it may not be more or not be less than the limit."""

    text: str
    limit: float
    most: bool
    figure: Callable[[Lines], float | None]

    def judge(self, lines: Lines) -> dict[str, Any]:
        """Return the goal, the figure and whether it is met; null where it wasn't measured."""
        return verdict(self.text, self.figure(lines), self.limit, most=self.most)


def verdict(text: str, figure: float | None, limit: float, *, most: bool) -> dict[str, Any]:
    """Return a goal, the figure and whether it is met; null where it wasn't measured."""
    met = None if figure is None else (figure <= limit if most else figure >= limit)
    shown = None if figure is None else round(figure, 3)
    return {"goal": f"{text} {'<=' if most else '>='} {limit:,g}", "figure": shown, "met": met}


def _at_most(text: str, scenario: str, load: str, name: str, limit: float) -> Goal:
    return Goal(text, limit, True, lambda lines: lines.value(scenario, load, name))


def _at_least(text: str, scenario: str, load: str, limit: float) -> Goal:
    return Goal(text, limit, False, lambda lines: lines.value(scenario, load, "per_second"))


def _times(text: str, scenario: str, load: str, name: str, limit: float, server: str = "reference") -> Goal:
    return Goal(text, limit, False, lambda lines: lines.ratio(scenario, load, name, server))


def _filter(percent: int) -> Goal:
    text = f"filter of {percent} %, 1 at once: p95 to unfiltered"
    return Goal(text, 1.3, True, lambda lines: lines.worse(f"filter-{percent}", "search", "1 at once", "p95_ms"))


def _failures(lines: Lines) -> float | None:
    ours = [line for line in lines.every if line["server"] == "ours" and line["load"] not in TOO_MUCH]
    return float(sum(line["errors"] + len(line["wrong"]) for line in ours)) if ours else None


GOALS = (
    _at_most("search, 1 at once: p50 ms", "search", "1 at once", "p50_ms", 7),
    _at_most("search, 1 at once: p95 ms", "search", "1 at once", "p95_ms", 12),
    _times("search, 1 at once: p50, times faster than the reference", "search", "1 at once", "p50_ms", 10),
    _at_least("search, 32 at once: a second", "search", "32 at once", 250),
    _at_most("search, 32 at once: p95 ms", "search", "32 at once", "p95_ms", 150),
    _times("search, 32 at once: times as many as the reference", "search", "32 at once", "per_second", 20),
    _at_most("search, 100/s: p95 ms", "search", "100/s", "p95_ms", 45),
    _times("search, 8 at once: times as many as pgvector", "peers", "8 at once", "per_second", 1.2, "pgvector"),
    _times("search, 8 at once: times as many as Chroma", "peers", "8 at once", "per_second", 2, "chroma"),
    *(_filter(percent) for percent in (50, 10, 1)),
    _at_most("cached search, 1 at once: p95 ms", "cached", "1 at once", "p95_ms", 0.5),
    _at_least("cached search, 16 at once: a second", "cached", "16 at once", 10_000),
    _at_most("recommend, 1 at once: p95 ms", "recommend", "1 at once", "p95_ms", 2),
    _at_least("recommend, 32 at once: a second", "recommend", "32 at once", 1000),
    _at_most("feedback, 1 at once: p95 ms", "feedback", "1 at once", "p95_ms", 2),
    _at_least("feedback, 32 at once: a second", "feedback", "32 at once", 2000),
    _at_most("search by picture, 1 at once: p50 ms", "image", "1 at once", "p50_ms", 35),
    _at_most("search by picture, 1 at once: p95 ms", "image", "1 at once", "p95_ms", 50),
    Goal("answers of ours that failed or were wrong, but for the 200/s that may be too many", 0, True, _failures),
)


def judged(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return every goal with its figure."""
    return [goal.judge(Lines(lines)) for goal in GOALS]
