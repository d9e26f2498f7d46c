"""Answers a request that was answered before, byte for byte the same, ahead of routing and validation."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.admission import too_many
from backend.cache.answers import AnswerCache, Outcome, digest_of
from backend.cache.memory import Answer, Basis
from backend.error_handlers import vitrine_error_response

ANSWER = "vitrine.answer"
"""Where in its scope a route leaves the `Answer` that it sends, if it is one for everybody."""
LONGEST = 4096  # bytes of a body that is looked at
LONGEST_TYPE = 256  # of its content type
_TYPE = (b"content-type", b"application/json")
_SHOPPER = (b'"user_id"', b'"session_id"')


class CacheFront:
    """Pure ASGI, in front of one route.

    A request that isn't known goes on untouched. Who asks, and how often they may, is found out further out.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        path: str,
        operation: str,
        cache: Callable[[], AnswerCache | None],
        basis: Callable[[], Basis | None],
        may: Callable[[Scope], bool],
        refuses: Callable[[], bool],
    ) -> None:
        """Prepare.

        Args:
            app: answers what isn't known.
            path: of the route, which takes JSON by POST.
            operation: what the route does, as the monitor calls it.
            cache: returns where answers are kept; None for nowhere.
            basis: returns the current basis of answers for everybody; None while nothing can be answered.
            may: whether a request may have such an answer.
            refuses: whether a new answer is refused: then that is said at once, at the least cost.
        """
        self._app = app
        self._path = path
        self._operation = operation
        self._front = f"front:{operation}"  # known by its bytes, and not by what it says
        self._cache = cache
        self._basis = basis
        self._may = may
        self._refuses = refuses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if (
            scope["type"] != "http"
            or scope["path"] != self._path
            or scope["method"] != "POST"
            or (cache := self._cache()) is None
            or (basis := self._basis()) is None
            or not self._may(scope)
        ):
            await self._app(scope, receive, send)
            return
        length, kind = b"", b""
        for name, value in scope["headers"]:
            if name == b"content-length":
                length = value
            elif name == b"content-type":
                kind = value
        if not length.isdigit() or int(length) > LONGEST or len(kind) > LONGEST_TYPE:
            await self._app(scope, receive, send)
            return
        message = await receive()
        if message["type"] != "http.request" or message.get("more_body", False):
            await self._app(scope, _again(message, receive), send)
            return
        body = message.get("body", b"")
        key = self._front, digest_of(b"%d %b%b" % (len(kind), kind, body))
        answer = cache.look_up(key, basis)
        if answer is not None:
            scope["vitrine.operation"], scope["vitrine.cache"] = self._operation, "hit"
            answer.use.count += 1
            cache.stats.by_kind[self._operation].hits += 1
            await _send(answer, send)
            return
        # Answers for a shopper are kept under what is known of them, which isn't found out here.
        if not any(name in body for name in _SHOPPER) and self._refuses():
            await vitrine_error_response(Request(scope), too_many())(scope, receive, send)
            return
        await self._app(scope, _again(message, receive), send)
        if (made := scope.get(ANSWER)) is not None:
            cache.keep(key, made)


def answer_headers(answer: Answer, outcome: Outcome) -> list[tuple[bytes, bytes]]:
    """Return what is said about a kept answer: whether it was kept, and for how many seconds."""
    age_s = max(0, int(monotonic() - answer.made_at))
    return [(b"x-cache", outcome.encode()), (b"age", b"%d" % age_s)]


def kept_response(request: Request, answer: Answer, outcome: Outcome, *, for_everybody: bool) -> Response:
    """Return what sends an answer; the same request is then answered with it in front, if it is for everybody."""
    request.scope["vitrine.cache"] = outcome
    if for_everybody and answer.basis:
        request.scope[ANSWER] = answer
    response = Response(answer.body, media_type="application/json")
    response.raw_headers += answer_headers(answer, outcome)
    return response


async def _send(answer: Answer, send: Send) -> None:
    length = (b"content-length", b"%d" % len(answer.body))
    headers = [_TYPE, length, *answer_headers(answer, "hit")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _again(message: Message, receive: Receive) -> Receive:
    """Return a `receive` that gives a message that was taken already, and then goes on."""
    waiting: list[Message] = [message]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
