"""A slow request as it is kept: what it did and how long, and of its words no more than is allowed."""

from __future__ import annotations

from typing import Any

from starlette.types import Scope

from backend.monitor import current

MAX_QUERY = 200  # characters


def slow_request(scope: Scope, operation: str, seconds: float, when: float, *, with_query: bool) -> dict[str, Any]:
    """Return what is kept of one request.

    Args:
        scope: of the request.
        operation: that it is part of.
        seconds: that it took.
        when: it ended, as seconds since 1970.
        with_query: keep the query's words, which are personal data; else only how many there were.
    """
    query = current.query_of(scope)
    return {
        "operation": operation,
        "ms": round(seconds * 1000, 3),
        "at": round(when, 3),
        "request_id": scope[current.REQUEST_ID],
        "stages_ms": dict(scope.get(current.STAGES) or {}),
        "query": query[:MAX_QUERY] if with_query and query is not None else None,
        "query_characters": None if query is None else len(query),
        "query_words": None if query is None else len(query.split()),
    }
