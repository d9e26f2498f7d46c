"""Runs the machine; `make prove-catalogue STEPS=10000` runs as many steps, with fresh random ones."""

from __future__ import annotations

import math
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ml.lexical import index as lexical_index
from scripts.local_services import fresh_database
from tests.backend.catalogue_machine.machine import CatalogueMachine

pytestmark = pytest.mark.slow

PROVING = "MACHINE_STEPS" in os.environ
STEPS = int(os.environ.get("MACHINE_STEPS", "1000"))  # of both databases together
RUN = 50  # steps of one catalogue
LEAST = {
    "writes": 0.1, "deletes": 0.01, "imports": 0.01, "searches": 0.9, "found": 0.4, "merges": 0.01, "saves": 0.01,
    "loads": 0.04, "loads of damaged files": 0.01, "merges beside writes": 0.01, "comparisons": 0.01,
}  # fmt: skip
"""Of all steps, so that no part is left out."""
RARE = {"merges beside writes"}  # a short run may have none


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/catalogue.db"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_random_sequences_never_leave_the_model(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical_index, "DELTA_ENTRIES", 40)  # so that segments are made, and merged, all the time
    steps = STEPS // 2

    class Machine(CatalogueMachine):
        done: ClassVar[Counter[str]] = Counter()

        @contextmanager
        def database(self, folder: Path) -> Iterator[str]:
            given = sqlite(folder) if kind == "sqlite" else fresh_database(request.getfixturevalue("postgres_url"))
            with given as url:
                yield url

    done = Machine.done
    while done["steps"] < steps:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=math.ceil((steps - done["steps"]) / RUN),
                stateful_step_count=RUN,
                derandomize=not PROVING,
                database=None,
                deadline=None,
                phases=(Phase.generate,),  # a failure has at most so many steps: shrinking it takes minutes
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
    if PROVING:
        sys.stdout.write(f"{kind}: " + ", ".join(f"{count} {name}" for name, count in done.most_common()) + "\n")
    for name, share in LEAST.items():
        if PROVING or name not in RARE:
            assert done[name] >= share * done["steps"], (name, done)
