"""Two worker processes answer as one, whichever of them is asked."""

from __future__ import annotations

import http.client
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
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
    assert answer.status == 200, content
    return content


def told(server: Server) -> tuple[int, list[int], float, dict[str, Any]]:
    """Ask one worker over a connection of its own: its id, all ids, searches in total, and their figures."""
    with closing(server.connect()) as connection:
        workers = orjson.loads(get(connection, "/status"))["workers"]
        page = get(connection, "/metrics").decode()
        operations = orjson.loads(get(connection, "/performance"))["operations"]
    (own,) = [worker["pid"] for worker in workers if worker["is_answering"]]
    (searches,) = SEARCHES.findall(page)
    (figures,) = [one for one in operations if one["operation"] == "search"]
    return own, [worker["pid"] for worker in workers], float(searches), figures


def told_by_both(server: Server) -> dict[int, tuple[list[int], float, dict[str, Any]]]:
    found = {}
    deadline = time.monotonic() + 60
    while len(found) < 2:
        own, *rest = told(server)
        found[own] = (rest[0], rest[1], rest[2])
        assert time.monotonic() < deadline
    return found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whichever_worker_answers_all_requests_are_counted(server: Server) -> None:
    for _ in range(COUNT):
        with closing(server.connect()) as connection:
            server.call(connection, "POST", "/api/v1/search", {"query": "mug"})
    found = told_by_both(server)
    for pids, searches, figures in found.values():
        assert sorted(pids) == sorted(found)
        assert (searches, figures["count"]) == (COUNT, COUNT)
    assert len({orjson.dumps(figures) for _, _, figures in found.values()}) == 1

    victim = min(found)
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + 60
    pids = [victim]
    while victim in pids or len(pids) < 2:  # another one takes its place
        time.sleep(0.1)
        try:
            _, pids, searches, _ = told(server)
        except (OSError, http.client.HTTPException, AssertionError):  # the connection went to the one that died
            assert time.monotonic() < deadline
            continue
        assert searches == COUNT
        assert time.monotonic() < deadline
    for _, searches, _ in told_by_both(server).values():
        assert searches == COUNT
