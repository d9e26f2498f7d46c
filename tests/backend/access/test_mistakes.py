"""What a client and the log get where the server itself has a mistake."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from backend.access.safe_headers import safe_headers
from scripts.serving import Server, running_server
from tests.backend.access.conftest import small_settings
from tests.backend.access.helpers import BROKEN_APP

ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def broken(log: Path) -> Iterator[Server]:
    settings = small_settings(log.parent, allowed_origins=ORIGIN)
    with running_server(settings, app=BROKEN_APP, log=log) as server:
        yield server


def errors_after(broken: Server, log: Path, start: int) -> list[dict[str, Any]]:
    """Return the errors in the log from a place on; the server may write after it has answered, but not for long."""
    with closing(broken.connect()) as connection:
        broken.call(connection, "GET", "/live")
    lines = [orjson.loads(line) for line in log.read_text()[start:].splitlines()]
    return [line for line in lines if line["level"] == "ERROR"]


@pytest.mark.parametrize("path", ["/inside", "/outside"])
def test_an_unexpected_error_has_every_header_and_one_line_in_the_log(broken: Server, log: Path, path: str) -> None:
    start = len(log.read_text())
    with closing(broken.connect()) as connection:
        connection.request("GET", path, headers={"X-Request-ID": "mine", "Origin": ORIGIN})
        answer = connection.getresponse()
        body = orjson.loads(answer.read())
    assert (answer.status, body["error"]["code"]) == (500, "INTERNAL_ERROR")
    headers = answer.headers
    for name, value in safe_headers(https_only=False):
        assert headers.get_all(name.decode()) == [value.decode()]
    assert headers.get_all("X-Request-ID") == [body["request_id"]]
    if path == "/inside":  # pages that may read answers may read this one
        assert headers["Access-Control-Allow-Origin"] == ORIGIN
    (line,) = errors_after(broken, log, start)
    assert line["request_id"] == body["request_id"] == "mine"
    assert "a mistake" in line["exception"]


def test_an_answer_that_has_begun_is_broken_off_with_one_line_in_the_log(broken: Server, log: Path) -> None:
    start = len(log.read_text())
    with closing(broken.connect()) as connection:
        connection.request("GET", "/halfway")
        answer = connection.getresponse()
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
    (line,) = errors_after(broken, log, start)
    assert "a mistake halfway" in line["exception"]
