"""The request that is being answered, and what its service tells of it on the way."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from time import monotonic
from typing import Any

from starlette.types import Scope

# An empty one outside of requests. The keys below are ours: other parts of the server may set them, too.
current_scope: ContextVar[Scope | None] = ContextVar("current_scope", default=None)
REQUEST_ID = "request_id"
OPERATION = "vitrine.operation"  # of an answer that is given before routing
CACHE = "vitrine.cache"  # "hit" or "miss"
STAGES = "vitrine.stages"  # milliseconds by stage
STAGES_ENDED = "vitrine.stages_ended"  # when the last of them did, by `time.monotonic`
AHEAD = "vitrine.ahead"  # of a request that nobody sent: it isn't recorded
ARRIVED = "vitrine.arrived"  # when the head was there, by `time.monotonic`; what no server sent has none
ASKED = "vitrine.asked"  # the body, for its query text and ids


def request_id() -> str:
    """Return the id of the request that is being answered; empty outside of one."""
    scope = current_scope.get()
    return "" if scope is None else str(scope.get(REQUEST_ID, ""))


def note_asked(body: object) -> None:
    """Remember a request's body, so that logs keep its words and ids out, and slow requests can be explained."""
    if (scope := current_scope.get()) is not None:
        scope[ASKED] = body


def note_stages(timings_ms: Mapping[str, float]) -> None:
    """Remember how long the stages of this request took; the middleware records them with it."""
    if (scope := current_scope.get()) is not None:
        scope[STAGES] = timings_ms
        scope[STAGES_ENDED] = monotonic()


def query_of(scope: Mapping[str, Any]) -> str | None:
    """Return the words that a request asks for, if any."""
    query = getattr(scope.get(ASKED), "query", None)
    return query if isinstance(query, str) else None
