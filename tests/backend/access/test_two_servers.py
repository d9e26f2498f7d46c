"""Two server processes that share a Redis keep one limit, and go on without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
import redis

from backend.config import Settings
from scripts.local_services import redis_server
from scripts.serving import running_server
from tests.backend.access.helpers import STILL_APP

LIMIT = 40


@pytest.fixture
def own_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that a test may do anything to."""
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    with redis_server() as url:
        yield url


def calls(connections: list[HTTPConnection], address: str, times: int) -> list[int]:
    """Call the servers in turn, and return the statuses."""
    statuses = []
    for turn in range(times):
        connection = connections[turn % len(connections)]
        connection.request("GET", "/live", headers={"X-Forwarded-For": address})
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    return statuses


def test_two_servers_keep_one_limit(own_redis: str, tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path / 'test.db'}",
        faiss_index_path=tmp_path / "index",
        media_path=tmp_path / "media",
        recommender_path=tmp_path / "recommender",
        profile_worker=False,
        redis_url=own_redis,
        trusted_proxies="127.0.0.0/8",
        rate_limit_ip_per_minute=LIMIT,
    )
    with ExitStack() as stack:
        servers = [
            stack.enter_context(running_server(settings, app=STILL_APP, log=tmp_path / f"log{number}"))
            for number in range(2)
        ]
        connections = [stack.enter_context(closing(server.connect())) for server in servers]
        assert calls(connections, "203.0.113.7", 2 * LIMIT) == [200] * LIMIT + [429] * LIMIT
        assert calls(connections[::-1], "203.0.113.8", 10) == [200] * 10
        with redis.Redis.from_url(own_redis) as client:
            client.shutdown(nosave=True)
        alone = calls(connections, "203.0.113.9", 3 * LIMIT)
        assert (alone.count(200), alone.count(429)) == (2 * LIMIT, LIMIT)
        logs = [(tmp_path / f"log{number}").read_text() for number in range(2)]
        assert not any("Traceback" in log for log in logs)
