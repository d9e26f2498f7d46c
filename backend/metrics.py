"""Prometheus metrics of one process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
BUCKETS_RECALL = (
    0.5,
    0.8,
    0.9,
    0.9499,
    0.9999,
    1.0,
)  # of 20 results; all of them have a bucket to themselves
ALLOWED = ((0.01, "1%"), (0.1, "10%"), (0.5, "50%"))  # labels of shares up to these; of more, "100%"


class Metrics:
    """The metrics and their registry; made once per application, so that several can live in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._search_seconds = Histogram(
            "vitrine_search_stage_seconds", "Time in one stage of a search.", ["stage"],
            buckets=BUCKETS_S, registry=self._registry,
        )  # fmt: skip
        self._recommend_seconds = Histogram(
            "vitrine_recommend_stage_seconds", "Time in one stage of a recommendation.", ["stage"],
            buckets=BUCKETS_S, registry=self._registry,
        )  # fmt: skip
        self._of_stage: dict[str, Histogram] = {}
        self._searches = Counter(
            "vitrine_searches", "Searches, by how products were found.", ["mode"], registry=self._registry
        )
        self._shadow_recall = Histogram(
            "vitrine_shadow_recall",
            "Share of the first 20 results of an exact search that an approximate one found, by the share of "
            "products that passed the filters.",
            ["allowed_up_to"], buckets=BUCKETS_RECALL, registry=self._registry,
        )  # fmt: skip
        self._shadow_searches = Counter(
            "vitrine_shadow_searches", "Approximate searches drawn to be compared.", ["outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._index_failures = Counter(
            "vitrine_index_failures",
            "Times that codes and clusters of the index couldn't be made or measured; searches stay exact without.",
            registry=self._registry,
        )
        self._products = Gauge("vitrine_index_products", "Products that can be found.", registry=self._registry)
        self._version = Gauge(
            "vitrine_catalogue_version", "Catalogue version that searches see.", registry=self._registry
        )

        self._lag_events = Gauge(
            "vitrine_profile_lag_events", "Events that long-term profiles don't hold yet.", registry=self._registry
        )
        self._lag_seconds = Gauge(
            "vitrine_profile_lag_seconds", "Since the oldest of them was received.", registry=self._registry
        )

    def observe_search(self, timings_ms: Mapping[str, float], mode: str) -> None:
        """Count one search."""
        self._searches.labels(mode).inc()
        for stage, value in timings_ms.items():
            self._search_seconds.labels(stage).observe(value / 1000)

    def observe_recommend(self, timings_ms: Mapping[str, float]) -> None:
        """Count one recommendation."""
        for stage, value in timings_ms.items():
            of_stage = self._of_stage.get(stage)
            if of_stage is None:  # finding it by its label takes longer than counting
                of_stage = self._of_stage[stage] = self._recommend_seconds.labels(stage)
            of_stage.observe(value / 1000)

    def observe_shadow(self, recall: float, allowed_share: float) -> None:
        """Count what one approximate search found, 0 to 1, where a filter allowed a share of the products."""
        label = next((name for limit, name in ALLOWED if allowed_share <= limit), "100%")
        self._shadow_recall.labels(label).observe(recall)

    def count_shadow(self, outcome: Literal["compared", "dropped", "outdated", "failed"]) -> None:
        """Count one approximate search that was drawn to be compared."""
        self._shadow_searches.labels(outcome).inc()

    def count_index_failure(self) -> None:
        """Count one attempt to make codes and clusters that failed; from any thread."""
        self._index_failures.inc()

    @property
    def index_failures(self) -> int:
        """How many of these attempts failed since the start."""
        return int(self._registry.get_sample_value("vitrine_index_failures_total") or 0)

    def set_profile_lag(self, events: int, seconds: float) -> None:
        """Note how far the profiles are behind the log."""
        self._lag_events.set(events)
        self._lag_seconds.set(seconds)

    def render(self, product_count: int, catalogue_version: int) -> bytes:
        """Return everything in the Prometheus text format."""
        self._products.set(product_count)
        self._version.set(catalogue_version)
        return generate_latest(self._registry)
