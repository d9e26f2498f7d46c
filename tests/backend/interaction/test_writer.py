"""Group commit: many at once, each once, and none at the cost of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend.config import Settings
from backend.interaction.appenders import SMALL
from backend.interaction.states import UserStates
from backend.interaction.vectors import EventVectors
from backend.interaction.writer import TRIES
from ml.profile.rules import ProfileRules
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


REFUSING = {
    "sqlite": (
        "CREATE TRIGGER poison BEFORE INSERT ON interactions WHEN NEW.user_id = 'poison' "
        "BEGIN SELECT RAISE(ABORT, 'too much'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'too much'; END $$",
        "CREATE TRIGGER poison BEFORE INSERT ON interactions FOR EACH ROW WHEN (NEW.user_id = 'poison') "
        "EXECUTE FUNCTION refuse()",
    ),
}


LOSES = (
    "CREATE SEQUENCE tries",
    """
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') <= {times} THEN RAISE 'of a test' USING ERRCODE = 'deadlock_detected'; END IF;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER loses BEFORE INSERT ON interactions FOR EACH STATEMENT EXECUTE FUNCTION lose()",
)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("count", [1, SMALL + 1])
def test_events_that_lose_to_others_are_written_again(shop: TestClient, count: int) -> None:
    database, _, _ = parts(shop)
    with database.writing() as db:
        for statement in LOSES:
            db.execute(text(statement.format(times=TRIES - 1)))
    batch = {"events": [{**EVENT, "event_id": f"e{number}"} for number in range(count)]}
    assert shop.post("/api/v1/feedback/batch", json=batch).json()["accepted"] == count
    assert state(shop)["long_term"]["events"] == count


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_events_that_lose_to_others_again_and_again_can_be_sent_again(
    capsys: pytest.CaptureFixture[str], shop: TestClient
) -> None:
    database, _, _ = parts(shop)
    with database.writing() as db:
        for statement in LOSES:
            db.execute(text(statement.format(times=TRIES)))
    answer = shop.post("/api/v1/feedback", json=EVENT)
    assert error_of(answer) == (503, "DEPENDENCY_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "1"
    assert "DeadlockDetected" in capsys.readouterr().err
    assert shop.post("/api/v1/feedback", json=EVENT).status_code == 200


def test_an_event_that_the_database_refuses_costs_the_others_nothing(shop: TestClient) -> None:
    database, _, _ = parts(shop)
    with database.writing() as db:
        for statement in REFUSING[db.get_bind().dialect.name]:
            db.execute(text(statement))

    def post(number: int) -> int:
        user = "poison" if number % 10 == 3 else "u"
        return shop.post("/api/v1/feedback", json={**EVENT, "user_id": user}).status_code

    with ThreadPoolExecutor(12) as threads:
        statuses = list(threads.map(post, range(60)))
    assert [status == 500 for status in statuses] == [number % 10 == 3 for number in range(60)]
    assert state(shop)["state_version"] == 54
    assert state(shop, "poison")["state_version"] == 0


def test_an_event_whose_id_another_one_has_leaves_its_product_as_it_was(shop: TestClient) -> None:
    assert shop.post("/api/v1/feedback", json={**EVENT, "event_id": "e"}).json()["duplicate"] is False
    answer = shop.post("/api/v1/feedback", json={**EVENT, "product_id": "boot", "event_id": "e"})
    assert error_of(answer) == (409, "EVENT_CONFLICT")
    shop.post("/api/v1/feedback", json={**EVENT, "product_id": "boot"})
    database, space, _ = parts(shop)
    states = UserStates(database, ProfileRules(), EventVectors(), 10)
    with database.reading() as db:  # with nothing in memory, so that the vectors come out of the log's own
        assert states.read_in(db, "u", None, space).user_events == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_broke_is_replaced(shop: TestClient) -> None:
    database, _, _ = parts(shop)
    assert shop.post("/api/v1/feedback", json=EVENT).json()["state_version"] == 1
    others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                  "AND pid <> pg_backend_pid()")  # fmt: skip
    with database.writing() as db:
        db.execute(others)
    statuses = [shop.post("/api/v1/feedback", json=EVENT).status_code for _ in range(4)]
    assert set(statuses[:1]) <= {200, 503}
    assert statuses[1:] == [200] * 3
    assert state(shop)["state_version"] == 1 + statuses.count(200)


def test_without_the_database_nothing_is_acknowledged(shop: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    database, _, _ = parts(shop)

    @contextmanager
    def down() -> Iterator[Session]:
        raise OperationalError("BEGIN", {}, Exception("connection refused"))
        yield

    def refused(*_: object, **__: object) -> None:
        raise psycopg2.OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(database, "writing", down)
        patch.setattr(psycopg2, "connect", refused)
        answer = shop.post("/api/v1/feedback", json={**EVENT, "event_id": "again"})
        assert error_of(answer) == (503, "DEPENDENCY_UNAVAILABLE")
        assert answer.headers["Retry-After"]
    assert shop.post("/api/v1/feedback", json={**EVENT, "event_id": "again"}).json()["duplicate"] is False


def test_small_and_large_groups_follow_each_other(shop: TestClient) -> None:
    last = 0
    for count in (1, SMALL, SMALL + 1, 1):
        events = [{**EVENT, "event_id": f"{last}-{number}"} for number in range(count)]
        for duplicates in (0, count):  # told again, in whatever way, it is counted once
            answer = shop.post("/api/v1/feedback/batch", json={"events": events}).json()
            assert (answer["accepted"], answer["duplicates"]) == (count - duplicates, duplicates)
        last += count
        assert answer["state_version"] == last
    assert state(shop)["long_term"]["events"] == last
