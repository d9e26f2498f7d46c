"""Load from one thread, cheap enough to stand beside the server: closed loop and open loop.

In the closed loop each connection asks again once it is answered, so a slow server is asked less. In the open loop
requests are due at random moments, whatever the server does, and a latency counts from the moment at which its
request was due: waiting for a free connection is in it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

import numpy as np
import uvloop
from numpy.typing import NDArray

from scripts.load.recording import OK, Recording
from scripts.load.wire import LOST, Connection, Request

Source = Callable[[], Request]
"""Makes the next request."""
Check = Callable[[str, bytes], str | None]
"""Gets the kind and the body of an answer with 200; says what is wrong with it, or None."""

CHECK_EVERY = 25  # answers; reading one costs several times what sending did
GRACE_S = 30.0  # for answers that are outstanding when the last request was due
PAUSE_S = 0.05  # before another connection is tried, when one broke
WARM_CONNECTIONS = 32  # open before an open loop begins
MOST_CONNECTIONS = 1500


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int


def closed_loop(
    address: Address,
    source: Source,
    *,
    connections: int,
    seconds: float,
    check: Check | None = None,
    grace_s: float = GRACE_S,
) -> Recording:
    """Keep so many connections busy for so many seconds.

    Raises:
        OSError: the server can't be reached at the beginning.
    """
    return uvloop.run(_ClosedLoop(address, source, seconds, check, grace_s).run(connections))


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


class _Loop(ABC):
    """What both loops share: connections, what is outstanding, and the notes."""

    def __init__(self, address: Address, source: Source, seconds: float, check: Check | None, grace_s: float) -> None:
        self.recording = Recording(seconds)
        self._address, self._source, self._check, self._grace = address, source, check, grace_s
        self._outstanding: dict[Connection, tuple[Request, float]] = {}
        self._all: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._start = self._end = 0.0
        self._idle = asyncio.Event()

    @abstractmethod
    def free(self, connection: Connection) -> None:
        """Use a connection that has nothing to do."""

    @abstractmethod
    def unsent(self) -> list[float]:
        """Return when requests were due that no connection was free for."""

    def begin(self) -> None:
        """Start the clock."""
        self._start = time.perf_counter()
        self._end = self._start + self.recording.seconds

    async def connect(self) -> Connection:
        """Open one more connection."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(self.answered), *self._address)
        self._all.add(connection)
        return connection

    def send(self, connection: Connection, request: Request, due: float) -> None:
        """Send one request that was due at a moment."""
        self._outstanding[connection] = request, due
        connection.send(request)

    def answered(self, connection: Connection, status: int, body: bytes) -> None:
        """Note an answer, and use the connection again."""
        now = time.perf_counter()
        sent = self._outstanding.pop(connection, None)
        if sent is None:  # noted as lost at the end
            return
        request, due = sent
        notes = self.recording
        notes.add(request.kind, due - self._start, (now - due) * 1000, status)
        if self._check is not None and status == OK and len(notes) % CHECK_EVERY == 1:
            wrong = self._check(request.kind, body)
            if wrong is not None:
                notes.complaints.append(wrong)
        if status == LOST or not connection.is_open:
            self._all.discard(connection)
            self.background(self._replace())
        else:
            self.free(connection)

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> Recording:
        """Wait for what is outstanding; what doesn't come in time is noted as lost."""
        limit = self._end + self._grace
        while (self._outstanding or self.unsent()) and time.perf_counter() < limit:
            await asyncio.sleep(0.005)
        now = time.perf_counter()
        late = [(request.kind, due) for request, due in self._outstanding.values()]
        self._outstanding.clear()
        for kind, due in [*late, *(("unsent", due) for due in self.unsent())]:
            self.recording.add(kind, due - self._start, (now - due) * 1000, LOST)
        for task in self._tasks:
            task.cancel()
        for connection in self._all:
            connection.close()
        return self.recording

    async def _replace(self) -> None:
        while time.perf_counter() < self._end + self._grace:
            await asyncio.sleep(PAUSE_S)
            try:
                connection = await self.connect()
            except OSError:
                continue
            return self.free(connection)


class _ClosedLoop(_Loop):
    """Each connection asks again once it is answered."""

    async def run(self, connections: int) -> Recording:
        """Ask until the time is up."""
        opened = [await self.connect() for _ in range(connections)]
        self.begin()
        for connection in opened:
            self.free(connection)
        await asyncio.sleep(self.recording.seconds)
        return await self.finish()

    def free(self, connection: Connection) -> None:
        """Ask the next."""
        now = time.perf_counter()
        if now < self._end:
            self.send(connection, self._source(), now)

    def unsent(self) -> list[float]:
        """Return nothing: a request is due when a connection is free."""
        return []


class _OpenLoop(_Loop):
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
