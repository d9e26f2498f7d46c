"""The outermost middleware: gives each request its id, and writes down how it went."""

from __future__ import annotations

import logging
import re
import secrets
import time
from itertools import count
from time import monotonic
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.monitor import current
from backend.monitor.counters import REFUSED
from backend.monitor.operations import INTERACTIVE, METHODS, OTHER_METHOD, UNROUTED, operation_of, route_of
from backend.monitor.recorder import REFUSALS, REQUEST
from backend.monitor.runtime import Monitor
from backend.monitor.slow import slow_request
from backend.monitor.templates import Templates

logger = logging.getLogger("backend.requests")
_ACCEPTABLE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_HEADER = b"x-request-id"


class _Route(NamedTuple):
    method: str
    template: str
    operation: str
    series: int
    counts: bool


class MonitorMiddleware:
    """Takes a request's id from `X-Request-ID` when it is a harmless one, returns it, and records the request.

    Its time counts from when it came to when the last of its answer was handed over (docs/decisions/0034).

    What is answered before routing counts for the operation of the route that it would have come to, by its path. Who
    answers so may say in the scope which operation that is (`vitrine.operation`), and from what (`vitrine.cache`,
    "hit" or "miss").
    """

    def __init__(self, app: ASGIApp, monitor: Monitor, templates: Templates) -> None:
        """Prepare.

        Args:
            app: answers.
            monitor: takes the figures.
            templates: know the routes of what is refused before it comes to one.
        """
        self._app = app
        self._monitor = monitor
        self._templates = templates
        self._prefix = secrets.token_hex(8)  # a counter behind it: a random id for each request costs ten times more
        self._count = count()
        self._routes: dict[tuple[str, str], _Route] = {}
        self._operations: dict[str, _Route] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or current.AHEAD in scope:
            await self._app(scope, receive, send)
            return
        started = scope.get(current.ARRIVED) or monotonic()
        raw = b""
        for name, value in scope["headers"]:
            if name == _HEADER:
                raw = value
                break
        if not raw or not _ACCEPTABLE.fullmatch(raw):
            raw = b"%s%016x" % (self._prefix.encode(), next(self._count))
        scope[current.REQUEST_ID] = raw.decode()  # outlives this call: the handler of unexpected errors is outside
        status = 0
        ended = 0.0

        async def send_with_id(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                # Another list, since whoever keeps answers may hand out the same one again.
                message["headers"] = [*message.get("headers", ()), (_HEADER, raw)]
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                ended = monotonic()  # the client has it; what the application does afterwards keeps nobody waiting

        # Not reset: a server gives each request a context, and what fails is logged outside of this call.
        current.current_scope.set(scope)
        self._monitor.in_flight += 1
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            status = 500
            raise
        finally:
            self._monitor.in_flight -= 1
            # Without a status nothing was sent: it was cancelled.
            self._note(scope, status or 499, (ended or monotonic()) - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        monitor, now = self._monitor, monotonic()
        route = self._route(scope)
        is_bad = seconds > monitor.target_s
        cache = scope.get(current.CACHE, "")
        is_heavy = monitor.recorder.request(route.series, seconds, now, status, cache, route.counts, is_bad)
        if status in REFUSALS:
            monitor.recorder.count(REFUSED, (route.operation, str(status)))
        stages = scope.get(current.STAGES)
        if stages is not None:
            monitor.recorder.stages(route.operation, stages, now, is_heavy=is_heavy)
            if monitor.tracing is not None:
                monitor.tracing.stages(route.operation, stages, now - scope[current.STAGES_ENDED])
        if seconds > monitor.slow_s and route.counts:
            monitor.recorder.slow(seconds, now, lambda: self._entry(scope, route, seconds))
            if monitor.slow_lines.take(now):
                fields = {**_fields(route, status, seconds), "stages_ms": stages}
                logger.warning("slow request", extra={"fields": fields})
        elif monitor.logs_requests:
            logger.info("request", extra={"fields": _fields(route, status, seconds)})

    def _entry(self, scope: Scope, route: _Route, seconds: float) -> dict[str, Any]:
        place, keeps = (route.method, route.template), self._monitor.keeps_queries
        return slow_request(scope, route.operation, place, seconds, time.time(), with_query=keeps)

    def _route(self, scope: Scope) -> _Route:
        """Return what is known of a request's route; there are as many as the application has, and a few."""
        if (route := scope.get("route")) is None and (operation := scope.get(current.OPERATION)) is not None:
            if (known := self._operations.get(operation)) is None:
                known = self._operations[operation] = self._new(*route_of(operation), operation)
            return known
        method = scope["method"] if scope["method"] in METHODS else OTHER_METHOD
        template = self._templates.of(method, scope["path"]) if route is None else getattr(route, "path", UNROUTED)
        if (found := self._routes.get((method, template))) is None:
            found = self._routes[method, template] = self._new(method, template, operation_of(method, template))
        return found

    def _new(self, method: str, template: str, operation: str) -> _Route:
        series = self._monitor.recorder.series(REQUEST, method, template)
        return _Route(method, template, operation, series, operation in INTERACTIVE)


def _fields(route: _Route, status: int, seconds: float) -> dict[str, object]:
    return {"method": route.method, "route": route.template, "status": status, "ms": round(seconds * 1000, 3)}
