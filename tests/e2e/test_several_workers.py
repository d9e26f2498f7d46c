"""Two workers on one port: what one acknowledges, the other knows; one that dies costs its own requests alone."""

from __future__ import annotations

import http.client
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from backend.config import Settings
from backend.server import HEALTHY_S
from scripts.local_services import fresh_database
from scripts.serving import Server, running_server
from tests.backend.access.helpers import APP

POLL_S = 0.2
LOOKED_AT_S = 0.5  # how often the parent asks each worker whether it lives


class Worker:
    """A connection to one worker, which answers all of its requests."""

    def __init__(self, server: Server) -> None:
        self.connection = server.connect()
        workers = self.call("GET", "/status")["workers"]
        self.pid = next(worker["pid"] for worker in workers if worker["is_answering"])

    def call(self, method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else orjson.dumps(body)
        self.connection.request(method, path, content, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return orjson.loads(text)


@pytest.fixture(params=["with Redis", "without Redis"])
def server(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str, redis_url: str) -> Iterator[Server]:
    with fresh_database(postgres_url) as database_url:
        settings = Settings(
            _env_file=None,
            database_url=database_url,
            redis_url=redis_url if request.param == "with Redis" else None,
            faiss_index_path=tmp_path / "index",
            media_path=tmp_path / "media",
            recommender_path=tmp_path / "recommender",
            monitor_path=tmp_path / "monitor",
            feedback_rate_per_minute=0,
            catalogue_poll_interval_s=POLL_S,
            keep_alive_timeout_s=60,
            search_cutoff=-100.0,
        )
        with running_server(settings, workers=2, app=APP, log=tmp_path / "log") as server:
            yield server


def both(server: Server) -> tuple[Worker, Worker]:
    """Return a connection to each worker; which one takes a new connection is up to the kernel."""
    first = Worker(server)
    deadline = time.monotonic() + 60
    while True:
        second = Worker(server)
        if second.pid != first.pid:
            return first, second
        second.connection.close()
        assert time.monotonic() < deadline


def test_what_one_worker_acknowledges_the_other_knows(server: Server) -> None:
    one, two = both(server)
    one.call("PUT", "/api/v1/products/p", {"title": "steel mug", "price": 1, "currency": "EUR"})
    versions = {one.pid: 0, two.pid: 0}
    for number in range(1, 21):
        writer, reader = (one, two) if number % 2 else (two, one)
        event = {"user_id": "u", "session_id": "s", "product_id": "p", "interaction_type": "view"}
        told = writer.call("POST", "/api/v1/feedback", event)["state_version"]
        state = reader.call("GET", "/api/v1/users/u/state?session_id=s")
        assert state["state_version"] >= told
        assert state["long_term"]["events"] == number
        written = writer.call("PATCH", "/api/v1/products/p", {"price": number + 1})["catalogue_version"]
        assert reader.call("GET", "/api/v1/products/p")["price"] == number + 1
        deadline = time.monotonic() + 20
        for worker in (writer, reader):
            while True:
                answer = worker.call("POST", "/api/v1/search", {"query": "mug", "limit": 1})
                version = answer["catalogue_version"]
                assert version >= versions[worker.pid]
                versions[worker.pid] = version
                if version >= written:
                    break
                assert worker is reader
                assert time.monotonic() < deadline
            assert answer["items"][0]["product"]["price"] == number + 1
    one.connection.close()
    two.connection.close()


@pytest.mark.parametrize("server", ["without Redis"], indirect=True)
def test_a_worker_that_is_started_again_takes_no_request_before_it_can_answer(server: Server) -> None:
    victim, other = both(server)
    os.kill(victim.pid, signal.SIGKILL)
    with pytest.raises((OSError, http.client.HTTPException)):
        victim.call("GET", "/live")
    victim.connection.close()
    deadline = time.monotonic() + 60
    while True:
        with closing(server.connect()) as connection:  # whoever takes it
            server.call(connection, "GET", "/ready")
        workers = other.call("GET", "/status")["workers"]
        if victim.pid not in {worker["pid"] for worker in workers} and sum(one["ready"] for one in workers) == 2:
            break
        assert time.monotonic() < deadline
    other.connection.close()


@pytest.mark.parametrize("server", ["without Redis"], indirect=True)
def test_a_worker_that_hangs_when_it_is_killed_is_started_again_as_soon(server: Server) -> None:
    victim, other = both(server)
    os.kill(victim.pid, signal.SIGSTOP)
    time.sleep(3 * LOOKED_AT_S)  # until a sign of life is waited for: it may take a minute
    os.kill(victim.pid, signal.SIGKILL)
    victim.connection.close()
    deadline = time.monotonic() + HEALTHY_S / 2
    while sum(one["ready"] and one["pid"] != victim.pid for one in other.call("GET", "/status")["workers"]) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    other.connection.close()
