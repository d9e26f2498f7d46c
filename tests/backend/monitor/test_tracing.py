"""Traces reach a collector, and cost nothing where there is none."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pydantic import ValidationError

from backend import config
from backend.config import Settings
from tests.backend.conftest import put, search, serving

UNCONFIGURED = """
import sys
from backend.main import create_app
create_app()
ours = ("opentelemetry.sdk.trace", "opentelemetry.exporter", "backend.monitor.otlp")  # redis imports sdk.metrics
print([name for name in sys.modules if name.startswith(ours)])
"""


class Collector:
    """Takes traces by OTLP over HTTP."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.service = ""
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                request = ExportTraceServiceRequest()
                request.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
                for one in request.resource_spans:
                    names = {value.key: value.value.string_value for value in one.resource.attributes}
                    collector.service = names["service.name"]
                    collector.spans += [span for scope in one.scope_spans for span in scope.spans]
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    yield collector
    collector.server.shutdown()
    thread.join()
    collector.server.server_close()


def attributes(span: Any) -> dict[str, str]:
    return {value.key: value.value.string_value for value in span.attributes}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_requests_and_their_stages_are_traced(make_settings: Callable[..., Settings], collector: Collector) -> None:
    endpoint = f"http://127.0.0.1:{collector.server.server_port}/"
    with serving(make_settings(otel_exporter_otlp_endpoint=endpoint)) as client:
        put(client, "p", "mug")
        timings = search(client, "green mug")["timings_ms"]
        client.get("/api/v1/users/anna/state")
        client.get("/api/v1/suggest?q=anna")
    named = {span.name: span for span in collector.spans}
    whole = named["POST /api/v1/search"]
    assert attributes(whole)["http.route"] == "/api/v1/search"
    stages = {name.removeprefix("search "): span for name, span in named.items() if name.startswith("search ")}
    assert stages.keys() == timings.keys() - {"total"}
    for stage, span in stages.items():
        assert (span.trace_id, span.parent_span_id) == (whole.trace_id, whole.span_id)
        lasted_ms = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6
        assert lasted_ms == pytest.approx(timings[stage], abs=0.002)
    assert "GET /ready" not in named
    assert collector.service == "vitrine"
    assert attributes(named["GET /api/v1/users/{user_id}/state"])["url.path"] == "/api/v1/users/<redacted>/state"
    assert "anna" not in str(collector.spans)


def test_nothing_of_it_is_imported_without_a_collector() -> None:
    done = subprocess.run([sys.executable, "-c", UNCONFIGURED], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_missing_packages_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "can_trace", lambda: False)
    with pytest.raises(ValidationError, match=r"pip install -r requirements-tracing\.txt"):
        Settings(_env_file=None, otel_exporter_otlp_endpoint="http://localhost:4318")
    with pytest.raises(ValidationError, match="http://"):
        Settings(_env_file=None, otel_exporter_otlp_endpoint="localhost:4318")
