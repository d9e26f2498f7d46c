"""States of active users are in memory before they come."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import event

from backend.interaction.profiles import ProfileRepository
from backend.interaction.states import _Asked
from backend.interaction.warming import StateWarmer
from tests.backend.interaction.helpers import PRODUCTS, parts, send, work


def act(shop: TestClient, user_id: str, events: int) -> None:
    """Let a user do something, and the profiles know it."""
    for number in range(events):
        send(shop, list(PRODUCTS)[number % len(PRODUCTS)], user_id=user_id)
    work(shop)


def forget(shop: TestClient) -> None:
    states = shop.app.state.runtime.interactions.states  # type: ignore[attr-defined]
    states._cache._states.clear()
    states._cache._pasts.clear()


def test_the_users_who_did_much_are_found_latest_first(shop: TestClient) -> None:
    for user_id, events in (("first", 12), ("few", 9), ("second", 10), ("first", 1)):
        act(shop, user_id, events)
    database, space, _ = parts(shop)
    rules = shop.app.state.runtime.interactions.rules  # type: ignore[attr-defined]
    with database.reading() as db:
        profiles = ProfileRepository(db, space, rules)
        assert profiles.active(5) == ["first", "second"]
        assert profiles.active(1) == ["first"]


def test_an_index_finds_them(shop: TestClient) -> None:
    database, space, _ = parts(shop)
    rules = shop.app.state.runtime.interactions.rules  # type: ignore[attr-defined]
    said: list[tuple[str, Any]] = []
    event.listen(
        database.engine, "before_cursor_execute",
        lambda _c, _k, statement, parameters, *_: said.append((statement, parameters)),
    )  # fmt: skip
    with database.reading() as db:
        ProfileRepository(db, space, rules).active(5)
        statement, parameters = next(one for one in said if "events >=" in one[0])
        if database.is_sqlite:
            explained = "EXPLAIN QUERY PLAN "
        else:
            db.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")  # an empty table is read faster whole
            explained = "EXPLAIN "
        plan = " ".join(str(row) for row in db.connection().exec_driver_sql(explained + statement, parameters))
    assert "ix_profiles_active" in plan
    assert "SORT" not in plan.upper()


def test_an_active_user_is_known_before_they_come(shop: TestClient) -> None:
    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    act(shop, "active", 12)
    act(shop, "visitor", 2)
    forget(shop)
    database, space, _ = parts(shop)
    states = runtime.interactions.states
    warmer = StateWarmer(database, states, lambda: space)
    assert shop.portal.call(warmer.warm) == 1  # type: ignore[union-attr]
    _, known, _ = states._cache.get(states._keys(_Asked("active", None, space))[0], None)
    assert known is not None
    assert known.events == 12
    assert states._cache.get(states._keys(_Asked("visitor", None, space))[0], None)[1] is None


def test_it_begins_by_itself(shop: TestClient) -> None:
    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    deadline = time.monotonic() + 20
    while runtime.interactions._warmer._warmed is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    database, space, _ = parts(shop)
    warmer = StateWarmer(database, runtime.interactions.states, lambda: space)
    act(shop, "active", 11)
    forget(shop)

    async def begin_and_end() -> None:
        warmer.start()
        while warmer._warmed is None:
            await asyncio.sleep(0.01)
        await warmer.close()

    shop.portal.call(begin_and_end)  # type: ignore[union-attr]
    states = runtime.interactions.states
    assert states._cache.get(states._keys(_Asked("active", None, space))[0], None)[1] is not None
