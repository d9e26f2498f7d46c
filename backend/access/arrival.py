"""When a request came, though nobody looked: the loop may have been busy with others while it lay in the socket."""

from __future__ import annotations

import asyncio
import socket
import struct
from time import monotonic
from typing import ClassVar
from weakref import WeakKeyDictionary

_INFO: int | None = getattr(socket, "TCP_INFO", None)  # Linux
_LAST_RECEIVED = struct.Struct("52xI")  # tcpi_last_data_recv of struct tcp_info, in milliseconds


class Arrivals:
    """Tells for the connections of one event loop when what they just read had come.

    The kernel knows how long ago a connection last got something, in steps of its clock of 1 to 10 ms. A step between
    coming and reading makes a moment look like a whole step, and none makes nearly a step look like nothing: one wait
    may be told up to a step too long or too short, the mean is right. While connections are read one look after the
    other, none is told longer than since the last look that read any: what came earlier would have been read then.
    When the loop looked and found nothing isn't noted, so on a quiet server a whole step may be told for a moment.
    """

    _of: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, Arrivals]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._looking = False
        self._read = self._read_before = monotonic()

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> Arrivals:
        """Return those of a loop."""
        found = cls._of.get(loop)
        if found is None:
            found = cls._of[loop] = cls()
        return found

    def at(self, transport: asyncio.Transport) -> float:
        """Return when what a transport has just read came, by `time.monotonic`; now where nothing is known."""
        now = monotonic()
        if not self._looking:  # the first one that this look reads
            self._looking = True
            self._read_before, self._read = self._read, now
            asyncio.get_running_loop().call_soon(self._end_look)
        waited_s = _waited_s(transport)
        return now - min(waited_s, now - self._read_before)

    def _end_look(self) -> None:
        self._looking = False


def _waited_s(transport: asyncio.Transport) -> float:
    """Return how long ago the kernel received what was read last."""
    connection = transport.get_extra_info("socket")
    if _INFO is None or connection is None:
        return 0.0
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, _INFO, _LAST_RECEIVED.size)
    except OSError:  # not TCP, or closed meanwhile
        return 0.0
    return float(_LAST_RECEIVED.unpack(told)[0]) / 1000 if len(told) == _LAST_RECEIVED.size else 0.0
