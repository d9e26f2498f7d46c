"""Profiles advance behind the log, and nobody who reads can tell."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.config import Settings
from backend.interaction import worker as worker_module
from backend.interaction.states import UserStates
from backend.interaction.vectors import EventVectors, StateSpace
from backend.interaction.worker import BackgroundWorker, LogWorker, progress_name
from ml.profile.rules import ProfileRules
from tests.backend.conftest import serving
from tests.backend.interaction.helpers import PRODUCTS, fill, parts, send, state, work

TYPES = ("VIEW", "CLICK", "PURCHASE", "DISLIKE", "LIKE")


def act(client: TestClient, count: int) -> None:
    shoppers = itertools.cycle(("u", "v", "w"))
    acts = itertools.islice(zip(itertools.cycle(PRODUCTS), itertools.cycle(TYPES), shoppers, strict=False), count)
    for number, (product, type_, user) in enumerate(acts):
        send(client, product, type_, user_id=user, session_id=f"s-{user}-{number // 20}")


def cold(client: TestClient, user: str, rules: ProfileRules | None = None) -> Any:
    """Read with nothing in memory."""
    database, space, _ = parts(client)
    states = UserStates(database, rules or ProfileRules(), EventVectors(), 10)
    with database.reading() as db:
        return states.read_in(db, user, None, space)


def test_states_are_the_same_before_during_and_after_the_worker(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(shop, 50)
    before = {user: state(shop, user) for user in "uvw"}
    monkeypatch.setattr(worker_module, "BLOCK", 7)
    _, space, worker = parts(shop)
    assert worker.lag(space).events == 50
    assert worker.lag(space).seconds > 0
    for _ in range(3):
        assert worker.step(space) == 7
    during = {user: cold(shop, user) for user in "uvw"}
    assert work(shop) == 5
    assert worker.lag(space) == worker_module.Lag(0, 0.0)
    act(shop, 1)
    after = {user: cold(shop, user) for user in "uvw"}
    for user in "uvw":
        for read in (during, after)[: 2 if user != "u" else 1]:
            assert (read[user].version, read[user].user_events) == (
                before[user]["state_version"], before[user]["long_term"]["events"],
            )  # fmt: skip
            np.testing.assert_allclose(read[user].long_term, before[user]["long_term"]["vector"], atol=1e-6)
            assert sorted(read[user].purchased) == before[user]["purchased"]
            assert [event.product_id for event in read[user].recent] == [
                event["product_id"] for event in before[user]["recent"]
            ]
    assert after["u"].user_events == before["u"]["long_term"]["events"] + 1


def test_of_several_workers_each_event_is_applied_once(shop: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    act(shop, 60)
    monkeypatch.setattr(worker_module, "BLOCK", 3)
    _, space, _ = parts(shop)

    def run() -> None:
        _, _, worker = parts(shop)
        while worker.lag(space).events:
            worker.step(space)

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(run) for _ in range(3)]:
            done.result()
    for user in "uvw":
        read = cold(shop, user)
        assert read.user_events == 20
        np.testing.assert_allclose(read.long_term, state(shop, user)["long_term"]["vector"], atol=1e-6)


def test_a_step_that_fails_leaves_nothing_behind(shop: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    act(shop, 10)
    database, space, worker = parts(shop)

    def fail(*_: object) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(worker_module, "set_progress", fail)
        with pytest.raises(RuntimeError, match="killed here"):
            worker.step(space)
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM profiles")).scalar_one() == 0
        assert db.execute(text("SELECT count(*) FROM popularity_votes")).scalar_one() == 0
    work(shop)
    assert cold(shop, "u").user_events == 4


def test_other_rules_have_profiles_of_their_own(shop: TestClient) -> None:
    send(shop, "mug", "CLICK")
    send(shop, "hose", "PURCHASE")
    work(shop)
    rules = ProfileRules.from_json(b'{"types": {"PURCHASE": {"weight": 0}}}')
    database, space, _ = parts(shop)
    assert progress_name(space, rules) != progress_name(space, ProfileRules())
    other = cold(shop, "u", rules)
    assert other.user_events == 2
    clicked = state(shop)["long_term"]["vector"]
    assert float(np.dot(other.long_term, clicked)) < 0.9
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM profiles")).scalar_one() == 1


def test_the_server_lets_a_worker_run_and_tells_how_far_it_is(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(profile_interval_s=0.02)) as client:
        fill(client)
        act(client, 20)
        deadline = time.monotonic() + 20
        while client.get("/status").json()["profiles"]["lag_events"] or not cold(client, "u").user_events:
            assert time.monotonic() < deadline
        database, _, _ = parts(client)
        while True:
            with database.reading() as db:
                if db.execute(text("SELECT count(*) FROM profiles")).scalar_one() == 3:
                    break
            assert time.monotonic() < deadline
        while "vitrine_profile_lag_events 0.0" not in client.get("/metrics").text:  # its gauges are of a moment ago
            assert time.monotonic() < deadline


def test_without_a_worker_the_lag_grows(shop: TestClient) -> None:
    act(shop, 5)
    deadline = time.monotonic() + 10
    while (lag := shop.get("/status").json()["profiles"])["lag_events"] != 5:
        assert time.monotonic() < deadline
    assert lag["lag_s"] >= 0


async def test_what_comes_in_between_is_applied_together(monkeypatch: pytest.MonkeyPatch) -> None:
    class Steps:
        """A worker with so much to do at each step."""

        def __init__(self, *found: int) -> None:
            self.found = list(found)

        def step(self, _: object) -> int:
            return self.found.pop(0)

        def lag(self, _: object) -> worker_module.Lag:
            return worker_module.Lag(0, 0.0)

    rested: list[float] = []

    async def rest(seconds: float) -> None:
        rested.append(seconds)
        await asyncio.Event().wait()

    steps = Steps(worker_module.BLOCK, worker_module.BLOCK, 1, 1)
    monkeypatch.setattr(asyncio, "sleep", rest)
    background = BackgroundWorker(cast(LogWorker, steps), lambda: cast(StateSpace, None), 0.5, works=True)
    while not rested:
        await asyncio.to_thread(time.sleep, 0.001)
    assert (steps.found, rested) == ([1], [0.5])
    await background.close()
