"""What is said of an overload, from made-up runs."""

from __future__ import annotations

import os

import numpy as np
import pytest

from scripts.bench.memory import MemoryLog, Slope
from scripts.bench.overload import recovery, under_overload
from scripts.load.recording import Recording
from scripts.serving import Server


def seen(*seconds: tuple[float, int]) -> Recording:
    """Return a run of two seconds of overload, then a second for each latency and status."""
    recording = Recording(2.0 + len(seconds))
    for number in range(60):
        admitted = number % 3 == 0
        recording.add("search", number / 30, 300 if admitted else 4, 200 if admitted else 503)
    for second, (latency, status) in enumerate(seconds):
        for part in range(10):
            recording.add("search", 2 + second + part / 10, latency, status)
    return recording


def test_shares_are_of_what_was_due_during_the_overload() -> None:
    said = under_overload(seen((5, 200)), 2.0)
    assert said["asked_per_second"] == 30
    assert said["admitted_per_second"] == 10
    assert said["shed_share"] == pytest.approx(2 / 3, abs=1e-3)
    assert said["shed_p95_ms"] == 4
    assert said["admitted_p95_ms"] == 300
    assert said["statuses"] == {"200": 20, "503": 40}


@pytest.mark.parametrize(
    ("after", "second"),
    [
        ([(5, 200)], 0),
        ([(200, 200), (5, 200)], 1),
        ([(5, 503), (5, 503), (5, 200)], 2),
        ([(200, 200), (50, 200)], None),
    ],
)
def test_recovery_is_the_first_good_second(after: list[tuple[float, int]], second: int | None) -> None:
    assert recovery(seen(*after), 2.0, limit_ms=20) == second


def test_the_slope_is_of_what_comes_after_the_warm_up() -> None:
    log = MemoryLog(Server("", 0, os.getpid()))
    log.seconds, log.own_mb = [0.0, *(600.0 * n for n in range(1, 12))], [100.0, *(500.0 + n for n in range(11))]
    slope = log.slope(600)
    assert slope is not None
    assert (slope.mb_per_hour, slope.low, slope.high) == (pytest.approx(6),) * 3  # on the line, so it is known
    assert log.slope(2000) is None


def test_a_slope_says_how_sure_it_is() -> None:
    rng = np.random.default_rng(0)
    seconds = np.arange(0.0, 600, 2)
    held = 0
    for _ in range(200):
        wandering = np.zeros(len(seconds))
        for n in range(1, len(seconds)):
            wandering[n] = 0.8 * wandering[n - 1] + rng.normal()
        slope = Slope.through(seconds.tolist(), (wandering + 30 * seconds / 3600).tolist())
        assert slope is not None
        held += slope.low <= 30 <= slope.high
    assert 170 <= held <= 200  # 190, if neighbours were as alike in each as in all


def test_memory_is_noted_while_the_block_runs() -> None:
    with MemoryLog(Server("", 0, os.getpid())) as log:
        pass
    assert log.mb[0] >= int(log.own_mb[0]) > 10
    assert len(log.mb) == len(log.own_mb) == len(log.seconds)
