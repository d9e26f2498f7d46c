"""An erased user leaves nothing behind, in any store or process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url, text

from backend.config import Settings
from backend.database.engine import BUSY_TIMEOUT_S
from backend.interaction.erasure import erase_user, find_traces
from backend.interaction.popularity import PRIOR, Popularity
from tests.backend.conftest import serving
from tests.backend.interaction.helpers import parts, send, state, work

USER, SESSION = "shopper-to-erase", "session-to-erase"


def shop_around(client: TestClient) -> None:
    send(client, "lamp", "VIEW", session_id=SESSION)
    send(client, "mug", "PURCHASE", user_id=USER, session_id=SESSION, query=f"gift for {USER} only")
    send(client, "hose", "CLICK", user_id=USER, event_id="kept-id")
    send(client, "shoe", "CLICK", user_id="other", session_id=SESSION)
    send(client, "mug", "PURCHASE", user_id="other")


def test_nothing_is_left_in_any_table(shop: TestClient) -> None:
    shop_around(shop)
    work(shop)
    database, _, _ = parts(shop)
    assert {trace.table for trace in find_traces(database, USER)} == {"interactions", "profiles", "popularity_votes"}
    assert {trace.column for trace in find_traces(database, USER)} >= {"user_id", "query", "actor"}
    erased = erase_user(database, USER)
    assert erased.rows == {"interactions": 3, "profiles": 1, "popularity_votes": 3}
    assert erased.sessions == (SESSION,)
    assert find_traces(database, USER) == []
    assert [trace.table for trace in find_traces(database, SESSION)] == ["interactions"]  # what the other one did
    with database.reading() as db:
        found = Popularity(db).scores(["mug", "lamp", "hose", "shoe"], time.time())
    assert found["mug"] == pytest.approx(PRIOR + 1, abs=1e-3)
    assert found["lamp"] == found["hose"] == PRIOR
    work(shop)
    assert find_traces(database, USER) == []
    assert erase_user(database, "never-seen").rows == {"interactions": 0, "profiles": 0, "popularity_votes": 0}


def test_every_process_forgets_at_once(shop: TestClient, make_settings: Callable[..., Settings]) -> None:
    shop_around(shop)
    with serving(make_settings(profile_worker=False)) as other:
        for client in (shop, other):
            assert state(client, USER, SESSION)["state_version"] == 3
            assert state(client, "other")["long_term"]["events"] == 2
        work(shop)
        kept = state(other, "other")["long_term"]["vector"]
        database, _, _ = parts(shop)
        erase_user(database, USER)
        for client in (shop, other):
            view, fresh = state(client, USER, "new"), state(client, "never-seen", "new")
            assert {**view, "user_id": None} == {**fresh, "user_id": None}
            assert state(client, None, SESSION)["session"]["events"] == 1
            np.testing.assert_allclose(state(client, "other")["long_term"]["vector"], kept, atol=1e-6)


def test_an_erased_user_can_come_back_as_a_new_one(shop: TestClient) -> None:
    shop_around(shop)
    work(shop)
    database, _, _ = parts(shop)
    erase_user(database, USER)
    again = send(shop, "shoe", "CLICK", user_id=USER, event_id="kept-id")
    assert (again["duplicate"], again["state_version"]) == (False, 6)
    assert state(shop, USER)["long_term"]["events"] == 1
    work(shop)
    assert state(shop, USER)["long_term"]["events"] == 1
    _, space, worker = parts(shop)
    assert worker.lag(space).events == 0


def test_the_watermark_passes_numbers_that_were_erased(shop: TestClient) -> None:
    send(shop, "shoe", user_id=USER)
    database, space, worker = parts(shop)
    erase_user(database, USER)
    assert worker.lag(space).events == 1
    assert worker.step(space) == 0
    assert worker.lag(space).events == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_file_holds_no_trace_either(shop: TestClient) -> None:
    shop_around(shop)
    work(shop)
    database, _, _ = parts(shop)
    path = Path(make_url(str(database.engine.url)).database or "")
    files = [path, path.with_name(path.name + "-wal")]
    assert any(USER.encode() in file.read_bytes() for file in files)
    erase_user(database, USER)
    assert not any(USER.encode() in file.read_bytes() for file in files if file.exists())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_beside_a_long_reader_nobody_waits_and_the_worker_empties_the_files(
    shop: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    shop_around(shop)
    work(shop)
    database, space, worker = parts(shop)
    path = Path(make_url(str(database.engine.url)).database or "")
    files = [path, path.with_name(path.name + "-wal")]
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM interactions")).scalar_one()
        start = time.monotonic()
        answer = shop.delete(f"/api/v1/users/{USER}").json()
        send(shop, "mug", user_id="other")
        worker.step(space)
        assert time.monotonic() - start < 5, "not as long as a writer waits for another one"
        assert answer["awaiting_checkpoint"]
        assert "somebody is reading" in caplog.text
        assert any(USER.encode() in file.read_bytes() for file in files)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == BUSY_TIMEOUT_S * 1000
    worker.step(space)
    assert not any(USER.encode() in file.read_bytes() for file in files)
    assert not erase_user(database, USER).awaiting_checkpoint


def test_traces_are_whole_words(shop: TestClient) -> None:
    send(shop, "mug", user_id="ann", query="for joann and ann-marie")
    database, _, _ = parts(shop)
    assert [(trace.column, trace.rows) for trace in find_traces(database, "ann")] == [("user_id", 1)]
