"""Popularity: what shoppers like, and no one of them alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import backend.interaction.tables
from backend.database.base import Base
from backend.interaction.events import LoggedEvent
from backend.interaction.popularity import DECAY_S, PRIOR, Popularity
from tests.backend.interaction.helpers import PRODUCTS, parts, send, work

assert backend.interaction.tables  # its tables are made below
NOW = 1_800_000_000.0


def scores(client: TestClient) -> dict[str, float]:
    database, _, _ = parts(client)
    with database.reading() as db:
        return Popularity(db).scores(list(PRODUCTS), time.time())


def test_what_many_buy_is_popular(shop: TestClient) -> None:
    for number in range(5):
        send(shop, "shoe", "PURCHASE", user_id=f"u{number}")
        send(shop, "mug", "CLICK", user_id=f"u{number}")
    send(shop, "cup", "DISLIKE")
    send(shop, "hose", "RATING", rating=5, timestamp=(datetime.now(UTC) - timedelta(seconds=DECAY_S)).isoformat())
    work(shop)
    found = scores(shop)
    assert found["shoe"] == pytest.approx(PRIOR + 5, abs=1e-3)
    assert found["mug"] == pytest.approx(PRIOR + 5 * 0.3, abs=1e-3)
    assert found["hose"] == pytest.approx(PRIOR + np.exp(-1), abs=1e-3)
    assert found["cup"] == found["lamp"] == PRIOR
    database, _, _ = parts(shop)
    with database.reading() as db:
        assert [id_ for id_, _ in Popularity(db).top(2, time.time())] == ["shoe", "mug"]


def test_a_flood_of_one_actor_moves_nothing_by_more_than_a_percent(shop: TestClient) -> None:
    send(shop, "shoe", "VIEW", user_id="someone")
    work(shop)
    before = scores(shop)
    types = ("VIEW", "CLICK", "PURCHASE", "LIKE", "ADD_TO_CART", "SHARE")
    events = [
        {"user_id": "flood", "session_id": f"s{n}", "product_id": product, "interaction_type": types[n % 6]}
        for n in range(60)
        for product in ("shoe", "mug")
    ]
    assert shop.post("/api/v1/feedback/batch", json={"events": events}).json()["accepted"] == 120
    work(shop)
    after = scores(shop)
    assert after["shoe"] > before["shoe"]
    assert all(after[id_] / before[id_] <= 1.01 for id_ in PRODUCTS)


events = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["u1", "u2", "u3"]),
        st.sampled_from(["VIEW", "CLICK", "PURCHASE", "DISLIKE"]),
        st.floats(0, 400 * 86_400),
    ),
    max_size=25,
)


@given(events, st.integers(1, 6), st.sampled_from(["u1", "u2", "u3", "u4"]))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_counting_bit_by_bit_and_forgetting_is_counting_the_rest(
    acts: list[tuple[str, str, str, float]], step: int, gone: str
) -> None:
    logged = [
        (user, None, LoggedEvent(n, product, type_, None, round((NOW - age) * 1e6), None, None))
        for n, (product, user, type_, age) in enumerate(acts)
    ]
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        popularity = Popularity(db)
        for start in range(0, len(logged), step):
            popularity.count(logged[start : start + step])
        popularity.forget([f"u:{gone}", "s:nobody"])
        found = popularity.scores(["a", "b"], NOW)
    engine.dispose()
    worth = {"VIEW": 0.1, "CLICK": 0.3, "PURCHASE": 1.0}
    for product in ("a", "b"):
        votes: dict[str, float] = {}
        for act_product, user, type_, age in acts:
            if act_product == product and type_ in worth and user != gone:
                votes[user] = max(votes.get(user, 0), worth[type_] * np.exp(-age / DECAY_S))
        assert found[product] == pytest.approx(PRIOR + sum(votes.values()), abs=1e-6)
