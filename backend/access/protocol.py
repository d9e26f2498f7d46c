"""Guards one connection: sizes before anything is parsed, how long a client may take, how many connections there are.

The server's own HTTP protocol waits for ever for the rest of a request; here a client that is slower than it may be,
or that doesn't read its answer, is cut off, and its connection is free for another.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from backend.access.arrival import Arrivals
from backend.access.connections import Connections
from backend.access.head import flaw_of, origin_form
from backend.access.refusal import refuses, whole_answer
from backend.config import get_settings
from backend.monitor.current import ARRIVED

MAX_HEAD_BYTES = 32 * 1024  # request line and headers
MAX_URL_BYTES = 8 * 1024
PIECE_BYTES = 16 * 1024  # parsed at once: what comes in a burst is measured as if it came in these
MAX_LENGTH_DIGITS = 20  # of Content-Length: 64 bits; the parser takes any number of zeros, `int` doesn't
BYTES_PER_S = 16 * 1024  # of a body; each that came buys its time
ANSWER_TIMEOUT_S = 30.0  # that no byte of an answer is taken
LINGER_S = 0.5  # for a request that is on its way when the server is told to stop


class GuardedProtocol(HttpToolsProtocol):
    """One connection; the loop's `Connections` looks after all of them twice a second."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._book = Connections.of(self.loop)
        self._arrivals = Arrivals.of(self.loop)
        self._arrived = 0.0
        self._request_timeout_s = get_settings().request_timeout_s
        self._waiting = True  # for the client, to begin or to end a request
        self._waited_s = 0.0
        self._came = 0  # bytes of this request
        self._in_head = True
        self._between = 0  # bytes since the head or the last part of the body: all head, or all trailer
        self._refused = False
        self._unread = 0  # bytes of answers that the client hasn't taken
        self._unread_s = 0.0
        self._stopping = False
        self._stays = self._passed_on = False
        self._in_work: RequestResponseCycle | None = None

    @property
    def waited_s(self) -> float:
        """Seconds that the server has waited for the client, or the connection has rested."""
        return self._waited_s

    def stay(self, *, ending: bool) -> None:
        """Serve this connection here, since another worker has handed it over.

        Args:
            ending: with its first answer, since this worker has been told to stop.
        """
        self._stays = True
        self._stopping = ending

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, or refuse it, or let a worker have it that has fewer."""
        handover = self._book.handover
        if handover is not None and not self._stays and handover.passes_on(transport):
            self._passed_on = True
            return
        super().connection_made(transport)
        if not self._book.enter(self, None if self.client is None else self.client[0]):
            self.cut_off(503, "too many connections")
        elif self._stopping:
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._passed_on:
            return
        self._book.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, as far as the request line and headers aren't too long."""
        if self._refused:
            return
        self._waiting = True
        self._arrived = self._arrivals.at(self.transport)
        self._came += len(data)
        self._unset_keepalive_if_required()
        if len(data) <= PIECE_BYTES:
            self._parse(data)
            return
        for start in range(0, len(data), PIECE_BYTES):
            self._parse(data[start : start + PIECE_BYTES])

    def _parse(self, piece: bytes) -> None:
        self._between += len(piece)
        while piece and not self._refused:
            try:
                self.parser.feed_data(piece)
                break
            except httptools.HttpParserUpgrade as stopped:  # another protocol is asked for: go on in this one
                piece = piece[stopped.args[0] :]
            except httptools.HttpParserError as error:
                self.logger.debug("what came isn't HTTP", exc_info=error)
                if not self._refused:
                    self.cut_off(400, "this isn't a valid HTTP request")
        if self._between > MAX_HEAD_BYTES and not self._refused:
            self.cut_off(431, f"request line and headers are longer than {MAX_HEAD_BYTES} bytes")

    def on_message_begin(self) -> None:
        """Begin to wait for a request."""
        super().on_message_begin()
        self._waiting = True
        self._waited_s = 0.0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers, which nothing here reads, are dropped."""
        if not self._in_head:
            return
        if len(value) > MAX_LENGTH_DIGITS and name.lower() == b"content-length" and not self._refused:
            self.cut_off(400, f"Content-Length has more than {MAX_LENGTH_DIGITS} digits")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand the request to the application, unless its head is too long."""
        if self._refused:
            return
        if self._came > MAX_URL_BYTES:
            if len(self.url) > MAX_URL_BYTES:
                self.cut_off(414, f"the URL is longer than {MAX_URL_BYTES} bytes")
                return
            if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > MAX_HEAD_BYTES:
                self.cut_off(431, f"request line and headers are longer than {MAX_HEAD_BYTES} bytes")
                return
        if self.url[:1] != b"/":
            target = origin_form(self.url, self.parser.get_method())
            if target is None:
                self.cut_off(400, "the request's target is no path and no address of a server")
                return
            self.url = target
        self._in_head = False
        self._between = 0
        self.scope[ARRIVED] = self._arrived  # type: ignore[literal-required]  # ours
        super().on_headers_complete()
        if self._stopping:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on."""
        self._between = 0
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop waiting: the whole request is there."""
        if self._refused:
            return
        self._waiting = False
        self._waited_s = 0.0
        self._came = 0
        self._between = 0
        self._in_head = True
        super().on_message_complete()

    def shutdown(self) -> None:
        """Have this connection end with its next answer, or soon where there is no request.

        Closed at once, one whose request is on its way would leave its client without an answer, and in doubt.
        """
        self._stopping = True
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(LINGER_S, self._end_if_idle)
        else:
            self.cycle.keep_alive = False

    def _end_if_idle(self) -> None:
        unread = self._in_head and self._came  # the rest of a request is still to come, or `look` ends it
        if not unread and (self.cycle is None or self.cycle.response_complete):
            self.transport.close()

    def look(self, passed_s: float) -> None:
        """Cut the client off if it is too slow.

        Args:
            passed_s: seconds since the last look.
        """
        unread = self.transport.get_write_buffer_size()
        self._unread_s = self._unread_s + passed_s if unread and unread == self._unread else 0.0
        self._unread = unread
        if self._unread_s > ANSWER_TIMEOUT_S:
            self.transport.abort()
            return
        answered = self.cycle is None or self.cycle.response_complete
        working = self._in_head and not answered  # on the request before this one
        # While reading is paused it is the client that waits.
        if self._refused or working or self.flow.read_paused:
            return
        if self._waiting or answered:
            self._waited_s += passed_s
        # A body that nobody reads any more, since the answer is out, buys no time.
        bought_s = 0.0 if answered and not self._in_head else self._came / BYTES_PER_S
        if not self._waiting or self._waited_s <= self._request_timeout_s + bought_s:
            return
        if self._in_head and not self._came:  # browsers open connections ahead of need: there's nothing to answer
            self._refused = True
            self.transport.close()
        else:
            self.cut_off(408, f"the request didn't arrive within {self._request_timeout_s:g} s")

    def cut_off(self, status: int, message: str) -> None:
        """Answer with an error, where no answer has begun, and close; after answers to whole requests before it."""
        self._refused = True
        before = self._last_whole()
        if before is not None and not before.response_complete:
            before.keep_alive = False
            return
        if (self._in_head or not self.cycle.response_started) and not self.transport.is_closing():
            self.transport.write(whole_answer(status, message))
        self.transport.close()

    def _last_whole(self) -> RequestResponseCycle | None:
        """Return the last request that came before the one that is being read; one that waits its turn is dropped."""
        if self._in_head:
            return self.cycle
        if not self.pipeline:  # it is in work itself
            return None
        self.pipeline.popleft()
        return self.pipeline[0][0] if self.pipeline else self._in_work

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._in_work = cycle
        flaw = flaw_of(cycle.scope)
        super()._start_asgi_task(cycle, app if flaw is None else refuses(flaw))
