"""The worker as a process of its own, beside a database that goes away and comes back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import psycopg2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from backend.config import Settings
from tests.backend.conftest import serving
from tests.backend.interaction.helpers import fill, send
from tests.scripts.environment import own_settings

PATIENCE_S = 60.0
# With an encoder that needs no model; everything else is as `python -m scripts.worker` has it.
LAUNCH = """
from ml.encoder.fake import FakeEncoder
from scripts import state_space, worker

state_space.load_choice = lambda choice, settings: FakeEncoder()
worker.main(once=False)
"""


@pytest.fixture
def settings(database_url: str, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return own_settings(monkeypatch, tmp_path, database_url, redis_url, PROFILE_INTERVAL_S="0.1")


def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def lines(log: Path) -> list[dict[str, Any]]:
    """Return what was logged; everything is JSON, or this fails."""
    return [orjson.loads(line) for line in log.read_bytes().splitlines()]


def as_owner(postgres_url: str, statement: str, name: str) -> None:
    connection = psycopg2.connect(make_url(postgres_url).set(drivername="postgresql").render_as_string(False))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement.format(name=name))
    connection.close()


def profiled(client: TestClient) -> int:
    with client.app.state.runtime.database.reading() as db:  # type: ignore[attr-defined]
        return int(db.connection().exec_driver_sql("SELECT count(DISTINCT user_id) FROM profiles").scalar_one())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_it_goes_on_after_an_outage_and_logs_nothing_but_json(
    settings: Settings, postgres_url: str, tmp_path: Path
) -> None:
    name = make_url(settings.database_url).database or ""
    log = tmp_path / "worker.log"
    with serving(settings) as client, log.open("wb") as output:
        fill(client)
        send(client, "mug", "CLICK", user_id="first")
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH],
            stdout=output, stderr=output, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        try:
            until(lambda: profiled(client) == 1)
            as_owner(postgres_url, 'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false', name)
            as_owner(
                postgres_url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'", name
            )
            until(lambda: any("trying again" in line["message"] for line in lines(log)))
            as_owner(postgres_url, 'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true', name)
            until(lambda: client.get("/ready").status_code == 200)
            until(lambda: client.post("/api/v1/feedback", json=act("second")).status_code == 200)
            until(lambda: profiled(client) == 2)
            assert process.poll() is None
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
    assert any(line["level"] == "ERROR" for line in lines(log))


def act(user: str) -> dict[str, str]:
    return {"user_id": user, "product_id": "mug", "interaction_type": "CLICK"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_ends_it_is_one_line_of_json(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text("{")
    monkeypatch.setenv("INTERACTION_RULES_PATH", str(rules))
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH],
        check=False, capture_output=True, timeout=PATIENCE_S,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == b""
    (line,) = [orjson.loads(line) for line in done.stderr.splitlines()]
    assert line["level"] == "CRITICAL"
    assert "rules.json" in line["message"]
