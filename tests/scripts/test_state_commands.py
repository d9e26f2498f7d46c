"""The commands about shoppers, on both databases, with a fake encoder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import redis
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from backend.interaction.log import EventLog
from backend.interaction.profiles import read_progress
from backend.interaction.vectors import StateSpace
from backend.interaction.worker import progress_name
from backend.recommend import refresher
from backend.recommend.training import folder_of
from ml.encoder.fake import FakeEncoder
from ml.recommend.storage import load_model
from ml.types import ProductId
from scripts import erase_user, import_history, replay, worker
from tests.backend.conftest import serving
from tests.backend.interaction.helpers import PRODUCTS, fill, send, state
from tests.scripts.environment import own_settings

USER = "shopper-7"


@pytest.fixture
def shop(database_url: str, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    settings = own_settings(monkeypatch, tmp_path, database_url, redis_url)
    with serving(settings) as client:
        fill(client)
        yield client


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    rows = [
        {
            "user_id": USER if number % 2 else "other", "session_id": f"{number % 2}", "product_id": product,
            "interaction_type": "PURCHASE", "timestamp": f"2026-01-0{number + 1}T10:00:00Z",
        }
        for number, product in enumerate([*PRODUCTS, "nothing"])
    ]  # fmt: skip
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def run(command: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command.app, arguments)


def report(command: Any, *arguments: str) -> dict[str, Any]:
    result = run(command, *arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = orjson.loads(result.stdout)
    return found


def test_from_history_to_erasure(shop: TestClient, history: Path, redis_url: str) -> None:
    done = report(import_history, str(history))
    assert (done["accepted"], done["rejected"], Path(done["rejects_file"]).exists()) == (6, 1, True)
    assert state(shop, USER, "1")["long_term"]["events"] == 3
    send(shop, "mug", "CLICK", user_id=USER, session_id="1")
    assert "7 events applied" in run(worker, "--once").stdout
    found = report(replay, "--compare")
    assert (found["users"], found["events"], found["missing"], found["miscounted"]) == (2, 7, 0, 0)
    assert found["max_difference"] < 1e-6
    assert report(replay, "--write", "--compare")["users"] == 2
    one = report(replay, "--user", USER, "--at", "2026-01-02T12:00:00Z")
    assert (one["events"], len(one["vector"])) == (1, FakeEncoder().dimension)
    assert run(erase_user, USER, "--check").exit_code == 1
    erased = report(erase_user, USER)
    deleted = {table: rows for table, rows in erased["deleted"].items() if rows}
    assert (deleted, erased["traces"]) == ({"interactions": 4, "profiles": 1, "popularity_votes": 4}, [])
    assert report(erase_user, USER, "--check") == {"deleted": None, "awaiting_checkpoint": False, "traces": []}
    assert state(shop, USER, "1")["state_version"] == 0
    assert report(replay, "--compare")["users"] == 1
    with redis.Redis.from_url(redis_url) as client:  # a trace that another program left
        client.set(f"foreign:{USER}", "x", ex=60)
        try:
            assert f"Redis foreign:{USER}" in run(erase_user, USER, "--check").output
        finally:
            client.delete(f"foreign:{USER}")


def test_replay_under_other_weights(shop: TestClient, history: Path, tmp_path: Path) -> None:
    report(import_history, str(history))
    rules = tmp_path / "rules.json"
    rules.write_text('{"types": {"PURCHASE": {"weight": 0}}}')
    assert report(replay, "--rules", str(rules))["vectors"] == 0
    assert report(replay)["vectors"] == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        (replay, ["--at", "soon"], "--at is a moment"),
        (replay, ["--at", "2026-01-01T00:00:00"], "time zone"),
        (replay, ["--at", "9999-12-31T23:59:59-14:00"], "years 1 to 9999"),
        (replay, ["--at", "0001-01-01T00:00:00+14:00"], "years 1 to 9999"),
        (replay, ["--user", "u", "--compare"], "leave out --user"),
        (replay, ["--user", "a b"], "an id has"),
        (replay, ["--rules", "nowhere.json"], "nowhere.json"),
        (erase_user, ["a b"], "an id has"),
        (import_history, ["nowhere.jsonl"], "no such file"),
    ],
)
def test_what_can_not_work_is_explained(
    shop: TestClient, capsys: pytest.CaptureFixture[str], command: Any, arguments: list[str], message: str
) -> None:
    result = run(command, *arguments)
    assert result.exit_code == 1
    assert message in " ".join((result.output + capsys.readouterr().err).split())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_profile_fails_the_comparison(make_damage: Callable[[], None], shop: TestClient) -> None:
    send(shop, "mug", "CLICK")
    run(worker, "--once")
    make_damage()
    assert run(replay, "--compare").exit_code == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_profile_of_nobody_fails_the_comparison_and_is_deleted(shop: TestClient) -> None:
    send(shop, "mug", "CLICK", user_id="known")
    send(shop, "mug", "CLICK", user_id="lost")
    run(worker, "--once")
    database = shop.app.state.runtime.database  # type: ignore[attr-defined]
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM interactions WHERE user_id = 'lost'")
    compared = run(replay, "--compare", "--json")
    assert (compared.exit_code, orjson.loads(compared.stdout)["orphans"]) == (1, 1)
    assert report(replay, "--write", "--compare")["orphans"] == 0
    with database.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT user_id FROM profiles").scalars().all()
    assert kept == ["known"]


@pytest.fixture
def make_damage(shop: TestClient) -> Callable[[], None]:
    def damage() -> None:
        database = shop.app.state.runtime.database  # type: ignore[attr-defined]
        with database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE profiles SET events = 9")

    return damage


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_of_its_own_applies_the_log_and_learns_from_it(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in ("ann", "bob"):
        send(shop, "mug", "PURCHASE", user_id=user)
    runtime = shop.app.state.runtime  # type: ignore[attr-defined]
    folder = folder_of(runtime.settings, runtime.engine.live.space)
    monkeypatch.setattr(refresher, "LEAST_GAP_S", 0.0)
    monkeypatch.setattr(refresher, "LOOK_S", 0.05)
    settings = runtime.settings.model_copy(update={"recommender_refresh_events": 2, "profile_interval_s": 0.05})

    name = progress_name(StateSpace.of(runtime.engine.live.space), runtime.interactions.rules)

    def lag() -> int:
        with runtime.database.reading() as db:
            return EventLog(db).last_seq() - read_progress(db, name)

    async def until_learned() -> None:
        work = asyncio.create_task(worker._follow(runtime.database, settings))
        try:
            async with asyncio.timeout(60):
                while lag() or not (folder / "CURRENT").exists():
                    assert not work.done(), work.exception()
                    await asyncio.sleep(0.05)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    asyncio.run(until_learned())
    model, manifest = load_model(folder)
    assert (manifest.events, manifest.trained_to) == (2, 2)
    assert model.popularity[model.row_of[ProductId("mug")]] > 0
