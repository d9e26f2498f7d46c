"""The figures of all workers in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from backend.monitor import layout as at
from backend.monitor.counters import COUNTERS, RECALL_BOUNDS, SHADOW_RECALL, SHADOW_RECALL_SUM
from backend.monitor.gauges import Gauges
from backend.monitor.operations import operation_of
from backend.monitor.overview import Overview
from backend.monitor.recorder import REQUEST, STAGE

CLASSES = ("", "1xx", "2xx", "3xx", "4xx", "5xx")
ROUTE = ("method", "route", "operation")
QUEUES = ("searches", "lists", "queries", "index", "pictures", "events")


def exposition(overview: Overview, target_s: float) -> bytes:
    """Return every metric.

    Args:
        overview: of all workers.
        target_s: what the 95th percentile is to stay within, for alerts to compare with.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Metrics(overview, target_s))
    return generate_latest(registry)


class _Metrics(Collector):
    def __init__(self, overview: Overview, target_s: float) -> None:
        self._overview = overview
        self._target_s = target_s

    def collect(self) -> Iterator[Metric]:
        yield from self._requests()
        yield from self._counters()
        yield self._recall()
        yield from self._workers()

    def _requests(self) -> Iterator[Metric]:
        times = HistogramMetricFamily(
            "vitrine_request_seconds", "Time of a request that was answered, by route.", labels=ROUTE
        )
        answers = CounterMetricFamily(
            "vitrine_requests", "Requests, by route and hundreds of the status.", labels=(*ROUTE, "status")
        )
        cache = CounterMetricFamily(
            "vitrine_cached_requests", "Requests that asked the cache for their answer.", labels=(*ROUTE, "outcome")
        )
        for method, template, total in self._overview.totals(REQUEST):
            route = (method, template, operation_of(method, template))
            _observe(times, route, total)
            for name, value in zip(CLASSES, total[at.CLASSES : at.CLASSES + 6], strict=True):
                if value:
                    answers.add_metric((*route, name), value)
            if total[at.HITS] + total[at.MISSES]:
                cache.add_metric((*route, "hit"), total[at.HITS])
                cache.add_metric((*route, "miss"), total[at.MISSES])
        stages = HistogramMetricFamily(
            "vitrine_stage_seconds", "Time in one stage of an operation.", labels=("operation", "stage")
        )
        for operation, stage, total in self._overview.totals(STAGE):
            _observe(stages, (operation, stage), total)
        yield from (times, answers, cache, stages)

    def _counters(self) -> Iterator[Metric]:
        for name, (help_, labels) in COUNTERS.items():
            family = CounterMetricFamily(name, help_, labels=labels)
            found = {key[1:]: value for key, value in self._overview.counters.items() if key[0] == name}
            if not labels:
                found.setdefault((), 0.0)
            for values, value in sorted(found.items()):
                family.add_metric(values, value)
            yield family

    def _recall(self) -> Metric:
        family = HistogramMetricFamily(
            SHADOW_RECALL,
            "Share of the first 20 results of an exact search that an approximate one found, by the share of "
            "products that passed the filters.",
            labels=("allowed_up_to",),
        )
        counters = self._overview.counters
        for label in sorted({key[1] for key in counters if key[0] == SHADOW_RECALL}):
            counts = [counters.get((SHADOW_RECALL, label, str(place)), 0.0) for place in range(len(RECALL_BOUNDS))]
            running = np.cumsum(counts).tolist()
            names = [*map(str, RECALL_BOUNDS), "+Inf"]
            buckets = list(zip(names, [*running, running[-1]], strict=True))
            family.add_metric((label,), buckets, counters.get((SHADOW_RECALL_SUM, label), 0.0))
        return family

    def _workers(self) -> Iterator[Metric]:
        gauges = [worker.gauges for worker in self._overview.workers]
        ready = [one for one in gauges if one.is_ready]
        slowest, fastest = _least(ready, "catalogue_version"), _most(ready, "catalogue_version")
        heard = [one.hears_redis for one in ready if one.hears_redis >= 0]
        for name, help_, value in (
            ("vitrine_p95_target_seconds", "What the 95th percentile is to stay within.", self._target_s),
            ("vitrine_workers", "Workers that live.", len(gauges)),
            ("vitrine_workers_ready", "Workers that have loaded model and index.", len(ready)),
            ("vitrine_requests_in_flight", "Requests that are being answered.", _sum(gauges, "in_flight")),
            ("vitrine_event_loop_lag_seconds", "How late a loop came to a timer.", _most(gauges, "loop_lag_s")),
            ("vitrine_resident_memory_bytes", "Memory of all workers.", _sum(gauges, "resident_bytes")),
            ("vitrine_index_products", "Products that every ready worker finds.", _least(ready, "products")),
            ("vitrine_catalogue_version", "Version that every ready worker has reached.", slowest),
            ("vitrine_catalogue_version_spread", "How far the slowest worker is behind.", fastest - slowest),
            ("vitrine_catalogue_following", "1 while every ready worker follows.", _least(ready, "is_following")),
            ("vitrine_index_failing", "1 while one can't make codes and clusters.", _most(ready, "index_failing")),
            ("vitrine_profile_lag_events", "Events that profiles don't hold yet.", _most(gauges, "lag_events")),
            ("vitrine_profile_lag_seconds", "Since the oldest of them was received.", _most(gauges, "lag_seconds")),
        ):  # fmt: skip
            yield GaugeMetricFamily(name, help_, value)
        redis = GaugeMetricFamily("vitrine_redis_up", "1 while every worker hears Redis; absent without one.")
        if heard:
            redis.add_metric((), min(heard))
        yield redis
        depths = GaugeMetricFamily("vitrine_queue_depth", "What waits in all workers.", labels=("queue",))
        bounds = GaugeMetricFamily("vitrine_queue_bound", "How many may wait in all workers.", labels=("queue",))
        for queue in QUEUES:
            depths.add_metric((queue,), _sum(gauges, f"{queue}_waiting"))
            bounds.add_metric((queue,), _sum(gauges, f"{queue}_bound"))
        yield from (depths, bounds)


def _observe(family: HistogramMetricFamily, labels: tuple[str, ...], total: at.Numbers) -> None:
    running = np.cumsum(total[: at.SUM]).tolist()
    names = [*map(str, at.BOUNDS_S), "+Inf"]
    family.add_metric(labels, list(zip(names, running, strict=True)), total[at.SUM])


def _sum(gauges: list[Gauges], name: str) -> float:
    return float(sum(getattr(one, name) for one in gauges))


def _least(gauges: list[Gauges], name: str) -> float:
    return float(min((getattr(one, name) for one in gauges), default=0))


def _most(gauges: list[Gauges], name: str) -> float:
    return float(max((getattr(one, name) for one in gauges), default=0))
