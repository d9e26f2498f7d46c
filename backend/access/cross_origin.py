"""Lets pages of other origins in, and tells those that aren't allowed so in the form of every error."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from backend.access.safe_headers import safe_headers
from backend.error_handlers import HTTP_CODES, envelope
from backend.monitor.current import request_id

_REFUSAL = b"Disallowed CORS "  # and what isn't allowed, as the framework says it


class CrossOriginMiddleware(CORSMiddleware):
    """The framework's, which answers preflights by itself, with the headers and the errors of all other answers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        https_only: bool,
        allow_origins: Collection[str],
        allow_methods: Collection[str],
        allow_headers: Collection[str],
        expose_headers: Collection[str],
        max_age: int,
    ) -> None:
        """Prepare.

        Args:
            app: what answers.
            https_only: whether browsers are told to come by HTTPS alone from now on.
            allow_origins: whose pages may ask and read, such as `https://shop.example`; `*` is everybody's.
            allow_methods: that they may use.
            allow_headers: that they may send.
            expose_headers: of answers, that they may read.
            max_age: seconds for which a browser needn't ask again.
        """
        super().__init__(
            app, allow_origins, allow_methods, allow_headers, expose_headers=expose_headers, max_age=max_age
        )
        self._safe = safe_headers(https_only=https_only)

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return the answer to a browser that asks ahead whether a page may ask."""
        response = super().preflight_response(request_headers)
        if response.status_code != 200:
            refused = bytes(response.body).removeprefix(_REFUSAL).decode()
            message = f"a page of another origin may not ask this; not allowed: {refused}"
            body = envelope(request_id(), HTTP_CODES[400], message, {})
            del response.headers["content-type"], response.headers["content-length"]
            response = Response(body, 400, dict(response.headers), "application/json")
        response.raw_headers.extend(self._safe)
        return response
