"""Windows as the figures that are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from backend.monitor.burn import OBJECTIVE
from backend.monitor.layout import Numbers
from backend.monitor.operations import INTERACTIVE, MONITORING, operation_of
from backend.monitor.overview import Overview, Window
from backend.monitor.recorder import REQUEST, STAGE
from backend.monitor.schemas import Band, Endpoint, Figures, Latency, Operation, Stage

BANDS: tuple[Band, ...] = ("excellent", "good", "acceptable", "slow", "critical")
WHOLE = "total"  # what services call the sum of their stages


def band_of(p95_ms: float, limits_ms: Sequence[float]) -> Band:
    """Return the health band of a 95th percentile; each limit is the first value of the next band."""
    return BANDS[sum(p95_ms >= limit for limit in limits_ms)]


class Shown:
    """The figures of one overview."""

    def __init__(self, overview: Overview, bands_ms: Sequence[float]) -> None:
        self._bands_ms = bands_ms
        self._by_operation: defaultdict[str, list[Numbers]] = defaultdict(list)
        self._stages: defaultdict[str, list[tuple[str, Window]]] = defaultdict(list)
        self.endpoints: list[Endpoint] = []
        for method, route, slices in overview.windows(REQUEST):
            operation = operation_of(method, route)
            self._by_operation[operation] += slices
            values = self._values(Window.of(slices), operation)
            self.endpoints.append(Endpoint(method=method, route=route, operation=operation, **values))
        for operation, stage, slices in overview.windows(STAGE):
            self._stages[operation].append((stage, Window.of(slices)))

    @property
    def operations(self) -> list[Operation]:
        """Each operation with its stages, by name."""
        return [self._operation(name, Window.of(slices)) for name, slices in sorted(self._by_operation.items())]

    @property
    def overall(self) -> Figures:
        """All operations that somebody waits for."""
        slices: Iterable[Numbers] = (
            one for name, found in self._by_operation.items() if name in INTERACTIVE for one in found
        )
        return Figures(**self._values(Window.of(slices)))

    def _operation(self, name: str, window: Window) -> Operation:
        stages = [
            Stage(
                stage=stage,
                count=found.count,
                latency_ms=_latency(found),
                share_of_slowest=_share(found.heavy_s, window.heavy_s),
            )
            for stage, found in self._stages[name]
        ]
        inside = sum(one.share_of_slowest for one in stages if one.stage != WHOLE)
        return Operation(
            operation=name,
            stages=stages,
            share_outside_stages=round(max(0.0, 1 - inside), 4),
            **self._values(window, name),
        )

    def _values(self, window: Window, operation: str | None = None) -> dict[str, Any]:
        asked = window.hits + window.misses
        latency = _latency(window)
        # A probe that hears 503 has got its answer: a start isn't five critical minutes. `refused` has 429 too, which
        # is a client's error: less all of those, no more is excused than was told 503.
        excused = max(0, window.refused - window.client_errors) if operation == MONITORING else 0
        failed = window.errors - excused
        return {
            "count": window.count,
            "errors": window.errors,
            "client_errors": window.client_errors,
            "refused": window.refused,
            "error_rate": _share(window.errors, window.count),
            "cache_hits": window.hits,
            "cache_misses": window.misses,
            "cache_hit_rate": _share(window.hits, asked) if asked else None,
            "latency_ms": latency,
            "health": _health(window, failed, latency.p95, self._bands_ms),
        }


def _health(window: Window, failed: float, p95_ms: float, limits_ms: Sequence[float]) -> Band | None:
    """Return the band: nothing is healthy of which more fails than the error budget has room for."""
    if failed > (1 - OBJECTIVE) * window.count:
        return BANDS[-1]
    return band_of(p95_ms, limits_ms) if window.timed else None


def _latency(window: Window) -> Latency:
    def ms(seconds: float) -> float:
        return round(seconds * 1000, 4)

    return Latency(
        p50=ms(window.percentile(0.5)),
        p95=ms(window.percentile(0.95)),
        p99=ms(window.percentile(0.99)),
        mean=ms(window.mean_s),
        min=ms(window.least_s),
        max=ms(window.most_s),
    )


def _share(part: float, whole: float) -> float:
    return round(min(part / whole, 1.0), 4) if whole else 0.0
