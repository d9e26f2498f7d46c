"""Answers lean routes in front of the framework's routing, which costs more than the work of the busiest ones."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.lean_route import RAISED, LeanRoute


class LeanFront:
    """Pure ASGI, innermost. What isn't the plain case goes on as if nobody had looked at it; so do errors.

    Only for routes whose paths have no parameters, and where no trace is to name what the framework does.
    """

    def __init__(self, app: ASGIApp, routers: Iterable[APIRouter]) -> None:
        """Find the routes.

        Args:
            app: has all of them, and the others.
            routers: whose lean routes are answered here.
        """
        self._app = app
        self._routes = {
            (method, route.path): route
            for router in routers
            for route in router.routes
            if isinstance(route, LeanRoute) and "{" not in route.path
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        route = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        read: list[Message] = []

        async def receive_noting() -> Message:
            message = await receive()
            read.append(message)
            return message

        async def receive_again() -> Message:
            return read.pop(0) if read else await receive()

        response = None
        try:
            response = await route.lean(Request(scope, receive_noting))
        except Exception as error:  # the route raises it again where the framework's handlers are around it
            scope[RAISED] = error
        if response is None:
            await self._app(scope, receive_again, send)
            return
        scope["route"] = route
        await response(scope, receive, send)
