"""Routes whose dependencies are found by plain calls: the framework's own solving costs more than their work.

A `LeanRoute` is declared and documented like any other. Whatever isn't the plain case, such as a body that isn't
valid JSON of the model, goes the framework's way, which knows how to say what is wrong.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi import Request, Response
from fastapi.params import Depends, Header, Path, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Call = Callable[..., Any]
JSON = "application/json"
RAISED = "vitrine.raised"
"""Where in its scope a request has the error that its route is to raise."""


class LeanRoute(APIRoute):
    """A route that takes a JSON body, parts of its path, parameters, and services that depend only on the request."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request.

        Raises:
            TypeError: it is declared with something that only the framework's way knows.
        """
        if self.status_code not in (None, HTTPStatus.OK):
            raise TypeError(f"a lean route answers with 200, not {self.status_code}")
        whole = super().get_route_handler()
        self._plan = _Plan(self.endpoint, [one.dependency for one in self.dependencies if one.dependency is not None])

        async def handle(request: Request) -> Response:
            if (raised := request.scope.pop(RAISED, None)) is not None:
                raise raised
            response = await self.lean(request)
            return response or await whole(request)  # which finds the body again: the request keeps it

        return handle

    async def lean(self, request: Request) -> Response | None:
        """Answer a request; None, and nothing is done, when it isn't the plain case."""
        plan = self._plan
        given = await plan.given(request)
        if given is None:
            return None
        async with AsyncExitStack() as stack:
            result = await self.endpoint(**given, **await plan.services(request, stack))
        return result if isinstance(result, Response) else _json(result)


class _Plan:
    """The dependencies of an endpoint, each behind those that it needs itself."""

    def __init__(self, endpoint: Call, dependencies: list[Call]) -> None:
        self._body: tuple[str, type[BaseModel]] | None = None
        self._parameters: list[_Parameter] = []
        self._steps: dict[Call, dict[str, _Source]] = {}
        self._opened: dict[Call, Call] = {}  # of those that end with the request
        if not inspect.iscoroutinefunction(endpoint):
            raise _refused(endpoint.__name__, "not a coroutine function")
        for dependency in dependencies:
            self._add(dependency)
        self._endpoint: dict[str, _Source] = {}
        defaults = inspect.signature(endpoint).parameters
        for name, kind in get_type_hints(endpoint, include_extras=True).items():
            if name == "return":
                continue
            if inspect.isclass(kind) and issubclass(kind, BaseModel):
                self._body = name, kind
            elif (mark := _mark(kind, (Path, Query))) is not None:
                _check_name(name, mark)
                from_path = isinstance(mark, Path)
                self._parameters.append(_Parameter(name, from_path, TypeAdapter(kind), defaults[name].default))
            else:
                self._endpoint[name] = self._source(name, kind, defaults[name].default)

    async def given(self, request: Request) -> dict[str, Any] | None:
        """Return what the client gave the endpoint; None when that isn't the plain case."""
        found: dict[str, Any] = {}
        try:
            for one in self._parameters:
                raw = (request.path_params if one.from_path else request.query_params).get(one.name)
                if raw is None and one.default is inspect.Parameter.empty:
                    return None
                found[one.name] = one.default if raw is None else one.kind.validate_python(raw)
            if self._body is not None:
                if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
                    return None
                name, model = self._body
                content = await request.body()
                found[name] = model.model_validate(json.loads(content))
        except (ValueError, RecursionError):
            return None
        return found

    async def services(self, request: Request, stack: AsyncExitStack) -> dict[str, Any]:
        """Return the services that the endpoint asks for; what is to be closed goes onto the stack."""
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
        if not inspect.iscoroutinefunction(call) and not inspect.isasyncgenfunction(call):
            raise _refused(getattr(call, "__name__", repr(call)), "neither coroutine function nor async generator")
        kinds, defaults = get_type_hints(call, include_extras=True), inspect.signature(call).parameters
        # What it needs itself is put in before it, while its sources are found.
        self._steps[call] = {
            name: self._source(name, kind, defaults[name].default) for name, kind in kinds.items() if name != "return"
        }
        if inspect.isasyncgenfunction(call):
            self._opened[call] = asynccontextmanager(call)

    def _source(self, name: str, kind: Any, default: Any) -> _Source:
        if kind is Request:
            return lambda request, found: request
        mark = _mark(kind, (Depends, Header))
        if isinstance(mark, Depends) and mark.dependency is not None:
            call = mark.dependency
            self._add(call)
            return lambda request, found: found[call]
        if isinstance(mark, Header) and default is None and get_args(kind)[0] == (str | None):
            _check_name(name, mark)
            header = name.replace("_", "-")
            return lambda request, found: request.headers.get(header)
        raise _refused(name, repr(kind))


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    from_path: bool
    kind: TypeAdapter[Any]
    default: Any


_Source = Callable[[Request, dict[Call, Any]], Any]


def _mark(kind: Any, marks: tuple[type, ...]) -> Any:
    """Return what an annotation says beside the type, of one of these classes; nothing of several values in one."""
    of, *beside = get_args(kind) if get_origin(kind) is Annotated else (None,)
    if inspect.isclass(of) and issubclass(of, BaseModel) and Query in marks:
        return None
    return next((mark for mark in beside if isinstance(mark, marks)), None)


def _check_name(name: str, mark: Path | Query | Header) -> None:
    """Make sure that clients call a parameter what the endpoint calls it."""
    plain = getattr(mark, "convert_underscores", True)
    if mark.alias is not None or mark.validation_alias is not None or not plain:
        raise _refused(name, "has another name for clients")


def _refused(name: str, why: str) -> TypeError:
    return TypeError(f"a lean route can't give {name}: {why}")


def _json(result: BaseModel) -> Response:
    return Response(result.__pydantic_serializer__.to_json(result), media_type=JSON)
