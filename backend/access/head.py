"""What the parser lets through in a request's head and HTTP doesn't: targets, versions, hosts."""

from __future__ import annotations

import httptools
from uvicorn._types import HTTPScope

SCHEMES = frozenset({b"http", b"https"})
VERSIONS = frozenset({"1.0", "1.1"})


def origin_form(target: bytes, method: bytes) -> bytes | None:
    """Return path and query of a target that doesn't begin with a path; None where it is none for this server.

    Args:
        target: of the request line.
        method: such as `b"GET"`.
    """
    if target == b"*":
        return target if method == b"OPTIONS" else None
    try:
        url = httptools.parse_url(target)
    except httptools.HttpParserInvalidURLError:
        return None
    if url.schema is None or url.schema.lower() not in SCHEMES:
        return None
    path = url.path or b"/"
    return path if url.query is None else path + b"?" + url.query


def flaw_of(scope: HTTPScope) -> str | None:
    """Return what is wrong with a request's version or number of hosts; None where all is well."""
    hosts = 0
    for name, _ in scope["headers"]:
        if name == b"host":
            hosts += 1
    version = scope["http_version"]
    if hosts == 1 and version == "1.1":
        return None
    if version not in VERSIONS:
        return f"HTTP/{version} isn't spoken here, but HTTP/1.1"
    if hosts > 1 or (version == "1.1" and hosts == 0):
        return f"a request has one Host, and this one has {hosts or 'none'}"
    return None
