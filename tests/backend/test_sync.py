"""Two servers on one database: what one writes, the other finds."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from backend.catalogue.live import LiveCatalogue
from backend.config import Settings
from tests.backend.conftest import found_ids, put, search, serving


def wait_until_found(client: TestClient, id_: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if id_ in found_ids(search(client, "mug")):
            return True
        time.sleep(0.01)
    return False


def test_polling_brings_another_servers_writes(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings()) as one, serving(make_settings()) as two:
        put(one, "p", "steel mug")
        assert wait_until_found(two, "p", 10)
        two.delete("/api/v1/products/p")
        deadline = time.monotonic() + 10
        while search(one, "mug")["catalogue_version"] < 2:
            assert time.monotonic() < deadline
        assert found_ids(search(one, "mug")) == found_ids(search(two, "mug")) == []


def test_redis_brings_them_without_waiting_for_the_poll(
    make_settings: Callable[..., Settings], redis_url: str
) -> None:
    settings = make_settings(redis_url=redis_url, catalogue_poll_interval_s=3600)
    with serving(settings) as one, serving(settings) as two:
        assert two.get("/health").json()["redis"] is True
        time.sleep(0.3)  # the subscription is made in the background, after the server is ready
        put(one, "p", "steel mug")
        assert wait_until_found(two, "p", 10)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_everything_but_the_health_report_goes_on_without_redis(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(redis_url="redis://127.0.0.1:1/0")) as client:
        put(client, "p", "steel mug")
        assert found_ids(search(client, "mug")) == ["p"]
        assert client.get("/health").json()["status"] == "degraded"
        assert client.get("/ready").status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_following_goes_on_after_an_unexpected_error(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(make_settings()) as one, serving(make_settings()) as two:
        with monkeypatch.context() as broken:
            broken.setattr(LiveCatalogue, "_apply", lambda *_: 1 / 0)
            assert two.put("/api/v1/products/p", json={"title": "steel mug"}).status_code == 500
            deadline = time.monotonic() + 10
            while one.get("/health").json()["status"] != "degraded":
                assert time.monotonic() < deadline
        assert wait_until_found(one, "p", 10)
        assert one.get("/health").json()["status"] == "healthy"


def test_two_servers_writing_at_once_lose_nothing(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings()) as one, serving(make_settings()) as two, ThreadPoolExecutor(8) as threads:

        def write(number: int) -> None:
            put((one, two)[number % 2], f"p{number % 20}", f"mug number {number}")

        list(threads.map(write, range(80)))
        for client in (one, two):
            deadline = time.monotonic() + 10
            while (answer := search(client, "mug", limit=100))["total"] < 20:
                assert time.monotonic() < deadline
            assert sorted(found_ids(answer)) == sorted(f"p{number}" for number in range(20))
        written = [one.get(f"/api/v1/products/p{number}").json()["version"] for number in range(20)]
        assert written == [4] * 20
        # Writes that waited for each other went through one transaction, which is one version.
        versions = [client.get("/status").json()["database_version"] for client in (one, two)]
        assert versions[0] == versions[1]
        assert 4 <= versions[0] <= 80
