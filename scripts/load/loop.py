"""What closed and open loops share: connections, what is outstanding, and the notes."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from scripts.load.recording import OK, Recording
from scripts.load.wire import LOST, Connection, Request

Source = Callable[[], Request]
"""Makes the next request."""
Check = Callable[[str, bytes], str | None]
"""Gets the kind and the body of an answer with 200; says what is wrong with it, or None."""

CHECK_EVERY = 25  # answers; reading one costs several times what sending did
GRACE_S = 30.0  # for answers that are outstanding when the last request was due
PAUSE_S = 0.05  # before another connection is tried, when one broke


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int


class Loop(ABC):
    """A run of one kind; it is used once."""

    def __init__(self, address: Address, source: Source, seconds: float, check: Check | None, grace_s: float) -> None:
        self.recording = Recording(seconds)
        self._address, self._source, self._check, self._grace = address, source, check, grace_s
        self._outstanding: dict[Connection, tuple[Request, float, float]] = {}
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
        self._outstanding[connection] = request, due, time.perf_counter()
        connection.send(request)

    def answered(self, connection: Connection, status: int, body: bytes) -> None:
        """Note an answer, and use the connection again."""
        now = time.perf_counter()
        sent = self._outstanding.pop(connection, None)
        if sent is None:  # noted as lost at the end
            return
        request, due, sent_at = sent
        notes, held_ms = self.recording, (sent_at - due) * 1000
        begun_s, latency_ms = due - self._start, (now - due) * 1000
        notes.add(request.kind, begun_s, latency_ms, status, kept=connection.was_kept, held_ms=held_ms)
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
        late = [(request.kind, due) for request, due, _ in self._outstanding.values()]
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
