"""The monitor of one worker: what it records, and what it reads of all workers."""

from __future__ import annotations

import asyncio
import logging
import mmap
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from backend.config import Settings
from backend.monitor.carried import Totals
from backend.monitor.counters import CPU_SECONDS
from backend.monitor.gauges import Gauges
from backend.monitor.layout import Layout
from backend.monitor.overview import Overview
from backend.monitor.reading import WorkerFigures, read_worker
from backend.monitor.recorder import Recorder
from backend.monitor.sharing import SharedFolder, folder_of
from backend.monitor.slow import SlowLines
from backend.monitor.tracing import open_tracing

logger = logging.getLogger(__name__)
TICK_S = 1.0


class Monitor:
    """Records from the moment it is made; `start` lets other workers see it, and it them.

    Attributes:
        recorder: takes the figures.
        in_flight: requests that are being answered.
        slow_lines: says which of the slow requests are logged.
        slow_s: seconds beyond which a request is kept as a slow one.
        tracing: sends traces, where a collector is configured.
        target_s: what the 95th percentile is to stay within.
    """

    def __init__(self, settings: Settings) -> None:
        self.layout = Layout(settings.monitor_window_s, settings.monitor_slices, settings.performance_burn_long_s)
        self.recorder = Recorder(self.layout)
        self.in_flight = 0
        self.slow_lines = SlowLines()
        self.slow_s = settings.performance_slow_ms / 1000
        self.target_s = settings.performance_target_ms / 1000
        self.tracing = open_tracing(settings.otel_exporter_otlp_endpoint)
        self.keeps_queries = settings.performance_keep_queries
        self.logs_requests = settings.log_requests
        self._folder = SharedFolder(folder_of(settings.monitor_path, settings.database_url), self.layout)
        self._shares = False
        self._loop_lag_s = 0.0
        self._look: Callable[[], Awaitable[Gauges]] | None = None
        self._ticking: asyncio.Task[None] | None = None

    async def start(self, look: Callable[[], Awaitable[Gauges]]) -> None:
        """Share what is recorded, and begin to tell the gauges.

        Args:
            look: returns those of the server's parts as they are.
        """
        self._look = look
        try:
            self.recorder.move(await asyncio.to_thread(self._folder.join))
            self._shares = True
        except Exception as error:  # whatever it is, figures stop no start
            logger.warning("performance is that of this process alone, its folder can't be used: %r", error)
        self._ticking = asyncio.create_task(self._tick())

    async def read(self) -> Overview:
        """Return the figures of all workers; its own gauges are of this moment."""
        await self._tell()
        try:
            workers, carried = await asyncio.to_thread(self._folder.read) if self._shares else self._alone()
        except OSError as error:
            logger.warning("only this worker's figures can be read: %s", error)
            workers, carried = self._alone()
        return Overview(workers, carried, self.layout, time.monotonic())

    def _alone(self) -> tuple[list[WorkerFigures], Totals]:
        own = read_worker(self.recorder.memory, self.layout)
        return [own] if own is not None else [], Totals()

    async def close(self) -> None:
        """Stop telling, and let go of the shared file."""
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking
            self._tell_of_slow()
        if self.tracing is not None:
            await asyncio.to_thread(self.tracing.close)
        if self._shares:
            self.recorder.move(mmap.mmap(-1, self.layout.size))  # closes the shared file
            with suppress(OSError):  # the next one that starts tidies up as well
                await asyncio.to_thread(self._folder.tidy)

    async def _tick(self) -> None:
        while True:
            try:
                self._tell_of_slow()
                await self._tell()
            except Exception:  # whatever it is, the gauges must not stop
                logger.exception("can't tell how this worker fares")
            asleep = time.monotonic()
            await asyncio.sleep(TICK_S)
            self._loop_lag_s = max(0.0, time.monotonic() - asleep - TICK_S)

    def _tell_of_slow(self) -> None:
        if count := self.slow_lines.left_out():
            logger.warning(
                "slow requests without a line of their own: %d", count, extra={"fields": {"left_out": count}}
            )

    async def _tell(self) -> None:
        if self._look is not None:
            gauges = await self._look()
            self.recorder.set_gauges(gauges._replace(in_flight=self.in_flight, loop_lag_s=self._loop_lag_s))
        self.recorder.set_count(CPU_SECONDS, time.process_time())
