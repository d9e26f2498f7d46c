"""The log alone gives the same vectors as the servers have."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.interaction import replay as replay_module
from backend.interaction.erasure import erase_user
from backend.interaction.events import microseconds
from backend.interaction.replay import Replay, ReplayOutdated
from backend.interaction.states import UserStates
from backend.interaction.vectors import EventVectors, StateSpace
from ml.profile.rules import ProfileRules
from tests.backend.interaction.helpers import PRODUCTS, parts, send, state, vector_of, work
from tests.backend.switching import SECOND, fill, prepare, serves, serving, space_of, switch, wait_for

RULES = ProfileRules()


def replaying(client: TestClient, rules: ProfileRules = RULES) -> Replay:
    database, space, _ = parts(client)
    return Replay(database, space, rules, lambda _: None)


def act(client: TestClient, count: int = 40) -> None:
    now = datetime.now(UTC)
    for number in range(count):
        type_ = ("VIEW", "CLICK", "PURCHASE", "DISLIKE", "ADD_TO_CART")[number % 5]
        when = now - timedelta(days=(number * 7) % 60)
        send(
            client,
            list(PRODUCTS)[number % len(PRODUCTS)],
            type_,
            user_id=f"u{number % 3}",
            timestamp=when.isoformat(),
        )


def test_replayed_is_online(shop: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    act(shop)
    work(shop)
    act(shop, 10)  # which no profile holds yet
    monkeypatch.setattr(replay_module, "BLOCK", 15)
    found = replaying(shop).compare(time.time())
    assert (found.users, found.events, found.vectors, found.missing, found.miscounted) == (3, 50, 3, 0, 0)
    assert found.max_difference < 1e-6
    for rebuilt in replaying(shop).run():
        np.testing.assert_allclose(
            rebuilt.profile.sums.vector(time.time()), state(shop, rebuilt.user_id)["long_term"]["vector"], atol=1e-6
        )


def test_a_damaged_profile_is_noticed_and_mended(shop: TestClient) -> None:
    act(shop)
    work(shop)
    database, _, _ = parts(shop)
    with database.writing() as db:
        other = db.execute(text("SELECT sum FROM profiles WHERE user_id = 'u1'")).scalar_one()
        db.execute(text("UPDATE profiles SET sum = :sum, events = 3 WHERE user_id = 'u0'"), {"sum": other})
    found = replaying(shop).compare(time.time())
    assert found.miscounted == 1
    assert found.max_difference > 0.01
    assert replaying(shop).write() == 3
    found = replaying(shop).compare(time.time())
    assert (found.miscounted, found.max_difference < 1e-6) == (0, True)


def test_as_of_any_time_and_under_any_weights(shop: TestClient) -> None:
    now = datetime.now(UTC)
    send(shop, "mug", "PURCHASE", timestamp=(now - timedelta(days=2)).isoformat())
    send(shop, "hose", "PURCHASE", timestamp=(now - timedelta(days=1)).isoformat())
    send(shop, "lamp", "VIEW")
    (then,) = replaying(shop).run("u", microseconds(now - timedelta(days=1.5)))
    np.testing.assert_allclose(then.profile.sums.vector(now.timestamp()), vector_of(shop, "mug"), atol=1e-6)
    rules = ProfileRules.from_json(b'{"types": {"PURCHASE": {"weight": 0}}}')
    (other,) = replaying(shop, rules).run("u")
    np.testing.assert_allclose(other.profile.sums.vector(now.timestamp()), vector_of(shop, "lamp"), atol=1e-6)
    assert list(replaying(shop).run("nobody")) == []


def test_a_worker_goes_on_where_a_replay_ended(shop: TestClient) -> None:
    act(shop)
    assert replaying(shop).write() == 3
    _, space, worker = parts(shop)
    assert worker.lag(space).events == 0
    act(shop, 5)
    work(shop)
    found = replaying(shop).compare(time.time())
    assert (found.events, found.miscounted, found.max_difference < 1e-6) == (45, 0, True)


def test_a_replay_does_not_bring_back_who_is_erased_meanwhile(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(shop, 6)
    database, _, _ = parts(shop)
    blocks = replay_module._blocks

    def erase_first(users):  # type: ignore[no-untyped-def]
        for block in blocks(users):
            erase_user(database, "u1")
            yield block

    monkeypatch.setattr(replay_module, "_blocks", erase_first)
    with pytest.raises(ReplayOutdated):
        replaying(shop).write()
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM profiles")).scalar_one() == 0


def cold(database: Database, space: VectorSpace, user: str):  # type: ignore[no-untyped-def]
    with database.reading() as db:
        return UserStates(database, RULES, EventVectors(), 10).read_in(db, user, "s", StateSpace.of(space))


def test_users_move_to_another_model(settings: Settings, database: Database) -> None:
    with serving(settings) as client:
        fill(client)
        for product in ("p0", "p12", "p24"):
            send(client, product, "PURCHASE", user_id="u", session_id="s")
        wait_for(lambda: client.get("/status").json()["profiles"]["lag_events"] == 0)
        prepare(database, settings, "second")
        space = space_of("second", settings)
        dry = Replay(database, StateSpace.of(space), RULES, lambda _: None)
        (rebuilt,) = dry.run()
        with database.reading() as db:
            assert db.execute(text("SELECT count(*) FROM interaction_vectors WHERE version = -1")).scalar_one() == 0
        expected = rebuilt.profile.sums.vector(time.time())
        assert expected is not None
        assert expected.shape == (SECOND.dimension,)
        np.testing.assert_allclose(cold(database, space, "u").long_term, expected, atol=1e-6)
        assert Replay(database, StateSpace.of(space), RULES, lambda _: None).write() == 1
        client.put("/api/v1/products/p0", json={"title": "something else entirely"})  # the past stays what it was
        switch(database, settings, "second")
        wait_for(lambda: serves(client) == SECOND.fingerprint)
        view = state(client, "u", "s")
        np.testing.assert_allclose(view["long_term"]["vector"], expected, atol=1e-6)
        np.testing.assert_allclose(view["session"]["vector"], cold(database, space, "u").session, atol=1e-5)
        send(client, "p0", "PURCHASE", user_id="u", session_id="s")
        wait_for(lambda: client.get("/status").json()["profiles"]["lag_events"] == 0)
        found = replaying(client).compare(time.time())
        assert (found.events, found.missing, found.miscounted, found.max_difference < 1e-6) == (4, 0, 0, True)


def test_a_replay_for_another_model_never_minds_other_writers(shop: TestClient) -> None:
    act(shop, 6)
    database, space, _ = parts(shop)
    other = StateSpace.of(replace(space.vectors, template="{title}!"))
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with database.writing() as db:
                db.execute(text("UPDATE interaction_state SET erasures = erasures"))

    with ThreadPoolExecutor(1) as threads:
        writer = threads.submit(write)
        try:
            for _ in range(20):
                assert [
                    one.profile.sums.vector(0) for one in Replay(database, other, RULES, lambda _: None).run()
                ] == [None] * 3
        finally:
            stop.set()
        writer.result()
