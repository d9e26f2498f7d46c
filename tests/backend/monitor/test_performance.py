"""`/performance`, `/metrics` and request ids of a real application."""

from __future__ import annotations

import asyncio
import fcntl
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from backend.config import Settings
from backend.main import create_app
from backend.monitor import layout as at
from backend.monitor import sharing
from backend.monitor.middleware import MonitorMiddleware
from backend.monitor.operations import OPERATIONS
from backend.monitor.runtime import Monitor
from backend.monitor.templates import Templates
from ml.encoder.fake import FakeEncoder
from tests.backend.conftest import error_of, put, search, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEY = "0123456789abcdef"


def of(found: list[dict[str, Any]], **keys: str) -> dict[str, Any]:
    (one,) = [one for one in found if keys.items() <= one.items()]
    return one


def total(client: TestClient, sample: str) -> float:
    """Return the value of one sample of `/metrics`."""
    (line,) = [line for line in client.get("/metrics").text.splitlines() if line.startswith(sample + " ")]
    return float(line.rpartition(" ")[2])


class Slow(FakeEncoder):
    """Takes its time for some words, and fails at others."""

    def encode_texts(self, texts):  # type: ignore[no-untyped-def]
        if any("slow" in text for text in texts):
            time.sleep(0.03)
        if any("broken" in text for text in texts):
            raise RuntimeError("out of order")
        return super().encode_texts(texts)


def test_every_request_is_counted_under_its_route(client: TestClient) -> None:
    put(client, "p", "mug")
    for number in range(4):
        search(client, f"mug {number}")  # a kept answer has no stages
    client.post("/api/v1/search", json={"query": 1})
    client.get("/api/v1/products/none")
    client.get("/api/v1/products/p/similar")
    answer = client.get("/performance").json()
    found = of(answer["operations"], operation="search")
    assert (found["count"], found["errors"], found["client_errors"]) == (5, 0, 1)
    assert found["health"] in ("excellent", "good", "acceptable", "slow", "critical")
    latency = found["latency_ms"]
    assert 0 < latency["min"] <= latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["max"]
    assert {stage["stage"]: stage["count"] for stage in found["stages"]}["retrieve"] == 4
    assert of(answer["operations"], operation="similar")["stages"] != []
    route = of(answer["endpoints"], method="GET", route="/api/v1/products/{product_id}")
    assert (route["operation"], route["client_errors"]) == ("products.read", 1)
    assert answer["overall"]["count"] == 8  # without the probes
    assert (answer["workers"], answer["target"]["verdict"] in ("met", "missed")) == (1, True)
    labels = 'method="POST",operation="search",route="/api/v1/search"'
    assert total(client, f"vitrine_request_seconds_count{{{labels}}}") == 4
    assert total(client, f'vitrine_requests_total{{{labels},status="4xx"}}') == 1


def test_the_stage_to_blame_is_named(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(performance_target_ms=15, query_cache_size=0), Slow()) as client:
        put(client, "p", "mug")
        for number in range(25):
            search(client, f"slow {number}")
        answer = client.get("/performance").json()
        stages = of(answer["operations"], operation="search")["stages"]
        assert of(stages, stage="encode")["share_of_slowest"] > 0.5
        assert any(re.match(r"search: p95 is .* `encode` takes", line) for line in answer["advice"])
        assert (answer["target"]["verdict"], answer["burn"]["alert"]) == ("missed", "fast_burn")
        assert answer["burn"]["short"]["bad"] >= 25


def test_errors_of_ours_spend_the_budget(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(performance_target_ms=10_000), Slow()) as client:
        put(client, "p", "mug")
        answer = client.post("/api/v1/search", json={"query": "broken"})
        assert error_of(answer) == (500, "INTERNAL_ERROR")
        shown = client.get("/performance").json()
        assert of(shown["operations"], operation="search")["errors"] == 1
        assert (shown["burn"]["short"]["requests"], shown["burn"]["short"]["bad"]) == (2, 1)


@pytest.mark.parametrize("keeps", [False, True])
def test_slow_requests_are_listed_without_their_words(
    make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str], keeps: bool
) -> None:
    settings = make_settings(performance_slow_ms=25, performance_keep_queries=keeps)
    with serving(settings, Slow()) as client:
        put(client, "p", "mug")
        client.post("/api/v1/search", json={"query": "slow Übung"}, headers={"X-Request-ID": "mine"})
        found = client.get("/performance/slow-queries").json()
        slow = of(found["requests"], request_id="mine")
        assert (slow["operation"], slow["query_characters"], slow["query_words"]) == ("search", 10, 2)
        assert (slow["method"], slow["route"]) == ("POST", "/api/v1/search")
        assert slow["query"] == ("slow Übung" if keeps else None)
        assert slow["ms"] > slow["stages_ms"]["encode"] > 25
        assert len(client.get("/performance/slow-queries?limit=1").json()["requests"]) == 1
        assert client.get("/performance/slow-queries?limit=0").status_code == 422
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "slow request" in line]
    line = of(lines, request_id="mine")
    assert (line["level"], line["route"], line["status"]) == ("WARNING", "/api/v1/search", 200)
    assert "bung" not in json.dumps(line)


@pytest.mark.parametrize("reading_is_free", [True, False])
def test_performance_is_as_private_as_the_status(
    make_settings: Callable[..., Settings], reading_is_free: bool
) -> None:
    with serving(make_settings(api_keys=(KEY,), api_require_key=not reading_is_free)) as client:
        for path in ("/performance", "/performance/slow-queries", "/cache/stats", "/status"):
            assert error_of(client.get(path)) == (401, "UNAUTHORIZED")
            assert client.get(path, headers={"X-API-Key": KEY}).status_code == 200


def test_paths_that_lead_nowhere_share_one_series(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    with serving(make_settings()) as client:
        for number in range(300):
            client.request(("GET", "FOO", "POST")[number % 3], f"/nowhere/{number}")
        answer = client.get("/performance").json()
        routes = {(one["method"], one["route"]): one["count"] for one in answer["endpoints"]}
        assert routes["GET", "(none)"] == routes["OTHER", "(none)"] == routes["POST", "(none)"] == 100
        (file,) = (tmp_path / "monitor").glob("*/*.worker")
        assert file.stat().st_size == client.app.state.runtime.monitor.layout.size  # type: ignore[attr-defined]
    assert [path.name for path in (tmp_path / "monitor").glob("*/*")] == ["lock"]


def test_without_a_folder_the_process_knows_itself(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with serving(make_settings(monitor_path=tmp_path / "file")) as client:
        put(client, "p", "mug")
        search(client, "mug")
        assert of(client.get("/performance").json()["operations"], operation="search")["count"] == 1
        assert "vitrine_workers_ready 1.0" in client.get("/metrics").text


def test_a_worker_that_is_stuck_leaves_the_others_their_own_figures(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sharing, "PATIENCE_S", 0.05)
    with serving(make_settings()) as client:
        (lock,) = (tmp_path / "monitor").glob("*/lock")
        with lock.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            assert client.get("/performance").json()["workers"] == 1
            assert "vitrine_workers 1.0" in client.get("/metrics").text


def test_metrics_answer_while_nothing_is_ready(make_settings: Callable[..., Settings]) -> None:
    def broken(_: object) -> FakeEncoder:
        raise RuntimeError("no model")

    with TestClient(create_app(make_settings(), broken)) as client:
        page = client.get("/metrics").text
        assert "vitrine_workers 1.0" in page
        assert "vitrine_workers_ready 0.0" in page


def test_operations_are_those_of_the_routes(make_settings: Callable[..., Settings]) -> None:
    paths = create_app(make_settings()).openapi()["paths"]
    assert OPERATIONS.keys() <= {(method.upper(), path) for path, methods in paths.items() for method in methods}


def answered(monitor: Monitor, scope: dict[str, Any], *messages: Message) -> list[Message]:
    """Send what an application says through the middleware and return what a client gets."""
    sent: list[Message] = []

    async def app(inner: Scope, _: Receive, send: Send) -> None:
        inner.update(scope)
        for message in messages:
            await send(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    outer = {"type": "http", "method": "POST", "path": "/api/v1/search", "headers": []}
    asyncio.run(MonitorMiddleware(app, monitor, Templates(()))(outer, receive, send))
    return sent


def test_answers_given_before_routing_are_told_by_the_scope(make_settings: Callable[..., Settings]) -> None:
    monitor = Monitor(make_settings())
    headers = [(b"content-type", b"application/json")]
    start: Message = {"type": "http.response.start", "status": 200, "headers": headers}
    for cache in ("hit", "hit", "miss"):
        scope = {"vitrine.operation": "search", "vitrine.cache": cache}
        (sent, _) = answered(monitor, scope, dict(start), {"type": "http.response.body", "body": b""})
        assert [name for name, _ in sent["headers"]] == [b"content-type", b"x-request-id"]
    assert len(headers) == 1  # whoever keeps answers gets its list back as it was
    answered(monitor, {"vitrine.operation": "assistant"}, dict(start))
    answered(monitor, {})
    overview = asyncio.run(monitor.read())
    totals = {(method, route): total for method, route, total in overview.totals("request")}
    assert totals["POST", "/api/v1/search"][[at.HITS, at.MISSES]].tolist() == [2, 1]
    assert totals["OTHER", "assistant"][at.CLASSES + 2] == 1
    assert totals["POST", "(none)"][at.CLASSES + 4] == 1  # nothing was sent: it broke off


def test_ids_differ_and_are_in_every_answer(client: TestClient) -> None:
    answers = [client.get(path) for path in ("/live", "/live", "/nowhere", "/api/v1/products/none")]
    ids = [answer.headers.get_list("X-Request-ID") for answer in answers]
    assert all(len(one) == 1 for one in ids)
    assert len({one[0] for one in ids}) == 4
    assert error_of(answers[-1]) == (404, "PRODUCT_NOT_FOUND")


def test_a_request_takes_from_when_it_came_to_the_last_of_its_answer(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monitor, clock = Monitor(make_settings()), [5000.0]
    monkeypatch.setattr("backend.monitor.middleware.monotonic", lambda: clock[0])

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        clock[0] += 2
        await send({"type": "http.response.body", "body": b"1", "more_body": True})
        clock[0] += 2
        await send({"type": "http.response.body", "body": b"2"})
        clock[0] += 60  # tidying up

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        clock[0] += 1

    for came in ({"vitrine.arrived": 4990.0}, {}):
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], **came}
        asyncio.run(MonitorMiddleware(app, monitor, Templates(()))(scope, receive, send))
        clock[0] = 5000.0
    ((_, _, total),) = asyncio.run(monitor.read()).totals("request")
    assert total[at.SUM] == pytest.approx((10 + 7) + 7)
