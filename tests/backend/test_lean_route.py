"""A lean route answers as the framework would, and ends what it began."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Header, Path, Query, Request
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import AfterValidator, BaseModel

from backend.lean_route import LeanRoute

BODIES = (
    b'{"number": 1}', b'{"number": "1"}', b'{"number": 1, "number": 2}', b'{"number": NaN}', b'{"number": 1e999}',
    b"{", b"", b"null", b"[]", b'\xff', b'\xef\xbb\xbf{"number": 1}', b'{"number": 1, "word": "\\ud800"}',
    b"[" * 100_000, b'{"word": "w", "other": 1}', b'{"number": 7}',
)  # fmt: skip
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
    return Told(number=asked.number, word=asked.word, by=one)


async def look(
    name_: Annotated[str, Path(), AfterValidator(no_x)],
    by: Annotated[str, Depends(name)],
    number: Annotated[int, Query(ge=1)] = 5,
    word: Annotated[str | None, Query(), AfterValidator(no_x)] = None,
    loud: Annotated[bool, Query()] = False,
) -> Told:
    return Told(number=number, word=f"{name_} {word} {loud}", by=by)


def _app(kind: type[APIRoute]) -> FastAPI:
    router = APIRouter(route_class=kind, dependencies=[Depends(refuse)])
    router.post("/ask")(ask)
    router.get("/look/{name_}")(look)
    app = FastAPI()
    app.state.opened = []
    app.include_router(router)
    return app


@pytest.mark.parametrize("headers", [{}, {"X-Name": "n"}, {"X-Name": "nobody"}])
@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_those_of_the_framework(kind: str, headers: dict[str, str]) -> None:
    clients = [TestClient(_app(route), raise_server_exceptions=False) for route in (LeanRoute, APIRoute)]
    for body in BODIES:
        given = {"content": body, "headers": {"Content-Type": kind, **headers}}
        lean, whole = (client.post("/ask", **given) for client in clients)
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


@pytest.mark.parametrize("number", [1, 7])
def test_what_was_opened_is_closed_once(number: int) -> None:
    app = _app(LeanRoute)
    client = TestClient(app, raise_server_exceptions=False)
    assert client.post("/ask", json={"number": number}).status_code == (200 if number == 1 else 500)
    assert app.state.opened == ["opened", "closed"]


def test_what_it_cannot_give_is_refused_when_it_is_declared() -> None:
    router = APIRouter(route_class=LeanRoute)

    async def with_cookie(asked: Asked, crumb: Annotated[str, Cookie()]) -> Told:
        raise AssertionError

    async def with_default(asked: Asked, x_name: Annotated[str, Header()] = "n") -> Told:
        raise AssertionError

    async def with_model(asked: Annotated[Asked, Query()]) -> Told:
        raise AssertionError

    for endpoint in (with_cookie, with_default, with_model):
        with pytest.raises(TypeError, match="lean route"):
            router.post("/x")(endpoint)
