"""Histograms, recordings and the choice of queries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.load.histogram import RATIO, Histogram
from scripts.load.recording import Recording, joined
from scripts.load.zipf import Zipf


def latencies(seed: int, count: int = 20_000) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(1.5, 0.9, count)


def test_a_latency_is_in_the_bin_that_it_belongs_to() -> None:
    for value in latencies(0, 100):
        ((edge, count),) = Histogram.of(np.array([value])).bins().items()
        assert count == 1
        assert 0.999 * float(edge) <= value <= 1.001 * RATIO * float(edge)  # it is shown with four digits
    assert sum(Histogram.of(latencies(1)).bins().values()) == len(latencies(1))


def test_what_is_less_than_the_first_bin_is_in_it() -> None:
    assert sum(Histogram.of(np.array([0.0, 1e-9, 5.0])).bins().values()) == 3
    assert Histogram.of(np.empty(0)).bins() == {}


def test_places_are_drawn_as_often_as_zipf_says() -> None:
    size, draws = 50, 40_000
    zipf = Zipf(size, seed=3)
    counts = np.bincount([zipf.draw() for _ in range(draws)], minlength=size)
    shares = 1 / np.arange(1, size + 1)
    expected = draws * shares / shares.sum()
    assert len(counts) == size
    # Five standard deviations; the seed is fixed.
    assert (np.abs(counts - expected) < 5 * np.sqrt(expected)).all()


def test_equal_seeds_draw_equally() -> None:
    one, other, third = Zipf(1000, 1), Zipf(1000, 1), Zipf(1000, 2)
    drawn = [one.draw() for _ in range(50)]
    assert drawn == [other.draw() for _ in range(50)]
    assert drawn != [third.draw() for _ in range(50)]


def test_of_one_thing_it_is_drawn() -> None:
    assert {Zipf(1, 0).draw() for _ in range(5)} == {0}


def test_runs_are_joined_one_after_the_other() -> None:
    first, second = Recording(2.0), Recording(3.0)
    first.add("search", 0.5, 10, 200)
    second.add("feedback", 0.25, 20, 503)
    second.complaints.append("wrong")
    whole = joined([first, second])
    assert whole.seconds == 5
    assert list(whole.begun_s) == [0.5, 2.25]
    assert list(whole.latency_ms) == [10, 20]
    assert list(whole.kinds) == ["search", "feedback"]
    assert whole.statuses == {200: 1, 503: 1}
    assert whole.errors == 1
    assert whole.complaints == ["wrong"]


def test_a_run_lasts_until_its_last_answer() -> None:
    seen = Recording(1.0)
    assert seen.elapsed_s == 1
    seen.add("search", 0.9, 600, 200)
    assert seen.elapsed_s == pytest.approx(1.5)


def test_a_recording_is_read_as_it_was_saved(tmp_path: Path) -> None:
    recording = Recording(2.5)
    recording.add("search", 0.1, 5.5, 200, kept=True)
    recording.add("feedback", 0.2, 7.25, 503, held_ms=2.0)
    recording.save(tmp_path / "saved")
    found = Recording.load(tmp_path / "saved")
    assert (found.seconds, found.statuses) == (2.5, {200: 1, 503: 1})
    assert found.kinds.tolist() == ["search", "feedback"]
    assert found.kept.tolist() == [True, False]
    assert found.answer_ms.tolist() == [5.5, 5.25]
    Recording(1.0).save(tmp_path / "empty")
    assert len(Recording.load(tmp_path / "empty")) == 0
