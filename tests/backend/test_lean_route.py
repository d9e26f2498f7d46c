"""A lean route answers as the framework would, and ends what it began."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import AfterValidator, BaseModel
from starlette.types import Receive, Scope, Send

from backend.lean_front import LeanFront
from backend.lean_route import Handler, LeanRoute
from backend.middleware import BodyLimitMiddleware

BODIES = (
    b'{"number": 1}', b'{"number": "1"}', b'{"number": 1, "number": 2}', b'{"number": NaN}', b'{"number": 1e999}',
    b"{", b"", b"null", b"[]", b'\xff', b'\xef\xbb\xbf{"number": 1}', b'{"number": 1, "word": "\\ud800"}',
    b"[" * 100_000, b'{"word": "w", "other": 1}', b'{"number": 7}', b'{"number": 8}',
)  # fmt: skip
LIMIT = 200_000  # bytes of a body
KINDS = (
    "application/json",
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "text/plain",
    "application/a+json",
)


def no_x(value: str | None) -> str | None:
    if value is not None and "x" in value:
        raise ValueError("no x")
    return value


class Asked(BaseModel):
    number: int
    word: str = "w"


class Told(BaseModel):
    number: int
    word: str
    by: str


async def name(request: Request, x_name: Annotated[str | None, Header()] = None) -> str:
    return x_name or request.method


async def held(request: Request, by: Annotated[str, Depends(name)]) -> AsyncIterator[str]:
    request.app.state.opened.append("opened")
    try:
        yield by
    finally:
        request.app.state.opened.append("closed")


async def refuse(by: Annotated[str, Depends(name)]) -> None:
    if by == "nobody":
        raise ValueError("nobody")


async def ask(asked: Asked, one: Annotated[str, Depends(held)], other: Annotated[str, Depends(name)]) -> Told:
    assert one == other
    if asked.number == 7:
        raise ValueError("seven")
    if asked.number == 8:
        raise LookupError("eight")
    return Told(number=asked.number, word=asked.word, by=one)


async def look(
    name_: Annotated[str, Path(), AfterValidator(no_x)],
    by: Annotated[str, Depends(name)],
    number: Annotated[int, Query(ge=1)] = 5,
    word: Annotated[str | None, Query(), AfterValidator(no_x)] = None,
    loud: Annotated[bool, Query()] = False,
) -> Told:
    return Told(number=number, word=f"{name_} {word} {loud}", by=by)


def _app(kind: type[APIRoute], *, front: bool = False) -> FastAPI:
    router = APIRouter(route_class=kind, dependencies=[Depends(refuse)])
    router.post("/ask")(ask)
    router.get("/look/{name_}")(look)
    app = FastAPI()
    app.state.opened = []
    app.include_router(router)
    app.add_exception_handler(LookupError, _missing)
    if front:
        app.add_middleware(LeanFront, routers=[router])
        app.add_middleware(BodyLimitMiddleware, default=LIMIT, by_path={})
    return app


async def _missing(request: Request, error: Exception) -> Response:
    return Response(f"{request.url.path}: {error}", 404)


@pytest.mark.parametrize("headers", [{}, {"X-Name": "n"}, {"X-Name": "nobody"}])
@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_those_of_the_framework(kind: str, headers: dict[str, str]) -> None:
    apps = [_app(APIRoute), _app(LeanRoute), _app(LeanRoute, front=True)]
    clients = [TestClient(app, raise_server_exceptions=False) for app in apps]
    for body in BODIES:
        given = {"content": body, "headers": {"Content-Type": kind, **headers}}
        whole, *others = (client.post("/ask", **given) for client in clients)
        for lean in others:
            assert (lean.status_code, lean.content) == (whole.status_code, whole.content), body
            assert lean.headers == whole.headers


@pytest.mark.parametrize(
    "path",
    [
        "a", "x", "a%20b", "%C3%A9", "a?number=3", "a?number=0", "a?number=", "a?number=3&number=4", "a?number=4.0",
        "a?word=w", "a?word=", "a?word=x", "a?loud=true", "a?loud=on", "a?loud=2", "a?loud", "a?other=1",
    ],
)  # fmt: skip
def test_paths_and_parameters_are_read_as_the_framework_reads_them(path: str) -> None:
    lean, whole = (TestClient(_app(route)).get(f"/look/{path}") for route in (LeanRoute, APIRoute))
    assert (lean.status_code, lean.content) == (whole.status_code, whole.content)


@pytest.mark.parametrize("front", [False, True])
@pytest.mark.parametrize("number", [1, 7])
def test_what_was_opened_is_closed_once(number: int, front: bool) -> None:
    app = _app(LeanRoute, front=front)
    client = TestClient(app, raise_server_exceptions=False)
    assert client.post("/ask", json={"number": number}).status_code == (200 if number == 1 else 500)
    assert app.state.opened == ["opened", "closed"]


@pytest.mark.parametrize(("path", "lean"), [("/look/a?number=3", True), ("/look/a?number=0", False)])
def test_the_framework_is_only_asked_where_the_request_is_not_plain(
    path: str, lean: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    plain = APIRoute.get_route_handler

    def noting(route: APIRoute) -> Handler:
        handle = plain(route)

        async def note(request: Request) -> Response:
            asked.append(request.url.path)
            return await handle(request)

        return note

    monkeypatch.setattr(APIRoute, "get_route_handler", noting)
    client = TestClient(_app(LeanRoute))
    assert client.get(path).status_code == (200 if lean else 422)
    assert client.post("/ask", json={"number": 1}, headers={"X-Name": "n"}).json()["by"] == "n"
    assert asked == ([] if lean else ["/look/a"])


def test_in_front_of_routing_only_plain_requests_of_its_routes_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    routed: list[str] = []
    plain = APIRouter.__call__

    async def noting(router: APIRouter, scope: Scope, receive: Receive, send: Send) -> None:
        routed.append(f"{scope['method']} {scope['path']}")
        await plain(router, scope, receive, send)

    monkeypatch.setattr(APIRouter, "__call__", noting)
    client = TestClient(_app(LeanRoute, front=True))
    assert client.post("/ask", json={"number": 1}).json() == {"number": 1, "word": "w", "by": "POST"}
    assert routed == []
    assert client.post("/ask", json={"number": "x"}).status_code == 422
    assert client.post("/ask", json={"number": 8}).text == "/ask: eight"
    assert client.get("/ask").status_code == 405
    assert client.get("/look/a").status_code == 200
    assert routed == ["POST /ask", "POST /ask", "GET /ask", "GET /look/a"]


def test_a_body_that_is_too_large_is_refused_in_front_of_routing_too() -> None:
    client = TestClient(_app(LeanRoute, front=True))
    many = ({"number": 1, "word": "w" * length} for length in (10, LIMIT))
    assert [client.post("/ask", json=one).status_code for one in many] == [200, 413]


def plain_name() -> str:
    return "plain"


class Called:
    """A dependency that is made by calling a class."""


def test_what_it_cannot_give_is_refused_when_it_is_declared() -> None:
    async def with_cookie(asked: Asked, crumb: Annotated[str, Cookie()]) -> Told:
        raise AssertionError

    async def with_default(asked: Asked, x_name: Annotated[str, Header()] = "n") -> Told:
        raise AssertionError

    async def with_model(asked: Annotated[Asked, Query()]) -> Told:
        raise AssertionError

    async def with_plain_function(by: Annotated[str, Depends(plain_name)]) -> Told:
        raise AssertionError

    async def with_class(by: Annotated[Called, Depends(Called)]) -> Told:
        raise AssertionError

    async def with_number_in_header(x_number: Annotated[int | None, Header()] = None) -> Told:
        raise AssertionError

    async def with_list_in_header(x_name: Annotated[list[str] | None, Header()] = None) -> Told:
        raise AssertionError

    async def with_header_alias(x_name: Annotated[str | None, Header(alias="name")] = None) -> Told:
        raise AssertionError

    async def with_underscores(x_name: Annotated[str | None, Header(convert_underscores=False)] = None) -> Told:
        raise AssertionError

    async def with_query_alias(word: Annotated[str, Query(alias="w")] = "") -> Told:
        raise AssertionError

    async def with_query_validation_alias(word: Annotated[str, Query(validation_alias="w")] = "") -> Told:
        raise AssertionError

    async def with_path_alias(name_: Annotated[str, Path(alias="name")]) -> Told:
        raise AssertionError

    def not_a_coroutine() -> Told:
        raise AssertionError

    for endpoint in (
        with_cookie, with_default, with_model, with_plain_function, with_class, with_number_in_header,
        with_list_in_header, with_header_alias, with_underscores, with_query_alias, with_query_validation_alias,
        with_path_alias, not_a_coroutine,
    ):  # fmt: skip
        router = APIRouter(route_class=LeanRoute)
        with pytest.raises(TypeError, match="lean route"):
            router.post("/x/{name}" if endpoint is with_path_alias else "/x")(endpoint)


@pytest.mark.parametrize("status", [201, 202])
def test_another_status_is_refused_when_it_is_declared(status: int) -> None:
    with pytest.raises(TypeError, match="lean route"):
        APIRouter(route_class=LeanRoute).get("/look/{name_}", status_code=status)(look)
    APIRouter(route_class=LeanRoute).get("/look/{name_}", status_code=200)(look)


def test_a_plain_dependency_of_the_router_is_refused() -> None:
    router = APIRouter(route_class=LeanRoute, dependencies=[Depends(plain_name)])
    with pytest.raises(TypeError, match="lean route"):
        router.get("/look/{name_}")(look)
