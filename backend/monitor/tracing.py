"""OpenTelemetry traces where a collector is configured; without one nothing is imported and nothing is done."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol, cast

from fastapi.telemetry import TelemetryConfig

UNTRACED = frozenset({"/live", "/ready", "/health", "/metrics", "/api/v1/health", "/api/v1/health/ready"})
_EXPORTER = "opentelemetry.exporter.otlp.proto.http"


class Tracing(Protocol):
    """Sends spans to a collector.

    Attributes:
        provider: for the framework, which makes the span of a request.
    """

    provider: Any

    def stages(self, operation: str, timings_ms: Mapping[str, float], ended_ago_s: float) -> None:
        """Add the stages of the current request below its span.

        Args:
            operation: that the request is part of.
            timings_ms: milliseconds of each, in their order.
            ended_ago_s: seconds since the last one ended.
        """

    def close(self) -> None:
        """Send what waits, and stop."""


def can_trace() -> bool:
    """Return whether the packages are installed."""
    try:
        return find_spec("opentelemetry.sdk") is not None and find_spec(_EXPORTER) is not None
    except ModuleNotFoundError:
        return False


def open_tracing(endpoint: str | None) -> Tracing | None:
    """Return what sends traces to a collector; None without one.

    Args:
        endpoint: base URL of the collector's OTLP over HTTP.
    """
    if endpoint is None:
        return None
    return cast(Tracing, import_module("backend.monitor.otlp").OtlpTracing(endpoint))


def telemetry_of(tracing: Tracing | None) -> TelemetryConfig:
    """Return what the framework is to do by itself: the span of each request, and only where there's a collector."""
    off: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
    if tracing is None:
        return off
    return {
        **off,
        "tracing": True,
        "tracer_provider": tracing.provider,
        "operation_spans": False,
        "exclude": _untraced,
    }


def _untraced(scope: MutableMapping[str, Any]) -> bool:
    return scope.get("path") in UNTRACED
