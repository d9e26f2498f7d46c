"""States that are read together, in one transaction, while users are erased beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.interaction.states import _Asked
from backend.interaction.tables import InteractionStateRow
from backend.interaction.user_state import UserState
from tests.backend.interaction.helpers import parts, send

LOOKS = 5  # more than any read needs


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_snapshot_older_than_an_erasure_that_another_read_noticed_is_left(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(shop, "mug", user_id="first")
    send(shop, "cup", user_id="second")
    states = shop.app.state.runtime.interactions.states  # type: ignore[attr-defined]
    database, space, _ = parts(shop)
    plain_read: Callable[..., UserState] = states.read_in
    plain_forget: Callable[[int], None] = states._cache.forget
    looks: list[int] = []

    def forget(erasures: int) -> None:
        looks.append(erasures)
        assert len(looks) < LOOKS, "it looks at the same snapshot for ever"
        plain_forget(erasures)

    def read_in(db: Session, user_id: str, *rest: Any) -> UserState:
        found = plain_read(db, user_id, *rest)
        if user_id == "first":  # the snapshot of the group is of now
            with database.writing() as other:  # an erasure as readers see it; a real one waits for them to end
                other.execute(update(InteractionStateRow).values(erasures=InteractionStateRow.erasures + 1))
            with database.reading() as other:
                assert plain_read(other, "third", *rest).erasures == 1
        return found

    monkeypatch.setattr(states._cache, "forget", forget)
    monkeypatch.setattr(states, "read_in", read_in)
    found = states._read_together([_Asked(id_, None, space) for id_ in ("first", "second")])
    assert [(state.user_events, state.erasures) for state in found] == [(1, 0), (1, 1)]
    assert looks, "the second read has seen the older snapshot"


def test_what_a_shopper_did_is_one_object_until_something_new_comes(shop: TestClient) -> None:
    send(shop, "mug", user_id="u", session_id="s")
    states = shop.app.state.runtime.interactions.states  # type: ignore[attr-defined]
    database, space, _ = parts(shop)

    def read() -> UserState:
        (found,) = states._read_together([_Asked("u", "s", space)])
        return found

    first = read()
    assert read().past is first.past
    assert [one.product_id for one in first.recent] == ["mug"]
    send(shop, "cup", user_id="u", session_id="s")
    second = read()
    assert [one.product_id for one in second.recent] == ["cup", "mug"]
    with database.writing() as db:
        db.execute(update(InteractionStateRow).values(erasures=InteractionStateRow.erasures + 1))
    assert read().past is not second.past, "an erasure leaves nothing in memory"
