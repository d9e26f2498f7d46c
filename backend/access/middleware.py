"""Finds who calls, limits keys and addresses, adds headers for browsers, and answers for mistakes of ours."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.access.keys import MAX_KEY_LENGTH, Caller
from backend.access.quota import Quota
from backend.access.runtime import Access
from backend.access.safe_headers import Headers, safe_headers
from backend.access.visitor import CALLER, GRANT, IS_KEY_WRONG
from backend.access.window import Grant
from backend.error_handlers import unexpected_error_response, vitrine_error_response

PAGES = frozenset({"/docs", "/docs/oauth2-redirect", "/redoc"})


class AccessMiddleware:
    """Stands in front of everything that costs something."""

    def __init__(self, app: ASGIApp, access: Access, *, https_only: bool) -> None:
        """Prepare the headers.

        Args:
            app: what answers.
            access: keys and limits.
            https_only: whether browsers are told to come by HTTPS alone from now on.
        """
        self._app = app
        self._access = access
        self._headers = safe_headers(https_only=https_only)
        self._page_headers = safe_headers(https_only=https_only, pages=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fixed = self._page_headers if scope["path"] in PAGES else self._headers
        has_begun = False

        def send_with_headers(message: Message) -> Awaitable[None]:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                message["headers"] = [*message.get("headers", ()), *fixed, *_rate_headers(scope.get(GRANT))]
            return send(message)

        if (scheme := self._access.client_address.scheme(scope)) is not None:
            scope["scheme"] = scheme
        caller = scope[CALLER] = self._caller(scope)
        quota, identity = self._limit(scope, caller)
        if identity is not None and quota.bucket.limit:
            grant = quota.take(identity)
            if grant is None:
                grant = await quota.grant(identity)
            scope[GRANT] = grant
            if not grant.granted:
                await vitrine_error_response(Request(scope), quota.refusal(grant))(scope, receive, send_with_headers)
                return
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if has_begun:  # nothing can be said any more: the server logs it and breaks the connection off
                raise
            await unexpected_error_response(Request(scope), error)(scope, receive, send_with_headers)

    def _limit(self, scope: Scope, caller: Caller | None) -> tuple[Quota, str | None]:
        access = self._access
        if caller is not None:
            return access.of_key(caller), caller.id
        return access.address, access.client_address.of(scope) if access.address.bucket.limit else None

    def _caller(self, scope: Scope) -> Caller | None:
        key = bearer = b""
        for name, value in scope["headers"]:
            if name == b"x-api-key":
                key = key or value
            elif name == b"authorization":
                scheme, _, token = value.partition(b" ")
                bearer = bearer or (token if scheme.lower() == b"bearer" else b"")
        given = (key or bearer).strip()
        if not given:
            return None
        caller = self._access.keys.identify(given.decode("latin-1")) if len(given) <= MAX_KEY_LENGTH else None
        scope[IS_KEY_WRONG] = caller is None
        return caller


def _rate_headers(grant: Grant | None) -> Headers:
    if grant is None or not grant.bucket.limit:
        return ()
    return (
        (b"ratelimit-limit", b"%d" % grant.bucket.limit),
        (b"ratelimit-remaining", b"%d" % grant.remaining),
        (b"ratelimit-reset", b"%d" % grant.reset_s),
    )
