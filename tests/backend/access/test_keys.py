"""Keys: what they open, how they end, and that every route asks for one."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.access import keyring
from backend.access.keyring import KeyRing
from backend.access.keys import SCOPES, Scope, parse
from backend.access.middleware import PAGES
from backend.access.service import KeyService
from backend.config import Settings
from backend.database.engine import Database
from backend.errors import InvalidRequest, NotReady
from scripts.serving import running_server
from tests.backend.access.helpers import APP
from tests.backend.conftest import error_of, serving

DAY = timedelta(days=1)
# Open to everybody: they tell nothing, or only what makes a page or a probe work.
PUBLIC = {
    "/", "/live", "/ready", "/api/v1/health/ready", "/health", "/api/v1/health", "/metrics", "/media/{folder}/{name}",
}  # fmt: skip


@pytest.fixture
def keys(database: Database) -> KeyService:
    return KeyService(database)


class Now:
    """A moment that can be moved."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


def ring(database: Database, now: Now | None = None, bootstrap: tuple[str, ...] = ()) -> KeyRing:
    made = KeyRing(database, bootstrap, 1.0, now or Now())
    made.read()
    return made


def only(*scopes: Scope) -> frozenset[Scope]:
    return frozenset(scopes)


def test_a_key_is_known_by_its_secret_alone(keys: KeyService, database: Database) -> None:
    made = keys.create("shop", only("search"), per_minute=7)
    known = ring(database)
    caller = known.identify(made.secret)
    assert caller is not None
    assert (caller.id, caller.scopes, caller.per_minute) == (made.stored.id, {"search"}, 7)
    _, id_, secret = made.secret.split("_", 2)
    assert len(secret) >= 43
    for wrong in (
        "", secret, id_, f"vk_{id_}", f"vk_{id_}_", f"vk_{id_}_{secret[:-1]}", f"vk_{id_}_{secret}x", f"vk__{secret}",
        f"vk_000000000000_{secret}", made.secret.upper(), "x" * 100_000, "\x00", "vk_\xfc_\xfc", "vk_\ud800_\ud800",
    ):  # fmt: skip
        assert known.identify(wrong) is None, wrong
    with database.reading() as db:
        stored = [str(value) for row in db.execute(text("SELECT * FROM api_keys")) for value in row]
    assert not any(secret in value for value in stored)
    assert secret not in repr(made.stored)
    assert repr(made.stored.digest) not in repr(made.stored)


def test_a_rotated_key_stays_valid_for_its_grace(keys: KeyService, database: Database) -> None:
    now = Now()
    old = keys.create("shop", only("search", "feedback"), lifetime=30 * DAY, per_minute=5)
    new = keys.rotate(old.stored.id, grace=DAY)
    known = ring(database, now)
    assert known.identify(old.secret) is not None
    assert new.stored.scopes == old.stored.scopes
    assert (new.stored.name, new.stored.per_minute) == ("shop", 5)
    assert new.stored.expires_at is not None
    now.at += 1.01 * DAY
    assert known.identify(old.secret) is None
    assert known.identify(new.secret) is not None
    now.at += 30 * DAY
    assert known.identify(new.secret) is None
    with pytest.raises(InvalidRequest):
        keys.rotate(old.stored.id, grace=DAY)
    shown = {key.id: key.replaced_by for key in keys.all()}
    assert shown == {old.stored.id: new.stored.id, new.stored.id: None}


def test_rotation_never_makes_a_key_live_longer(keys: KeyService, database: Database) -> None:
    old = keys.create("shop", only("search"), lifetime=timedelta(hours=1))
    keys.rotate(old.stored.id, grace=DAY)
    kept = next(key for key in keys.all() if key.id == old.stored.id)
    assert kept.expires_at == old.stored.expires_at


def test_a_revoked_key_opens_nothing_and_stays_revoked(keys: KeyService, database: Database) -> None:
    made = keys.create("shop", only("admin"))
    first = keys.revoke(made.stored.id)
    assert ring(database).identify(made.secret) is None
    assert keys.revoke(made.stored.id).revoked_at == first.revoked_at
    for call in (keys.revoke, lambda id_: keys.rotate(id_, grace=DAY)):
        with pytest.raises(InvalidRequest):
            call("nothing")
    with pytest.raises(InvalidRequest):
        keys.rotate(made.stored.id, grace=DAY)


def test_a_server_that_ever_had_a_key_stays_closed(keys: KeyService, database: Database) -> None:
    assert not ring(database).any
    assert ring(database, bootstrap=("b" * 20,)).any
    keys.revoke(keys.create("shop", only("admin")).stored.id)
    assert ring(database).any
    with pytest.raises(NotReady):
        _ = KeyRing(database, (), 1.0).any


def test_secrets_are_compared_in_constant_time(
    keys: KeyService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[int, int]] = []

    def noting(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return hmac.compare_digest(one, other)

    made = keys.create("shop", only("search"))
    known = ring(database, bootstrap=("b" * 20, "c" * 20))
    monkeypatch.setattr(keyring, "compare_digest", noting)
    id_, secret = parse(made.secret) or ("", "")
    for given in (made.secret, f"vk_{id_}_wrong", f"vk_000000000000_{secret}"):
        compared.clear()
        known.identify(given)
        # Of each bootstrap key, and once more: also where there's no key of the id.
        assert compared == [(32, 32)] * 3


def test_rows_that_cant_be_understood_open_nothing_and_break_nothing(keys: KeyService, database: Database) -> None:
    good, odd = keys.create("good", only("search")), keys.create("odd", only("admin"))
    with database.writing() as db:
        db.execute(text("UPDATE api_keys SET scopes = 'everything,' WHERE id = :id"), {"id": odd.stored.id})
    known = ring(database)
    assert known.identify(good.secret) is not None
    caller = known.identify(odd.secret)
    assert caller is not None
    assert not any(caller.may(scope) for scope in SCOPES)


@pytest.fixture
def guarded(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    with serving(make_settings(api_keys=("bootstrap-of-20-chars",), api_require_key=True)) as client:
        yield client


async def test_a_look_that_ends_late_brings_back_nothing(
    keys: KeyService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, looked, may_end = database.read, asyncio.Event(), asyncio.Event()

    async def late(work: Callable[[Session], Any]) -> Any:
        found = await read(work)
        looked.set()
        await may_end.wait()
        may_end.clear()
        return found

    monkeypatch.setattr(database, "read", late)
    followed = KeyRing(database, (), 0.01)
    followed.start()
    await looked.wait()
    made = keys.create("meanwhile", only("search"))
    followed.read()
    looked.clear()
    may_end.set()
    await looked.wait()  # the next look has begun, so the first one was taken
    assert followed.identify(made.secret) is not None
    await followed.close()


def key_of(client: TestClient, *scopes: Scope) -> dict[str, str]:
    """Make a key, and return its header once the server knows it."""
    runtime = client.app.state.runtime  # type: ignore[attr-defined]
    made = KeyService(runtime.database).create("test", only(*scopes))
    runtime.access.keys.read()
    return {"X-API-Key": made.secret}


CALLS: list[tuple[str, str, Any, Scope]] = [
    ("POST", "/api/v1/search", {"query": "x"}, "search"),
    ("GET", "/api/v1/suggest?q=x", None, "search"),
    ("GET", "/api/v1/products", None, "search"),
    ("POST", "/api/v1/recommend", {}, "search"),
    ("GET", "/api/v1/users/u/recently-viewed", None, "search"),
    ("POST", "/api/v1/feedback/batch", {"events": [{}]}, "feedback"),
    ("GET", "/api/v1/users/u/state", None, "feedback"),
    ("PUT", "/api/v1/products/p", {"title": "mug"}, "catalogue"),
    ("GET", "/api/v1/rules", None, "catalogue"),
    ("GET", "/api/v1/users/u/export", None, "admin"),
    ("DELETE", "/api/v1/users/u", None, "admin"),
    ("GET", "/api/v1/experiments", None, "admin"),
    ("GET", "/status", None, "admin"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_key_opens_what_its_scopes_name(guarded: TestClient) -> None:
    by_scope = {scope: key_of(guarded, scope) for scope in SCOPES}
    for method, path, body, needed in CALLS:
        assert error_of(guarded.request(method, path, json=body)) == (401, "UNAUTHORIZED"), path
        wrong = {"Authorization": "Bearer vk_000000000000_wrong"}
        assert error_of(guarded.request(method, path, json=body, headers=wrong)) == (401, "UNAUTHORIZED"), path
        for scope, headers in by_scope.items():
            answer = guarded.request(method, path, json=body, headers=headers)
            if scope in {needed, "admin"}:
                assert answer.status_code == 200, (path, scope, answer.text)
            else:
                assert error_of(answer) == (403, "FORBIDDEN"), (path, scope)
                assert answer.json()["error"]["details"] == {"scope": needed}
        everything = {"Authorization": "bearer bootstrap-of-20-chars"}
        assert guarded.request(method, path, json=body, headers=everything).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_user_is_only_searched_for_with_the_scope(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings()) as client:
        body = {"query": "x", "user_id": "u"}
        assert client.post("/api/v1/search", json=body).status_code == 200  # a server without keys is open
        search, feedback = key_of(client, "search"), key_of(client, "feedback")
        assert client.post("/api/v1/search", json={"query": "x"}).status_code == 200
        assert error_of(client.post("/api/v1/search", json=body)) == (401, "UNAUTHORIZED")
        answer = client.post("/api/v1/search", json=body, headers=feedback)
        assert error_of(answer) == (403, "FORBIDDEN")
        assert answer.json()["error"]["details"] == {"scope": "search"}
        assert client.post("/api/v1/search", json=body, headers=search).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wrong_key_is_told_so_where_none_is_needed(make_settings: Callable[..., Settings]) -> None:
    wrong = {"X-API-Key": "vk_000000000000_wrong"}
    with serving(make_settings()) as client:

        def status(headers: dict[str, str]) -> int:
            return client.post("/api/v1/search", json={"query": "mug"}, headers=headers).status_code

        assert [status(wrong), status({}), status(wrong)] == [
            200,
            200,
            200,
        ]  # a server without keys has no wrong ones
        right = key_of(client, "search")
        assert [status(right), status({}), status(wrong)] == [200, 200, 401]  # though the answer is kept
        for path in ("/api/v1/suggest?q=m", "/api/v1/products", "/api/v1/categories"):
            assert error_of(client.get(path, headers=wrong)) == (401, "UNAUTHORIZED")
        assert client.get("/live", headers=wrong).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_route_has_a_scope_or_is_public_on_purpose(client: TestClient) -> None:
    scopes = {f"needs_{scope}" for scope in SCOPES}
    routes = list(iter_route_contexts(client.app.router.routes))  # type: ignore[attr-defined]
    without = set()
    for route in routes:
        dependant = getattr(route, "dependant", None)  # a mount, or one of another framework, has none
        asked = {getattr(one.call, "__name__", "") for one in dependant.dependencies} if dependant else set()
        if len(asked & scopes) != 1:
            without.add(route.path)
    assert len(routes) > 40
    assert without == PUBLIC | PAGES | {"/openapi.json"}


def test_another_process_sees_new_and_revoked_keys(
    make_settings: Callable[..., Settings], database: Database, tmp_path: Any
) -> None:
    settings = make_settings(catalogue_poll_interval_s=30.0, profile_worker=False)  # keys are looked at all the same
    keys = KeyService(database)
    with running_server(settings, app=APP, log=tmp_path / "log") as server, closing(server.connect()) as connection:

        def status(key: str | None) -> int:
            connection.request("GET", "/api/v1/rules", headers={} if key is None else {"X-API-Key": key})
            answer = connection.getresponse()
            answer.read()
            return answer.status

        def becomes(wanted: int, key: str) -> bool:
            deadline = time.monotonic() + 10
            while status(key) != wanted and time.monotonic() < deadline:
                time.sleep(0.05)
            return status(key) == wanted

        assert status(None) == 200
        made = keys.create("shop", only("catalogue"))
        assert becomes(401, "")  # the first key closes the server
        assert status(made.secret) == 200
        keys.revoke(made.stored.id)
        assert becomes(401, made.secret)


def test_the_last_keys_count_while_the_database_is_down(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(catalogue_poll_interval_s=0.05)) as client:
        header = key_of(client, "feedback")
        runtime = client.app.state.runtime  # type: ignore[attr-defined]
        with runtime.database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE api_keys RENAME TO away"))
        time.sleep(0.3)  # several looks that fail
        path = "/api/v1/experiments"
        assert error_of(client.get(path)) == (401, "UNAUTHORIZED")
        assert error_of(client.get(path, headers=header)) == (403, "FORBIDDEN")
        with runtime.database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO api_keys"))
        KeyService(runtime.database).revoke(header["X-API-Key"].split("_")[1])
        deadline = time.monotonic() + 10
        while client.get(path, headers=header).status_code != 401:
            assert time.monotonic() < deadline
