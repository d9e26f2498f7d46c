"""Reads the figures of one worker out of its memory."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from backend.monitor import layout as at
from backend.monitor.gauges import Gauges
from backend.monitor.layout import Layout, Numbers


@dataclass(frozen=True, slots=True)
class SeriesFigures:
    """One route or stage at one worker.

    Attributes:
        totals: since its start, shape (TOTALS,).
        slices: of the window, whatever their moment, shape (ring, SLICE).
    """

    totals: Numbers
    slices: Numbers


@dataclass(frozen=True, slots=True)
class WorkerFigures:
    """Everything that one worker has written down.

    Attributes:
        pid: of its process.
        started: as seconds since 1970.
        gauges: as it last told them.
        counters: by name and labels, joined by `recorder.SEPARATOR`.
        series: by kind and names, joined likewise.
        budget: slots of the error budget: epoch, requests, bad ones; shape (BUDGET_SLOTS, 3).
        slow: the slowest of its slow requests, in no order.
    """

    pid: int
    started: float
    gauges: Gauges
    counters: dict[str, float]
    series: dict[str, SeriesFigures]
    budget: Numbers
    slow: list[dict[str, Any]]


def read_worker(memory: mmap.mmap, layout: Layout) -> WorkerFigures | None:
    """Copy the figures out of memory that its worker may be writing to; None when it has another form."""
    numbers = np.frombuffer(memory, np.float64, layout.numbers)
    try:
        if numbers[at.FORM] != layout.form:
            return None
        counters_used, series_used = int(numbers[at.COUNTERS_USED]), int(numbers[at.SERIES_USED])
        values = numbers[layout.counters : layout.counters + counters_used].tolist()
        series = numbers[layout.series : layout.series + series_used * layout.width].copy()
        table = series.reshape(series_used, layout.width)
        return WorkerFigures(
            pid=int(numbers[at.PID]),
            started=float(numbers[at.STARTED]),
            gauges=Gauges(*numbers[at.GAUGES : at.GAUGES + len(Gauges._fields)].tolist()),
            counters=dict(zip(_names(memory, layout.counter_names, counters_used), values, strict=True)),
            series={
                name: SeriesFigures(row[: at.TOTALS], row[at.TOTALS :].reshape(layout.ring, at.SLICE))
                for name, row in zip(_names(memory, layout.texts, series_used), table, strict=True)
            },
            budget=numbers[layout.budget : layout.series].copy().reshape(at.BUDGET_SLOTS, at.BUDGET),
            slow=_slow(memory, layout.slow),
        )
    finally:
        del numbers  # the map can't be closed while an array looks at it


def _names(memory: mmap.mmap, start: int, count: int) -> list[str]:
    texts = memory[start : start + count * at.NAME_BYTES]
    return [
        texts[place : place + at.NAME_BYTES].rstrip(b"\0").decode("utf-8", "replace")
        for place in range(0, len(texts), at.NAME_BYTES)
    ]


def _slow(memory: mmap.mmap, start: int) -> list[dict[str, Any]]:
    found = []
    for place in range(start, start + at.SLOW_SLOTS * at.SLOW_BYTES, at.SLOW_BYTES):
        content = memory[place : place + at.SLOW_BYTES].rstrip(b"\0")
        try:
            found.append(orjson.loads(content))
        except orjson.JSONDecodeError:  # empty, or being written just now
            continue
    return found
