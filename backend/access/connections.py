"""How many connections a process has open, and which of them are too slow."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import ClassVar, Protocol
from weakref import WeakKeyDictionary

from backend.access.address import ClientAddress
from backend.access.handover import Handover
from backend.config import get_settings

LOOK_EVERY_S = 0.5


class Connection(Protocol):
    """What is looked after."""

    @property
    def waited_s(self) -> float:
        """Seconds that it has kept the server waiting."""

    def look(self, passed_s: float) -> None:
        """Close if the client is too slow."""

    def cut_off(self, status: int, message: str) -> None:
        """Answer with an error, and close."""


class Connections:
    """The connections of one event loop.

    Attributes:
        handover: shares them with the other workers of the port; None where there are none.
    """

    _of: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, Connections]] = WeakKeyDictionary()

    def __init__(self, most: int, most_per_address: int, client_address: ClientAddress) -> None:
        """Begin without any.

        Args:
            most: open at once.
            most_per_address: of one address.
            client_address: tells which addresses are counted.
        """
        self._most = most
        self._most_per_address = most_per_address
        self._client_address = client_address
        self._open: dict[Connection, str | None] = {}
        self._by_address: Counter[str] = Counter()
        self.handover: Handover | None = None
        self._is_ready = False

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> Connections:
        """Return those of a loop; the first time, begin to look after them."""
        found = cls._of.get(loop)
        if found is None:
            settings = get_settings()
            address = ClientAddress(settings.trusted_proxies)
            found = cls._of[loop] = cls(settings.max_connections, settings.max_connections_per_ip, address)
            loop.call_later(LOOK_EVERY_S, found._look, loop, loop.time())
        return found

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def begin(self) -> None:
        """Take note that requests can be answered from now on."""
        self._is_ready = True
        self._tell()

    def enter(self, connection: Connection, peer: str | None) -> bool:
        """Count a new connection; False when its address has too many.

        When there are too many of all together, the one that has kept the server waiting longest is closed, so that a
        client that only holds connections open takes no place from those that use theirs; without one, False too.
        """
        address = None if peer is None else self._client_address.of_socket(peer)
        if address is not None and self._by_address[address] >= self._most_per_address:
            return False
        if len(self._open) >= self._most:
            slowest = max(self._open, key=lambda one: one.waited_s)
            if not slowest.waited_s:
                return False
            slowest.cut_off(503, "too many connections")
            self.leave(slowest)
        self._open[connection] = address
        if address is not None:
            self._by_address[address] += 1
        self._tell()
        return True

    def leave(self, connection: Connection) -> None:
        """Forget a connection; one that isn't known is none."""
        address = self._open.pop(connection, None)
        if address is not None:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
        self._tell()

    def _tell(self) -> None:
        if self.handover is not None:
            self.handover.count(len(self._open), is_ready=self._is_ready)

    def _look(self, loop: asyncio.AbstractEventLoop, before: float) -> None:
        now = loop.time()
        loop.call_later(LOOK_EVERY_S, self._look, loop, now)
        if self.handover is not None:
            self.handover.look()
        self._tell()
        for connection in list(self._open):
            # A loop that was busy hasn't read what came meanwhile: the clients aren't to blame for that time.
            connection.look(min(now - before, 2 * LOOK_EVERY_S))
