"""The headers that browsers are to obey, the same whoever answers: a route, a handler of errors, the connection."""

from __future__ import annotations

Headers = tuple[tuple[bytes, bytes], ...]
_SAFE: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
_STRICT_POLICY = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# The pages of the routes run the framework's scripts, from a public host, and one inside the page.
_PAGES_POLICY = (
    b"default-src 'none'; script-src 'unsafe-inline' https://cdn.jsdelivr.net; "
    b"style-src 'unsafe-inline' https://cdn.jsdelivr.net https://fonts.googleapis.com; "
    b"font-src https://fonts.gstatic.com; img-src 'self' data: https://fastapi.tiangolo.com https://cdn.redoc.ly; "
    b"worker-src blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HTTPS_ONLY: Headers = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)


def safe_headers(*, https_only: bool, pages: bool = False) -> Headers:
    """Return the headers.

    Args:
        https_only: whether browsers are told to come by HTTPS alone from now on.
        pages: for the pages of the routes, which load scripts; everything else may load nothing.
    """
    policy = _PAGES_POLICY if pages else _STRICT_POLICY
    return (*_SAFE, *(_HTTPS_ONLY if https_only else ()), (b"content-security-policy", policy))
