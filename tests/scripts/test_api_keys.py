"""The command that makes and ends keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from backend.access.keyring import KeyRing
from backend.database.engine import Database
from scripts.api_keys import app


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'test.db'}")
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    yield database
    database.close()


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def identify(database: Database, key: str) -> Any:
    ring = KeyRing(database, (), 1.0)
    ring.read()
    return ring.identify(key)


def test_a_key_from_its_making_to_its_end(database: Database) -> None:
    made = orjson.loads(
        run(
            "create",
            "shop",
            "--scope",
            "search",
            "--scope",
            "feedback",
            "--days",
            "30",
            "--per-minute",
            "9",
            "--json",
        )
    )
    assert (made["state"], made["scopes"], made["per_minute"]) == ("valid", ["feedback", "search"], 9)
    assert identify(database, made["key"]).scopes == {"feedback", "search"}
    plain = run("rotate", made["id"], "--grace-hours", "1").strip()
    assert identify(database, plain) is not None
    assert identify(database, made["key"]) is not None
    assert "revoked" in run("revoke", made["id"])
    assert identify(database, made["key"]) is None
    listed = orjson.loads(run("list", "--json"))
    assert {key["state"] for key in listed} == {"revoked", "valid"}
    table = run("list")
    assert made["id"] in table
    for secret in (made["key"], plain):
        assert secret.split("_", 2)[2] not in table + orjson.dumps(listed).decode()


def test_without_grace_the_old_key_ends_at_once(database: Database) -> None:
    old = run("create", "shop", "--scope", "admin").strip()
    new = run("rotate", old.split("_")[1], "--grace-hours", "0").strip()
    assert identify(database, old) is None
    assert identify(database, new) is not None
    assert sorted(key["state"] for key in orjson.loads(run("list", "--json"))) == ["expired", "valid"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create", "shop", "--scope", "everything"], "scopes are some of"),
        (["create", " ", "--scope", "admin"], "1 to 100 characters"),
        (["rotate", "nothing"], "no key has the id"),
        (["revoke", "nothing"], "no key has the id"),
    ],
)
def test_mistakes_are_explained(
    database: Database, capfd: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    assert message in done.output + capfd.readouterr().err
    assert "Traceback" not in done.output
