"""A slow request as it is kept: what it did and how long, and of its words no more than is allowed."""

from __future__ import annotations

from typing import Any

from starlette.types import Scope

from backend.monitor import current

MAX_QUERY = 200  # characters
LINES_PER_S = 5  # of the log: where everything is slow, a line for each would make it slower


class SlowLines:
    """Lets a few slow requests of each second into the log, and counts the others."""

    def __init__(self) -> None:
        self._second = 0
        self._written = 0
        self._left_out = 0

    def take(self, now: float) -> bool:
        """Whether a request that ended now, in seconds of any clock, may have its line."""
        if (second := int(now)) != self._second:
            self._second, self._written = second, 0
        if self._written < LINES_PER_S:
            self._written += 1
            return True
        self._left_out += 1
        return False

    def left_out(self) -> int:
        """Return how many had no line since this was last asked."""
        count, self._left_out = self._left_out, 0
        return count


def slow_request(
    scope: Scope, operation: str, route: tuple[str, str], seconds: float, when: float, *, with_query: bool
) -> dict[str, Any]:
    """Return what is kept of one request.

    Args:
        scope: of the request.
        operation: that it is part of.
        route: its method and template.
        seconds: that it took.
        when: it ended, as seconds since 1970.
        with_query: keep the query's words, which are personal data; else only how many there were.
    """
    query = current.query_of(scope)
    return {
        "operation": operation,
        "method": route[0],
        "route": route[1],
        "ms": round(seconds * 1000, 3),
        "at": round(when, 3),
        "request_id": scope[current.REQUEST_ID],
        "stages_ms": dict(scope.get(current.STAGES) or {}),
        "query": query[:MAX_QUERY] if with_query and query is not None else None,
        "query_characters": None if query is None else len(query),
        "query_words": None if query is None else len(query.split()),
    }
