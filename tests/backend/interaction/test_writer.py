"""Group commit: many at once, each once, and none at the cost of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from backend.config import Settings
from backend.interaction import writer as writer_module
from backend.interaction.append import append_events
from backend.interaction.events import NewEvent, Outcome
from backend.interaction.vectors import ProductVector, StateSpace
from tests.backend.conftest import error_of, serving
from tests.backend.interaction.helpers import parts, state

EVENT = {"user_id": "u", "product_id": "mug", "interaction_type": "CLICK"}


def test_many_at_once_on_two_servers(shop: TestClient, make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(profile_worker=False)) as other, ThreadPoolExecutor(12) as threads:

        def post(number: int) -> dict[str, Any]:
            client = (shop, other)[number % 2]
            # Every third has an id that two more have.
            event = {**EVENT, "user_id": f"u{number % 7}", "event_id": f"e{number % 90}"}
            answer = client.post("/api/v1/feedback", json={**event, "user_id": f"u{number % 90 % 7}"})
            assert answer.status_code == 200, answer.text
            result: dict[str, Any] = answer.json()
            return result

        answers = list(threads.map(post, range(270)))
        assert Counter(answer["duplicate"] for answer in answers) == {False: 90, True: 180}
        database, _, _ = parts(shop)
        with database.reading() as db:
            assert db.scalars(text("SELECT seq FROM interactions ORDER BY seq")).all() == list(range(1, 91))
            assert db.execute(text("SELECT last_seq FROM interaction_state")).scalar_one() == 90
        assert sum(state(client, f"u{n}")["long_term"]["events"] for n in range(7) for client in (shop, other)) == 180


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_more_than_may_wait_is_refused_at_once(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(feedback_queue_size=2)) as client:
        client.put("/api/v1/products/mug", json={"title": "mug"})
        answer = client.post("/api/v1/feedback/batch", json={"events": [EVENT] * 3})
        assert error_of(answer) == (503, "OVERLOADED")
        assert int(answer.headers["Retry-After"]) >= 1
        assert client.post("/api/v1/feedback/batch", json={"events": [EVENT] * 2}).json()["accepted"] == 2
        assert state(client)["long_term"]["events"] == 2


def test_an_event_that_the_database_refuses_costs_the_others_nothing(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(
        db: Session, space: StateSpace | None, products: Mapping[str, ProductVector], events: Sequence[NewEvent]
    ) -> list[Outcome]:
        outcomes = append_events(db, space, products, events)
        if any(event.user_id == "poison" for event in events):
            raise DataError("INSERT", {}, Exception("too much"))
        return outcomes

    monkeypatch.setattr(writer_module, "append_events", refusing)

    def post(number: int) -> int:
        user = "poison" if number % 10 == 3 else "u"
        return shop.post("/api/v1/feedback", json={**EVENT, "user_id": user}).status_code

    with ThreadPoolExecutor(12) as threads:
        statuses = list(threads.map(post, range(60)))
    assert [status == 500 for status in statuses] == [number % 10 == 3 for number in range(60)]
    assert state(shop)["state_version"] == 54
    assert state(shop, "poison")["state_version"] == 0


def test_without_the_database_nothing_is_acknowledged(shop: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    database, _, _ = parts(shop)

    @contextmanager
    def down() -> Iterator[Session]:
        raise OperationalError("BEGIN", {}, Exception("connection refused"))
        yield

    with monkeypatch.context() as patch:
        patch.setattr(database, "writing", down)
        answer = shop.post("/api/v1/feedback", json={**EVENT, "event_id": "again"})
        assert error_of(answer) == (503, "DEPENDENCY_UNAVAILABLE")
        assert answer.headers["Retry-After"]
    assert shop.post("/api/v1/feedback", json={**EVENT, "event_id": "again"}).json()["duplicate"] is False
