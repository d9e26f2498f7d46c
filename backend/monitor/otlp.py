"""Traces over OTLP/HTTP. Imported only where a collector is configured: the packages needn't be there."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from backend.monitor.figures import WHOLE
from backend.monitor.redaction import MASK
from backend.version import VERSION

_SHOPPER = re.compile(r"/(users|sessions)/[^/]+")


class OtlpTracing:
    """See `tracing.Tracing`."""

    def __init__(self, endpoint: str) -> None:
        resource = Resource.create({"service.name": "vitrine", "service.version": VERSION})
        self.provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self.provider.add_span_processor(_Private())
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        self.provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self.provider.get_tracer("vitrine", VERSION)

    def stages(self, operation: str, timings_ms: Mapping[str, float], ended_ago_s: float) -> None:
        """Add the stages of the current request below its span; see `tracing.Tracing`."""
        parts = {stage: int(value * 1e6) for stage, value in timings_ms.items() if stage != WHOLE}
        start = time.time_ns() - int(ended_ago_s * 1e9) - sum(parts.values())
        for stage, duration in parts.items():
            span = self._tracer.start_span(f"{operation} {stage}", start_time=start)
            start += duration
            span.end(end_time=start)

    def close(self) -> None:
        """Send what waits, and stop."""
        self.provider.shutdown()


class _Private(SpanProcessor):
    """Keeps shoppers' words and ids out of what is sent; `http.route` says enough of the path."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        attributes = span.attributes or {}
        if "url.query" in attributes:
            span.set_attribute("url.query", MASK)
        if isinstance(path := attributes.get("url.path"), str):
            span.set_attribute("url.path", _SHOPPER.sub(rf"/\1/{MASK}", path))
