"""Prometheus metrics of one process."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class Metrics:
    """The metrics and their registry; made once per application, so that several can live in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._search_seconds = Histogram(
            "vitrine_search_stage_seconds", "Time in one stage of a search.", ["stage"],
            buckets=BUCKETS_S, registry=self._registry,
        )  # fmt: skip
        self._products = Gauge("vitrine_index_products", "Products that can be found.", registry=self._registry)
        self._version = Gauge(
            "vitrine_catalogue_version", "Catalogue version that searches see.", registry=self._registry
        )

    def observe_search(self, timings_ms: Mapping[str, float]) -> None:
        """Count one search."""
        for stage, value in timings_ms.items():
            self._search_seconds.labels(stage).observe(value / 1000)

    def render(self, product_count: int, catalogue_version: int) -> bytes:
        """Return everything in the Prometheus text format."""
        self._products.set(product_count)
        self._version.set(catalogue_version)
        return generate_latest(self._registry)
