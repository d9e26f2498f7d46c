"""Two worker processes answer as one, whichever of them is asked."""

from __future__ import annotations

import http.client
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from backend.config import Settings
from scripts.serving import Server, running_server

SEARCHES = re.compile(
    r'^vitrine_requests_total\{method="POST",operation="search",.*status="2xx"\} (\S+)$', re.MULTILINE
)
COUNT = 60


@pytest.fixture
def server(make_settings: Callable[..., Settings], tmp_path: Path) -> Iterator[Server]:
    app = "tests.backend.monitor.fake_app:create_app"
    with running_server(make_settings(), workers=2, log=tmp_path / "log", app=app) as server:
        yield server


def get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status == 503:
        raise ConnectionError("not ready yet")
    assert answer.status == 200, content
    return content


@dataclass(frozen=True)
class Told:
    """What one worker says of itself and of all."""

    own: int
    pids: list[int]
    searches: float
    figures: dict[str, Any]


def told(connection: http.client.HTTPConnection) -> Told | None:
    """Ask one worker; None when it is dying or still loading."""
    try:
        workers = orjson.loads(get(connection, "/status"))["workers"]
        page = get(connection, "/metrics").decode()
        operations = orjson.loads(get(connection, "/performance"))["operations"]
    except (OSError, http.client.HTTPException):
        return None
    (own,) = [worker["pid"] for worker in workers if worker["is_answering"]]
    (searches,) = SEARCHES.findall(page)
    figures = next((one for one in operations if one["operation"] == "search"), {})
    return Told(own, [worker["pid"] for worker in workers], float(searches), figures)


def told_by_both(server: Server, without: int = 0) -> dict[int, Told]:
    """Ask until two workers have answered, neither of which is the one that is left out."""
    found: dict[int, Told] = {}
    deadline = time.monotonic() + 60
    with ExitStack() as stack:
        while len(found) < 2:
            assert time.monotonic() < deadline
            connection = server.connect()
            answer = told(connection)
            if answer is None or answer.own == without:
                connection.close()
                continue
            if answer.own in found:
                time.sleep(0.1)
            # Kept open, it has the next one go to the worker that hasn't answered yet, as soon as there is one.
            stack.callback(connection.close)
            assert answer.searches == COUNT
            found[answer.own] = answer  # the latest: at first it may still tell of one that has just died
    return found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whichever_worker_answers_all_requests_are_counted(server: Server) -> None:
    for _ in range(COUNT):
        with closing(server.connect()) as connection:
            server.call(connection, "POST", "/api/v1/search", {"query": "mug"})
    found = told_by_both(server)
    for answer in found.values():
        assert sorted(answer.pids) == sorted(found)
        assert answer.figures["count"] == COUNT
    one, other = (answer.figures for answer in found.values())
    assert one == other

    victim = min(found)
    os.kill(victim, signal.SIGKILL)
    found = told_by_both(server, without=victim)  # another one has taken its place
    assert all(victim not in answer.pids for answer in found.values())
