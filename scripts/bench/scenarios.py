"""What is measured, and under which load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.bench.asking import Ask, Asking
from scripts.console import UsageError

RATES = (25.0, 50.0, 100.0, 200.0)
FILTERS = (50, 10, 1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of request.

    Attributes:
        connections: of the closed loops.
        rates: of the open loops, in requests a second.
        compared: whether the reference server is asked too. It can't keep up with the open loops, where it would
            only be a queue that grows, and it doesn't know filters.
    """

    name: str
    ask: Ask
    connections: Sequence[int]
    rates: Sequence[float] = ()
    compared: bool = True


def scenarios(asking: Asking, only: str, connections: Sequence[int] | None) -> list[Scenario]:
    """Return what `only` names, comma-separated; all of them when it is empty.

    Raises:
        UsageError: it names what isn't there.
    """
    usual = connections or (1, 8, 32)
    every = [
        Scenario("search", asking.search, usual, RATES),
        *(
            Scenario(f"filter-{percent}", asking.filtered(percent), connections or (1,), compared=False)
            for percent in FILTERS
        ),
        Scenario("cached", asking.cached, connections or (1, 16)),
        Scenario("image", asking.image, usual),
        Scenario("recommend", asking.recommend, usual),
        Scenario("feedback", asking.feedback, usual),
        Scenario("mixed", asking.mixed, usual),
    ]
    asked = [name.strip() for name in only.split(",") if name.strip()]
    chosen = [one for one in every if not asked or one.name in asked or one.name.partition("-")[0] in asked]
    if unknown := set(asked) - {one.name for one in chosen} - {one.name.partition("-")[0] for one in chosen}:
        names = ", ".join(one.name for one in every)
        raise UsageError(f"no scenario is named {', '.join(sorted(unknown))}; there are {names}")
    return chosen
