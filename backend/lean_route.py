"""Routes whose dependencies are found by plain calls: the framework's own solving costs more than their work.

A `LeanRoute` is declared and documented like any other. Whatever isn't the plain case, a body that isn't valid JSON
of the model above all, goes the framework's way, which knows how to say what is wrong.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi import Request, Response
from fastapi.params import Depends, Header
from fastapi.routing import APIRoute
from pydantic import BaseModel

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Call = Callable[..., Any]
JSON = "application/json"


class LeanRoute(APIRoute):
    """A route that takes one JSON body and services that depend on nothing but the request and its headers."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        whole = super().get_route_handler()
        plan = _Plan(self.endpoint, [one.dependency for one in self.dependencies if one.dependency is not None])
        name, model = plan.body

        async def handle(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
                return await whole(request)
            content = await request.body()  # which the request keeps for the framework's way
            try:
                body = model.model_validate(json.loads(content))
            except (ValueError, RecursionError):
                return await whole(request)
            async with AsyncExitStack() as stack:
                result = await self.endpoint(**await plan.values(request, stack), **{name: body})
            return result if isinstance(result, Response) else _json(result)

        return handle


class _Plan:
    """The dependencies of an endpoint, each behind those that it needs itself."""

    def __init__(self, endpoint: Call, dependencies: list[Call]) -> None:
        self.body = _body_of(endpoint)
        self._steps: dict[Call, dict[str, _Source]] = {}
        self._opened: dict[Call, Call] = {}  # of those that end with the request
        for dependency in dependencies:
            self._add(dependency)
        self._endpoint: dict[str, _Source] = {}
        for name, kind in get_type_hints(endpoint, include_extras=True).items():
            if name not in {"return", self.body[0]}:
                self._endpoint[name] = self._source(name, kind)

    async def values(self, request: Request, stack: AsyncExitStack) -> dict[str, Any]:
        """Return what the endpoint is called with but for the body; what is to be closed goes onto the stack."""
        found: dict[Call, Any] = {}
        for call, sources in self._steps.items():
            given = {name: source(request, found) for name, source in sources.items()}
            if (opened := self._opened.get(call)) is not None:
                found[call] = await stack.enter_async_context(opened(**given))
            else:
                found[call] = await call(**given)
        return {name: source(request, found) for name, source in self._endpoint.items()}

    def _add(self, call: Call) -> None:
        if call in self._steps:
            return
        kinds = get_type_hints(call, include_extras=True)
        sources = {name: self._source(name, kind) for name, kind in kinds.items() if name != "return"}
        self._steps[call] = sources
        if inspect.isasyncgenfunction(call):
            self._opened[call] = asynccontextmanager(call)

    def _source(self, name: str, kind: Any) -> _Source:
        if kind is Request:
            return lambda request, found: request
        for mark in get_args(kind)[1:] if get_origin(kind) is Annotated else ():
            if isinstance(mark, Depends) and mark.dependency is not None:
                call = mark.dependency
                self._add(call)
                return lambda request, found: found[call]
            if isinstance(mark, Header):
                header = name.replace("_", "-")
                return lambda request, found: request.headers.get(header)
        raise TypeError(f"a lean route can't give {name}: {kind!r}")


_Source = Callable[[Request, dict[Call, Any]], Any]


def _body_of(endpoint: Call) -> tuple[str, type[BaseModel]]:
    for name, kind in get_type_hints(endpoint).items():
        if name != "return" and inspect.isclass(kind) and issubclass(kind, BaseModel):
            return name, kind
    raise TypeError("a lean route takes one JSON body")


def _json(result: BaseModel) -> Response:
    return Response(result.__pydantic_serializer__.to_json(result), media_type=JSON)
