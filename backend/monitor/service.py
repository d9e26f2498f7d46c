"""Performance as the router needs it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from backend.config import Settings
from backend.monitor.advice import advise
from backend.monitor.burn import burn_of
from backend.monitor.figures import Shown
from backend.monitor.operations import INTERACTIVE
from backend.monitor.runtime import Monitor
from backend.monitor.schemas import Burn, Figures, Performance, SlowRequest, SlowRequests, Target


class PerformanceService:
    """Tells how all workers together have answered."""

    def __init__(self, monitor: Monitor, settings: Settings) -> None:
        self._monitor = monitor
        self._settings = settings

    async def performance(self) -> Performance:
        """Return the figures of the window, what they come to, and what to do about it."""
        settings = self._settings
        overview = await self._monitor.read()
        shown = Shown(overview, settings.performance_bands_ms)
        burn = burn_of(overview, settings.performance_burn_short_s, settings.performance_burn_long_s)
        operations, overall = shown.operations, shown.overall
        return Performance(
            window_s=settings.monitor_window_s,
            workers=len(overview.workers),
            target=_target(overall, burn, settings.performance_target_ms),
            burn=burn,
            overall=overall,
            operations=operations,
            endpoints=shown.endpoints,
            advice=advise(operations, settings.performance_target_ms, burn, INTERACTIVE),
        )

    async def slow_requests(self, limit: int) -> SlowRequests:
        """Return the slowest of those that each worker keeps, up to a number of them."""
        overview = await self._monitor.read()
        slowest = sorted((one for worker in overview.workers for one in worker.slow), key=lambda one: -one["ms"])
        return SlowRequests(
            threshold_ms=self._settings.performance_slow_ms,
            requests=[
                SlowRequest(**{**one, "at": datetime.fromtimestamp(one["at"], UTC)}) for one in slowest[:limit]
            ],
        )


def _target(overall: Figures, burn: Burn, target_ms: float) -> Target:
    p95, failed = overall.latency_ms.p95, overall.error_rate
    verdict: Literal["met", "missed", "idle"] = "met"
    if overall.health is None:
        verdict = "idle"
    elif p95 > target_ms or failed > 1 - burn.objective or burn.short.burn_rate > 1:
        verdict = "missed"
    return Target(p95_ms=target_ms, observed_p95_ms=p95, error_rate=failed, verdict=verdict)
