"""Limits, headers and refusals as a client meets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.access.address import ClientAddress
from backend.access.connections import Connections
from backend.access.safe_headers import safe_headers
from backend.access.service import KeyService
from backend.config import Settings
from tests.backend.conftest import error_of, put, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEY = "J7fq-2Lw9sXn4bRt"
LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


class Behind(TestClient):
    """A client whose socket is a proxy's."""

    def __init__(self, client: TestClient) -> None:
        super().__init__(client.app, client=("10.0.0.1", 1), raise_server_exceptions=False)

    def search(self, address: str = "203.0.113.7", **body: Any) -> Any:
        headers = {"X-Forwarded-For": address}
        return self.post("/api/v1/search", json={"query": "mug", **body}, headers=headers)


def test_a_session_may_search_as_often_as_the_setting_says(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(rate_limit_per_minute=5)) as client:
        for left in (4, 3, 2, 1, 0):
            answer = client.post("/api/v1/search", json={"query": "mug", "session_id": "s"})
            assert answer.status_code == 200
            assert [answer.headers[name] for name in LIMITS[:2]] == ["5", str(left)]
            assert 1 <= int(answer.headers["RateLimit-Reset"]) <= 60
        answer = client.post("/api/v1/search", json={"query": "mug", "session_id": "s"})
        assert error_of(answer) == (429, "RATE_LIMIT_EXCEEDED")
        details = answer.json()["error"]["details"]
        assert details == {"bucket": "session", "limit": 5, "retry_after_s": int(answer.headers["Retry-After"])}
        assert answer.headers["RateLimit-Remaining"] == "0"
        assert error_of(client.post("/api/v1/recommend", json={"session_id": "s"})) == (429, "RATE_LIMIT_EXCEEDED")
        for body in ({"session_id": "other"}, {"user_id": "u"}, {}):
            assert client.post("/api/v1/search", json={"query": "mug", **body}).status_code == 200
        # A request that is refused for what it says counts too: it names a session, and costs as much.
        assert error_of(client.get("/api/v1/products/none/similar?session_id=s")) == (429, "RATE_LIMIT_EXCEEDED")


def test_zero_switches_limits_off(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(
        rate_limit_per_minute=0, rate_limit_ip_per_minute=0, feedback_rate_per_minute=0, trusted_proxies="10.0.0.0/8"
    )
    with serving(settings) as client:
        behind = Behind(client)
        for _ in range(120):
            answer = behind.search(session_id="s")
            assert answer.status_code == 200
        assert not any(name in answer.headers for name in LIMITS)


def test_an_address_is_limited_and_a_key_by_its_own_limit(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(
        rate_limit_ip_per_minute=4, rate_limit_key_per_minute=6, trusted_proxies="10.0.0.0/8", api_keys=KEY
    )
    with serving(settings) as client:
        behind = Behind(client)
        assert [behind.search().status_code for _ in range(6)] == [200] * 4 + [429] * 2
        # Another network of the same customer is another address; the same one isn't.
        v6 = [behind.search(f"2001:db8::{number}").status_code for number in range(6)]
        assert v6 == [200] * 4 + [429] * 2
        assert behind.search("203.0.113.8").status_code == 200
        assert error_of(behind.get("/live", headers={"X-Forwarded-For": "203.0.113.7"}))[0] == 429
        assert client.get("/live").status_code == 200  # this machine's own

        def with_key(key: str, times: int) -> list[int]:
            headers = {"X-API-Key": key, "X-Forwarded-For": "203.0.113.7"}
            return [behind.get("/api/v1/rules", headers=headers).status_code for _ in range(times)]

        assert with_key(KEY, 8) == [200] * 6 + [429] * 2
        runtime = client.app.state.runtime  # type: ignore[attr-defined]
        service = KeyService(runtime.database)
        own = service.create("own", frozenset({"catalogue"}), per_minute=2)
        free = service.create("free", frozenset({"catalogue"}), per_minute=0)
        runtime.access.keys.read()
        assert with_key(own.secret, 4) == [200] * 2 + [429] * 2
        assert with_key(free.secret, 20) == [200] * 20
        assert with_key("wrong" * 5, 1) == [429]  # as if it had none


def test_shoppers_behind_a_key_are_not_limited_one_by_one(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(rate_limit_per_minute=3, api_keys=KEY)) as client:
        for _ in range(8):
            body = {"query": "mug", "session_id": "s"}
            assert client.post("/api/v1/search", json=body, headers={"X-API-Key": KEY}).status_code == 200


def test_a_request_is_counted_once(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(rate_limit_per_minute=10)) as client:
        for _ in range(2):
            answer = client.get("/api/v1/products/none/similar?session_id=s")
        assert answer.headers["RateLimit-Remaining"] == "8"


@pytest.mark.parametrize(
    "value",
    [b"a" * 20_000, b"\xff\xfe", b"\x00", b"vk_a\x00b_c", "ключ".encode(), b"Bearer", b"Bearer ", b"=?utf-8?q?=00?="],
)
def test_hostile_header_values_are_only_wrong(make_settings: Callable[..., Settings], value: bytes) -> None:
    with serving(make_settings(api_keys=KEY, trusted_proxies="10.0.0.0/8")) as client:
        behind = Behind(client)
        for name in ("X-API-Key", "Authorization"):
            for sent in (value, b"Bearer " + value):
                assert error_of(behind.get("/api/v1/rules", headers={name: sent})) == (401, "UNAUTHORIZED")
        for name in ("X-Forwarded-For", "X-Real-IP", "X-Forwarded-Proto", "X-Request-ID", "Origin"):
            assert behind.get("/live", headers={name: value}).status_code == 200


def test_browsers_are_told_to_be_careful(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings()) as client:
        for answer in (client.get("/live"), client.get("/nothing"), client.post("/api/v1/search", json={"query": 1})):
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert "Strict-Transport-Security" not in answer.headers
        page = client.get("/docs")
        policy = page.headers["Content-Security-Policy"]
        for host in ("https://cdn.jsdelivr.net", "https://fastapi.tiangolo.com"):
            assert host in page.text
            assert host in policy
        assert "script-src 'unsafe-inline'" in policy
        assert "connect-src 'self'" in policy


def test_in_production_browsers_come_by_https_alone(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(environment="production", api_keys=KEY)) as client:
        assert "max-age=31536000" in client.get("/live").headers["Strict-Transport-Security"]


def test_pages_of_allowed_origins_read_answers_and_refusals(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(allowed_origins="https://shop.example", rate_limit_per_minute=1)
    with serving(settings) as client:
        asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
        preflight = client.options("/api/v1/search", headers=asked)
        assert preflight.status_code == 200
        assert int(preflight.headers["Access-Control-Max-Age"]) > 0
        for status in (200, 429):
            body = {"query": "mug", "session_id": "s"}
            answer = client.post("/api/v1/search", json=body, headers={"Origin": "https://shop.example"})
            assert answer.status_code == status
            assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
            exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
            assert {"Retry-After", "X-Cache", "Age", "X-Request-ID"} <= set(exposed)
            assert "Access-Control-Allow-Credentials" not in answer.headers
        stranger = client.get("/live", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in stranger.headers


def test_a_page_that_may_not_ask_gets_the_error_of_all_others(
    make_settings: Callable[..., Settings],
) -> None:
    with serving(make_settings(allowed_origins="https://shop.example")) as client:
        good = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
        for change, refused in (
            ({"Origin": "https://evil.example"}, "origin"),
            ({"Access-Control-Request-Method": "TRACE"}, "method"),
            ({"Access-Control-Request-Headers": "x-evil"}, "headers"),
            ({}, None),
        ):
            answer = client.options("/api/v1/search", headers={**good, **change, "X-Request-ID": "mine"})
            for name, value in safe_headers(https_only=False):
                assert answer.headers.get_list(name.decode()) == [value.decode()]
            assert "Origin" in answer.headers["Vary"]
            assert answer.headers.get_list("X-Request-ID") == ["mine"]
            if refused is None:
                assert answer.status_code == 200
                continue
            assert error_of(answer) == (400, "BAD_REQUEST")
            assert answer.json()["error"]["message"].endswith(f": {refused}")
            assert answer.json()["request_id"] == "mine"
            assert ("Access-Control-Allow-Origin" in answer.headers) == (refused != "origin")


def test_a_slash_too_many_leads_nowhere(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings()) as client:
        for path in ("/api/v1/search/", "/api/v1/products/", "/live/", "/docs/"):
            answer = client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
            assert error_of(answer) == (404, "NOT_FOUND")
            assert "Location" not in answer.headers
        for path in ("/media", "/media/"):
            assert error_of(client.get(path, follow_redirects=False)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/search"), ("POST", "/api/v1/recommend"), ("POST", "/api/v1/recommend/cart"),
        ("POST", "/api/v1/feedback"), ("POST", "/api/v1/feedback/batch"), ("PUT", "/api/v1/products/p"),
        ("PATCH", "/api/v1/products/p"), ("POST", "/api/v1/rules"),
    ],
)  # fmt: skip
def test_json_nested_without_end_is_refused(make_settings: Callable[..., Settings], method: str, path: str) -> None:
    with serving(make_settings()) as client:
        put(client, "p", "mug")
        for depth in (500, 5_000, 100_000):
            for left, right in (("[", "]"), ('{"a":', "}")):
                body = left * depth + ("1" if right == "}" else "") + right * depth
                for content in (body, f'{{"title": "x", "attributes": {body}, "filters": {body}}}'):
                    if len(content) < 262_144:
                        headers = {"Content-Type": "application/json"}
                        answer = client.request(method, path, content=content, headers=headers)
                        assert error_of(answer) == (422, "VALIDATION_ERROR"), (depth, left)


class Fake:
    """A connection that notes how it was ended."""

    def __init__(self, waited_s: float = 0.0) -> None:
        self.waited_s = waited_s
        self.ended = 0

    def look(self, passed_s: float) -> None:
        raise AssertionError("nobody looks in this test")

    def cut_off(self, status: int, message: str) -> None:
        self.ended = status


def test_one_address_has_a_share_of_the_connections(database_url: str) -> None:
    book = Connections(5, 2, ClientAddress(()))
    mine = [Fake(), Fake()]
    assert [book.enter(one, "203.0.113.7") for one in mine] == [True, True]
    assert not book.enter(Fake(), "203.0.113.7")
    book.leave(mine[0])
    book.leave(mine[0])
    assert book.enter(Fake(), "203.0.113.7")
    assert all(book.enter(Fake(), "127.0.0.1") for _ in range(3))
    assert len(book) == 5
    assert not book.enter(Fake(), "203.0.113.8")  # all are busy
    mine[1].waited_s = 1.0
    assert book.enter(Fake(), "203.0.113.8")
    assert (mine[1].ended, len(book)) == (503, 5)
