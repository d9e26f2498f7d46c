"""Runs relations on generated cases, and counts what these met."""

from __future__ import annotations

import math
import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

PROVING = "METAMORPHIC_CASES" in os.environ
CASES = int(os.environ.get("METAMORPHIC_CASES", "2200"))


class Tally:
    """Counts what the cases of one test met, so that none of them proves nothing."""

    def __init__(self, name: str, share: float) -> None:
        """Prepare to count.

        Args:
            name: of what is counted, for the report.
            share: of `CASES` that the test runs.
        """
        self.name = name
        self.cases = math.ceil(CASES * share)
        self.met: Counter[str] = Counter()

    def note(self, **facts: bool) -> None:
        """Count one case."""
        self.met["cases"] += 1
        self.met.update(name for name, holds in facts.items() if holds)

    def check(self, **least: float) -> None:
        """Make sure that all cases ran, and that each fact held in its share of them."""
        if PROVING:
            counts = ", ".join(f"{count} {name}" for name, count in self.met.most_common())
            sys.stdout.write(f"{self.name}: {counts}\n")
        assert self.met["cases"] >= self.cases
        for name, share in least.items():
            assert self.met[name] >= share * self.met["cases"], (name, self.met)


def prove(tally: Tally, requests: st.SearchStrategy[Any], relation: Callable[[Any], None]) -> None:
    """Check a relation on as many generated requests as the tally wants: always the same ones, unless proving."""
    run = given(requests)(relation)
    settings(
        max_examples=tally.cases,
        derandomize=not PROVING,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )(run)()
