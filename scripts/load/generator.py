"""Load from one thread, cheap enough to stand beside the server: closed loop and open loop.

In the closed loop each connection asks again once it is answered, so a slow server is asked less. In the open loop
requests are due at random moments, whatever the server does, and a latency counts from the moment at which its
request was due: waiting for a free connection is in it.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence

import numpy as np
import uvloop
from numpy.typing import NDArray

from scripts.load.loop import GRACE_S, Address, Check, Loop, Source
from scripts.load.recording import Recording
from scripts.load.wire import Connection

LOOK_S = 0.01  # how often it is looked whether everything is answered
WARM_CONNECTIONS = 32  # open before an open loop begins
MOST_CONNECTIONS = 1500


def closed_loop(
    address: Address,
    source: Source,
    *,
    connections: int,
    seconds: float,
    requests: int | None = None,
    check: Check | None = None,
    grace_s: float = GRACE_S,
) -> Recording:
    """Keep so many connections busy for so many seconds, or until so many requests are answered.

    Raises:
        OSError: the server can't be reached at the beginning.
    """
    return uvloop.run(_ClosedLoop(address, source, seconds, check, grace_s).run(connections, requests))


def open_loop(
    address: Address,
    source: Source,
    *,
    phases: Sequence[tuple[float, float]],
    check: Check | None = None,
    grace_s: float = GRACE_S,
    seed: int = 0,
) -> Recording:
    """Send requests at random moments.

    Args:
        address: of the server.
        source: makes them.
        phases: one after the other, how many a second on average and for how many seconds.
        check: of a sample of the answers.
        grace_s: how long to wait for the last answers.
        seed: of the moments.

    Raises:
        OSError: the server can't be reached at the beginning.
    """
    rng, start, moments = np.random.default_rng(seed), 0.0, []
    for rate, seconds in phases:
        moments.append(start + np.sort(rng.uniform(0, seconds, max(1, rng.poisson(rate * seconds)))))
        start += seconds
    return uvloop.run(_OpenLoop(address, source, start, check, grace_s).run(np.concatenate(moments)))


class _ClosedLoop(Loop):
    """Each connection asks again once it is answered."""

    async def run(self, connections: int, requests: int | None) -> Recording:
        """Ask until the time is up, or everything is asked and answered."""
        self._left = requests if requests is not None else sys.maxsize
        opened = [await self.connect() for _ in range(connections)]
        self.begin()
        for connection in opened:
            self.free(connection)
        while (now := time.perf_counter()) < self._end and (self._left or self._outstanding):
            await asyncio.sleep(min(LOOK_S, self._end - now))
        self.recording.seconds = min(self.recording.seconds, now - self._start)
        return await self.finish()

    def free(self, connection: Connection) -> None:
        """Ask the next."""
        now = time.perf_counter()
        if self._left and now < self._end:
            self._left -= 1
            self.send(connection, self._source(), now)

    def unsent(self) -> list[float]:
        """Return nothing: a request is due when a connection is free."""
        return []


class _OpenLoop(Loop):
    """Requests are due at given moments."""

    async def run(self, due: NDArray[np.float64]) -> Recording:
        """Send at moments in seconds from the start, shape (n,), rising."""
        self._waiting: deque[float] = deque()
        self._free = [await self.connect() for _ in range(WARM_CONNECTIONS)]
        self._opening = 0
        self.begin()
        clock = threading.Thread(target=self._tick, args=(due + self._start, asyncio.get_running_loop()), daemon=True)
        clock.start()
        await asyncio.to_thread(clock.join)
        self._end = time.perf_counter()
        return await self.finish()

    def free(self, connection: Connection) -> None:
        """Send what waits, or wait for something."""
        if self._waiting:
            self.send(connection, self._source(), self._waiting.popleft())
        else:
            self._free.append(connection)

    def unsent(self) -> list[float]:
        """Return what waits."""
        return list(self._waiting)

    def _tick(self, due: NDArray[np.float64], loop: asyncio.AbstractEventLoop) -> None:
        """Hand over each moment when it has come, on a thread of its own: the loop's timers count milliseconds."""
        for moment in due.tolist():
            ahead = moment - time.perf_counter()
            if ahead > 0:
                time.sleep(ahead)
            loop.call_soon_threadsafe(self._due, moment)

    def _due(self, moment: float) -> None:
        while self._free:
            connection = self._free.pop()  # the one used last
            if connection.is_open:
                return self.send(connection, self._source(), moment)
            self._all.discard(connection)
        self._waiting.append(moment)
        if len(self._all) + self._opening < MOST_CONNECTIONS:
            self._opening += 1
            self.background(self._open_one())
        return None

    async def _open_one(self) -> None:
        try:
            self.free(await self.connect())
        except OSError:
            self.background(self._replace())
        finally:
            self._opening -= 1
