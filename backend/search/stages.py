"""The time that each stage of a request takes."""

from __future__ import annotations

from time import perf_counter


class Stages:
    """Times the stages of one request."""

    def __init__(self) -> None:
        self._start = self._last = perf_counter()
        self._timings_ms: dict[str, float] = {}

    def add(self, stage: str, value_ms: float) -> None:
        """Book what was done before."""
        self._timings_ms[stage] = value_ms
        self._start -= value_ms / 1000

    def end(self, stage: str, at: float | None = None) -> None:
        """Book the time since the last call under a stage, up to now or to a moment in between."""
        now = perf_counter() if at is None else max(at, self._last)
        self._timings_ms[stage] = self._timings_ms.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now

    def timings_ms(self) -> dict[str, float]:
        """Return milliseconds of each stage and in total."""
        timings = {**self._timings_ms, "total": (self._last - self._start) * 1000}
        return {stage: round(value, 3) for stage, value in timings.items()}
