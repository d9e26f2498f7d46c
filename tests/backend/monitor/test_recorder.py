"""What a worker records, and what is read back."""

from __future__ import annotations

import threading
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.monitor import layout as at
from backend.monitor.carried import Totals
from backend.monitor.layout import Layout
from backend.monitor.overview import Overview, Window
from backend.monitor.reading import read_worker
from backend.monitor.recorder import REQUEST, STAGE, Recorder

LAYOUT = Layout(window_s=60, slices=6, budget_s=600)
NOW = 10_000.0


def overview(*recorders: Recorder, now: float = NOW) -> Overview:
    workers = [read_worker(recorder.memory, LAYOUT) for recorder in recorders]
    return Overview([worker for worker in workers if worker is not None], Totals(), LAYOUT, now)


def window(recorder: Recorder, now: float = NOW) -> Window:
    found = [slices for _, _, slices in overview(recorder, now=now).windows(REQUEST)]
    return Window.of([one for slices in found for one in slices])


def record(recorder: Recorder, seconds: float, now: float = NOW, status: int = 200, cache: str = "") -> None:
    series = recorder.series(REQUEST, "GET", "/x")
    recorder.request(series, seconds, now, status, cache, True, status >= 500)


@pytest.mark.parametrize("seed", range(5))
def test_percentiles_are_within_two_percent_of_numpy(seed: int) -> None:
    random = np.random.default_rng(seed)
    times = random.lognormal(random.uniform(-9, 0), random.uniform(0.2, 2), 5000).clip(1e-6, 119)
    recorder = Recorder(LAYOUT)
    for seconds in times.tolist():
        record(recorder, seconds)
    found = window(recorder)
    assert (found.count, found.least_s, found.most_s) == (5000, times.min(), times.max())
    assert found.mean_s == pytest.approx(times.mean())
    for rank in (0.01, 0.5, 0.95, 0.99, 0.999):
        assert found.percentile(rank) == pytest.approx(np.quantile(times, rank, method="inverted_cdf"), rel=0.02)


@given(st.lists(st.floats(-20, 8), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_any_time_at_all_finds_its_bucket(powers: list[float]) -> None:
    recorder = Recorder(LAYOUT)
    times = [exp(power) for power in powers]
    for seconds in [0.0, *times]:
        record(recorder, seconds)
    found = window(recorder)
    assert found.count == len(times) + 1
    assert found.least_s == 0
    assert found.percentile(0) <= at.LOWEST_S
    assert found.percentile(1) <= found.most_s == max(times)


def test_the_window_forgets_and_totals_do_not() -> None:
    recorder = Recorder(LAYOUT)
    record(recorder, 0.5, NOW - 61)
    record(recorder, 0.9, NOW - 61, status=500)
    record(recorder, 0.1, NOW - 30)
    record(recorder, 0.2, NOW, status=404)
    record(recorder, 0.2, NOW, cache="miss")
    found = window(recorder)
    assert (found.count, found.errors, found.client_errors, found.misses) == (3, 0, 1, 1)
    assert window(recorder, NOW + 1000).count == 0
    ((_, _, total),) = overview(recorder).totals(REQUEST)
    assert total[: at.SUM].sum() == 3
    assert total[at.SUM] == pytest.approx(0.8)
    assert total[at.CLASSES + 5] == 1
    record(recorder, 0.3, NOW + 1000)  # into a slice that was used before
    assert window(recorder, NOW + 1000).count == 1


def test_the_bounds_of_prometheus_are_inclusive() -> None:
    recorder = Recorder(LAYOUT)
    for seconds in at.BOUNDS_S:
        record(recorder, seconds)
    record(recorder, at.BOUNDS_S[-1] + 1)
    ((_, _, total),) = overview(recorder).totals(REQUEST)
    assert total[: at.SUM].tolist() == [1.0] * at.SUM


def test_workers_add_up() -> None:
    one, other = Recorder(LAYOUT), Recorder(LAYOUT)
    record(one, 0.001)
    record(other, 0.010)
    record(other, 0.020)
    one.count("vitrine_x", ("a",))
    other.count("vitrine_x", ("a",), 2)
    both = overview(one, other)
    ((_, _, slices),) = both.windows(REQUEST)
    found = Window.of(slices)
    assert (found.count, found.least_s, found.most_s) == (3, 0.001, 0.020)
    assert both.counters["vitrine_x", "a"] == both.counters["vitrine_budget_requests",] == 3
    assert both.spent(600) == (3, 0)


def test_the_budget_counts_what_is_bad_within_its_windows() -> None:
    recorder = Recorder(LAYOUT)
    for age, status in ((700, 500), (300, 500), (300, 200), (1, 200)):
        record(recorder, 0.01, NOW - age, status)
    found = overview(recorder)
    assert (found.spent(600), found.spent(60)) == ((3, 1), (1, 0))
    assert found.counters["vitrine_budget_bad_requests",] == 2


def test_the_slowest_twentieth_is_told_by_the_slices_before() -> None:
    recorder = Recorder(LAYOUT)
    series = recorder.series(REQUEST, "GET", "/x")

    def ask(seconds: float, now: float) -> bool:
        return recorder.request(series, seconds, now, 200, "", True, False)

    for number in range(100):
        ask(0.001 * (number + 1), NOW)
    assert not ask(0.090, NOW + 10)
    assert ask(0.099, NOW + 10)
    recorder.stages("o", {"encode": 60.0, "total": 90.0}, NOW + 10, is_heavy=True)
    recorder.stages("o", {"encode": 10.0}, NOW + 10, is_heavy=False)
    ((_, stage, slices), _) = overview(recorder, now=NOW + 10).windows(STAGE)
    assert (stage, Window.of(slices).heavy_s, Window.of(slices).count) == ("encode", 0.06, 2)


def test_memory_is_bounded_however_many_names_there_are() -> None:
    recorder = Recorder(LAYOUT)
    for number in range(2 * at.MAX_SERIES):
        recorder.request(recorder.series(REQUEST, "GET", f"/{number}"), 0.1, NOW, 200, "", True, False)
        recorder.count("vitrine_x", (str(number),))
    recorder.request(recorder.series(REQUEST, "GET", "/" + "x" * 1000), 0.1, NOW, 200, "", True, False)
    assert len(recorder.memory) == LAYOUT.size
    found = overview(recorder)
    routes = {route: total[: at.SUM].sum() for _, route, total in found.totals(REQUEST)}
    assert len(routes) == at.MAX_SERIES - 1  # one is for stages without room
    assert sum(routes.values()) == 2 * at.MAX_SERIES + 1
    assert len(found.counters) == at.MAX_COUNTERS


def test_counters_take_additions_of_several_threads() -> None:
    recorder = Recorder(LAYOUT)

    def add() -> None:
        for _ in range(5000):
            recorder.count("vitrine_x")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recorder.counted("vitrine_x") == 20_000


def slow(recorder: Recorder, seconds: float, now: float = NOW, query: str | None = None) -> None:
    stages = {"encode": 1.0} if query else {}
    recorder.slow(seconds, now, lambda: {"ms": seconds, "query": query, "stages_ms": stages})


def kept_slow(recorder: Recorder) -> list[float]:
    (worker,) = overview(recorder).workers
    return sorted(entry["ms"] for entry in worker.slow)


def test_the_slowest_requests_of_the_window_are_kept_in_whatever_order_they_came() -> None:
    rng = np.random.default_rng(7)
    recorder = Recorder(LAYOUT)
    times = [float(seconds) for seconds in rng.permutation(1000)]
    for number, seconds in enumerate(times):
        slow(recorder, seconds, NOW + number / 100)
    assert kept_slow(recorder) == sorted(times)[-at.SLOW_SLOTS :]


def test_slow_requests_older_than_the_window_go_before_those_that_are_quicker() -> None:
    recorder = Recorder(LAYOUT)
    for number in range(at.SLOW_SLOTS):
        slow(recorder, 100.0 + number, NOW + number / 10)
    slow(recorder, 50.0, NOW + 10)
    assert kept_slow(recorder) == [100.0 + number for number in range(at.SLOW_SLOTS)]
    for number in range(2):
        slow(recorder, 1.0 + number, NOW + LAYOUT.window_s + 0.15)
    assert kept_slow(recorder) == [1.0, 2.0, *(102.0 + number for number in range(at.SLOW_SLOTS - 2))]
    slow(recorder, 1.5, NOW + LAYOUT.window_s + 0.15)
    assert kept_slow(recorder)[:2] == [1.5, 2.0]


def test_a_slow_request_too_long_for_its_place_is_kept_without_stages_and_words() -> None:
    recorder = Recorder(LAYOUT)
    slow(recorder, 1000, query="x" * 2000)
    (worker,) = overview(recorder).workers
    assert worker.slow == [{"ms": 1000, "query": None, "stages_ms": {}}]


def test_a_worker_of_another_form_is_not_misread() -> None:
    assert read_worker(Recorder(LAYOUT).memory, Layout(window_s=61, slices=6, budget_s=600)) is None
