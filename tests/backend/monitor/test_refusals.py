"""What is refused or fails counts for what it asked for, and makes nothing look quick."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.admission import Admission
from backend.config import Settings
from backend.monitor import layout as at
from backend.monitor.burn import burn_of
from backend.monitor.figures import Shown
from backend.monitor.operations import UNROUTED
from backend.monitor.recorder import REQUEST, Recorder
from backend.monitor.slow import LINES_PER_S, SlowLines
from tests.backend.conftest import error_of, put, search, serving
from tests.backend.monitor.test_recorder import LAYOUT, NOW, overview

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BANDS_MS = (50, 100, 150, 300)


def behind(client: TestClient) -> TestClient:
    return TestClient(client.app, client=("203.0.113.7", 1), raise_server_exceptions=False)


def held(client: TestClient, admission: Admission) -> AbstractContextManager[None]:
    """One request inside for as long as the block runs."""
    assert client.portal is not None
    return client.portal.wrap_async_context_manager(admission.enter())


def shown(client: TestClient, operation: str) -> dict[str, Any]:
    (found,) = [one for one in client.get("/performance").json()["operations"] if one["operation"] == operation]
    return dict(found)


@on_sqlite
def test_searches_that_are_too_many_are_failed_searches(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(search_queue_size=1, performance_target_ms=10_000)) as client:
        runtime = client.app.state.runtime  # type: ignore[attr-defined]
        put(client, "p", "mug")
        search(client, "mug")
        before = client.get("/performance").json()
        assert before["target"]["verdict"] == "met"
        with held(client, runtime.engine.compute.admission):
            for number in range(3):
                assert error_of(client.post("/api/v1/search", json={"query": f"m{number}"})) == (503, "OVERLOADED")
            full = client.get("/metrics").text  # the alert compares these two
            for name in ("depth", "bound"):
                assert f'vitrine_queue_{name}{{queue="searches"}} 1.0' in full
        found = shown(client, "search")
        assert (found["count"], found["errors"], found["refused"]) == (4, 3, 3)
        assert found["health"] == "critical"
        after = client.get("/performance").json()
        assert after["burn"]["short"]["bad"] == before["burn"]["short"]["bad"] + 3
        assert (after["target"]["verdict"], after["target"]["error_rate"]) == ("missed", 0.6)
        assert not any(one["route"] == UNROUTED for one in after["endpoints"])
        page = client.get("/metrics").text
        assert 'vitrine_refused_requests_total{operation="search",status="503"} 3.0' in page


@on_sqlite
def test_lists_that_are_too_many_are_refused_and_leave_room_for_searches(
    make_settings: Callable[..., Settings],
) -> None:
    with serving(make_settings(search_queue_size=1)) as client:
        runtime = client.app.state.runtime  # type: ignore[attr-defined]
        put(client, "p", "mug")
        asked = {"user_id": "u", "context": "feed", "limit": 1}
        assert client.post("/api/v1/recommend", json=asked).status_code == 200
        with held(client, runtime.engine.compute.list_admission):
            assert error_of(client.post("/api/v1/recommend", json=asked | {"limit": 2})) == (503, "OVERLOADED")
            assert 'vitrine_queue_depth{queue="lists"} 1.0' in client.get("/metrics").text
            search(client, "mug")
        assert client.post("/api/v1/recommend", json=asked | {"limit": 2}).status_code == 200


@on_sqlite
def test_who_sends_too_much_is_counted_where_it_was_sent_and_spends_no_budget(
    make_settings: Callable[..., Settings],
) -> None:
    with serving(make_settings(rate_limit_ip_per_minute=1)) as client:
        put(client, "p", "mug")
        stranger = behind(client)
        assert [stranger.get("/api/v1/products/p").status_code for _ in range(4)] == [200, 429, 429, 429]
        assert stranger.post("/api/v1/search", json={"query": "mug"}).status_code == 429
        found = shown(client, "products.read")
        assert (found["count"], found["client_errors"], found["refused"]) == (4, 3, 3)
        assert (found["health"], found["latency_ms"]["min"] > 0) == ("excellent", True)
        refused = shown(client, "search")
        assert (refused["refused"], refused["health"], refused["latency_ms"]["min"]) == (1, None, 0)
        answer = client.get("/performance").json()
        assert answer["burn"]["short"]["requests"] == 2  # the write, and the read that was answered
        assert client.get("/nowhere").status_code == 404
        (nowhere,) = [one for one in client.get("/performance").json()["endpoints"] if one["route"] == UNROUTED]
        assert (nowhere["operation"], nowhere["count"]) == ("other", 1)


@pytest.mark.parametrize(
    ("status", "failed"), [(503, 0.95), (500, 0.95), (429, 0.0), (401, 0.0), (422, 0.0), (499, 0.0)]
)
def test_what_is_not_answered_is_not_among_the_times(status: int, failed: float) -> None:
    recorder = Recorder(LAYOUT)
    series = recorder.series(REQUEST, "POST", "/api/v1/search")
    for _ in range(95):
        recorder.request(series, 0.001, NOW, status, "", True, False)
    for _ in range(5):
        recorder.request(series, 0.4, NOW, 200, "", True, True)
    figures = Shown(overview(recorder), BANDS_MS).overall
    assert (figures.count, figures.error_rate, figures.health) == (100, failed, "critical")
    assert figures.latency_ms.p50 == figures.latency_ms.min == 400
    ((_, _, total),) = overview(recorder).totals(REQUEST)
    assert (total[: at.SUM].sum(), total[at.CLASSES + status // 100]) == (5, 95)
    assert burn_of(overview(recorder), 60, 600).alert == "fast_burn"


def test_whoever_leaves_because_it_takes_too_long_counts_as_late() -> None:
    recorder = Recorder(LAYOUT)
    recorder.request(recorder.series(REQUEST, "POST", "/api/v1/search"), 2.0, NOW, 499, "", True, True)
    figures = Shown(overview(recorder), BANDS_MS).overall
    assert (figures.count, figures.client_errors, figures.health) == (1, 1, "critical")
    assert overview(recorder).spent(60) == (1, 1)


def test_what_only_fails_is_not_well() -> None:
    recorder = Recorder(LAYOUT)
    recorder.request(recorder.series(REQUEST, "POST", "(none)"), 0.001, NOW, 500, "", False, False)
    (other,) = Shown(overview(recorder), BANDS_MS).operations
    assert (other.count, other.health, other.latency_ms.p95) == (1, "critical", 0)


@pytest.mark.parametrize(("status", "health"), [(503, "excellent"), (500, "critical")])
def test_a_probe_that_hears_not_yet_is_no_failure_of_the_server(status: int, health: str) -> None:
    recorder = Recorder(LAYOUT)
    series = recorder.series(REQUEST, "GET", "/ready")
    for told in (status, status, 200):
        recorder.request(series, 0.001, NOW, told, "", False, False)
    shown = Shown(overview(recorder), BANDS_MS)
    assert [one.health for one in (*shown.operations, *shown.endpoints)] == [health, health]
    assert [one.errors for one in shown.endpoints] == [2]


def test_no_429_makes_up_for_a_failed_probe() -> None:
    recorder = Recorder(LAYOUT)
    series = recorder.series(REQUEST, "GET", "/metrics")
    for told in (500, 429, 429, 200):
        recorder.request(series, 0.001, NOW, told, "", False, False)
    (shown,) = Shown(overview(recorder), BANDS_MS).operations
    assert (shown.refused, shown.health) == (2, "critical")


def test_the_log_has_a_few_slow_requests_a_second_and_says_how_many_it_left_out() -> None:
    lines = SlowLines()
    assert [lines.take(7.0 + number / 100) for number in range(9)] == [True] * LINES_PER_S + [False] * 4
    assert lines.take(8.0)
    assert (lines.left_out(), lines.left_out()) == (4, 0)


@on_sqlite
def test_every_slow_request_is_in_the_log_or_counted_there(
    make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(make_settings(performance_slow_ms=0)) as client:
        for _ in range(60):
            client.get("/api/v1/products/none")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "slow request" in line]
    left_out = sum(line.get("left_out", 0) for line in lines)
    assert left_out > 0
    assert sum(line["message"] == "slow request" for line in lines) + left_out == 60


@on_sqlite
@pytest.mark.parametrize("path", ["/", "/live", "/ready", "/health", "/api/v1/health", "/api/v1/health/ready"])
def test_probes_may_ask_for_the_head_alone(client: TestClient, path: str) -> None:
    assert client.head(path).status_code == 200
