"""Workers that share a port: one that is still loading leaves the requests to those that can answer them."""

from __future__ import annotations

import asyncio
import os
from multiprocessing import parent_process
from typing import Any

from backend.monitor.runtime import Monitor

LOOK_EVERY_S = 0.2


async def stand_back(monitor: Monitor, loading: asyncio.Task[Any]) -> None:
    """Wait while this worker loads and another one of its server is ready.

    A worker takes connections from the port once its start is over, whether it is ready or not. When the server
    starts nobody is, so all answer `/live`, and everything else with 503. One that is started again beside others
    would do the same to a share of the requests that the others could have answered.

    Args:
        monitor: of this worker, started.
        loading: ends when it can answer.
    """
    if parent_process() is None:  # the only process on its port
        return
    while not loading.done() and await _another_is_ready(monitor):
        await asyncio.wait({loading}, timeout=LOOK_EVERY_S)


async def _another_is_ready(monitor: Monitor) -> bool:
    own = os.getpid()
    return any(
        worker.gauges.is_ready and worker.pid != own and _is_sibling(worker.pid)
        for worker in (await monitor.read()).workers
    )


def _is_sibling(pid: int) -> bool:
    """Whether a process belongs to the same server; others on this host may share its database and its figures."""
    try:
        return os.getpgid(pid) == os.getpgid(0)
    except ProcessLookupError:
        return False
