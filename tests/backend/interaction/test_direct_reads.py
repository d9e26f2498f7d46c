"""States read through the event loop's own connection are those that threads read."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text, update

from backend.interaction.states import UserStates, _Asked
from backend.interaction.tables import InteractionStateRow
from backend.interaction.user_state import UserState
from backend.interaction.vectors import EventVectors
from ml.profile.rules import ProfileRules
from tests.backend.interaction.helpers import PRODUCTS, parts, send, work

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ASKED = [("u", None), ("u", "s"), ("v", "s"), (None, "s"), ("v", None), ("stranger", None), (None, "nowhere")]


def states_of(shop: TestClient) -> UserStates:
    states: UserStates = shop.app.state.runtime.interactions.states  # type: ignore[attr-defined]
    return states


def forget(shop: TestClient) -> None:
    states_of(shop)._cache._states.clear()


def without_threads(shop: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(_: object) -> UserState:
        raise AssertionError("a thread was asked")

    monkeypatch.setattr(states_of(shop)._reads, "do", refused)


def read(shop: TestClient, user_id: str | None, session_id: str | None) -> UserState:
    _, space, _ = parts(shop)
    found: UserState = shop.portal.call(states_of(shop).read, user_id, session_id, space)  # type: ignore[union-attr]
    return found


def by_threads(shop: TestClient, user_id: str | None, session_id: str | None) -> UserState:
    """Read with nothing in memory."""
    database, space, _ = parts(shop)
    states = UserStates(database, ProfileRules(), EventVectors(), 10)
    with database.reading() as db:
        return states.read_in(db, user_id, session_id, space)


def check_same(one: UserState, other: UserState) -> None:
    for field in fields(UserState):
        values: list[Any] = [getattr(state, field.name) for state in (one, other)]
        if field.name in {"long_term", "session"}:
            assert (values[0] is None) == (values[1] is None)
            if values[0] is not None:
                np.testing.assert_allclose(values[0], values[1], atol=1e-5)
        elif field.name == "past":
            assert (values[0].recent, values[0].purchased) == (values[1].recent, values[1].purchased)
        else:
            assert values[0] == values[1], field.name


def act(shop: TestClient, count: int) -> None:
    for number in range(count):
        product, type_ = list(PRODUCTS)[number % 5], ("VIEW", "PURCHASE", "LIKE")[number % 3]
        who = ({"user_id": "u"}, {"user_id": "u", "session_id": "s"}, {"user_id": "v", "session_id": "s"},
               {"session_id": "s"})[number % 4]  # fmt: skip
        send(shop, product, type_, **who)


@pytest.mark.parametrize("folded", [False, True])
def test_states_are_the_same(shop: TestClient, monkeypatch: pytest.MonkeyPatch, folded: bool) -> None:
    act(shop, 30)
    if folded:
        work(shop)
        act(shop, 7)
    for who in ASKED:
        check_same(read(shop, *who), by_threads(shop, *who))
    act(shop, 9)
    without_threads(shop, monkeypatch)  # what this process wrote itself it has in memory
    for who in ASKED:
        check_same(read(shop, *who), by_threads(shop, *who))


def test_a_user_whom_the_worker_knows_is_read_without_a_thread(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(shop, 30)
    work(shop)
    without_threads(shop, monkeypatch)
    for user_id in ("u", "v"):
        forget(shop)
        check_same(read(shop, user_id, None), by_threads(shop, user_id, None))


def test_several_at_once_get_their_own(shop: TestClient) -> None:
    act(shop, 30)
    work(shop)
    act(shop, 6)
    forget(shop)
    _, space, _ = parts(shop)

    async def read_all() -> list[UserState | Exception | None]:
        return await states_of(shop)._read_news([_Asked(*who, space) for who in ASKED])

    found = shop.portal.call(read_all)  # type: ignore[union-attr]
    for who, state in zip(ASKED, found, strict=True):
        assert isinstance(state, UserState)
        check_same(state, by_threads(shop, *who))


def test_an_erasure_leaves_nothing_in_memory(shop: TestClient) -> None:
    act(shop, 10)
    before = read(shop, "u", None)
    database, _, _ = parts(shop)
    with database.writing() as db:
        db.execute(update(InteractionStateRow).values(erasures=InteractionStateRow.erasures + 1))
        db.execute(text("DELETE FROM interactions WHERE user_id = 'u'"))
    after = read(shop, "u", None)
    assert (before.user_events, after.user_events) == (6, 0)
    assert (before.erasures, after.erasures) == (0, 1)


def test_a_connection_that_broke_costs_no_answer(shop: TestClient) -> None:
    act(shop, 10)
    before = read(shop, "u", None)
    database, _, _ = parts(shop)
    with database.writing() as db:
        db.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                 "WHERE datname = current_database() AND pid <> pg_backend_pid()")
        )  # fmt: skip
    for _ in range(3):
        check_same(read(shop, "u", None), before)


def test_whoever_shares_connections_by_the_transaction_is_served(shop: TestClient) -> None:
    act(shop, 10)
    before = read(shop, "u", None)
    connection = states_of(shop)._direct
    assert connection is not None

    async def lose_plans() -> None:
        await connection._execute(connection._connection, "DEALLOCATE ALL", None)

    shop.portal.call(lose_plans)  # type: ignore[union-attr]
    check_same(read(shop, "u", None), before)
    assert not connection._prepares
