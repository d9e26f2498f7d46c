"""Which model serves: the database's choice or the settings', and one switch at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from backend.config import Settings
from backend.database.engine import Database
from backend.model.active import ModelChoice, ModelRepository, active_encoders, load_choice, wanted_model
from backend.model.lock import SwitchUnderWay, sole_switch
from ml.errors import FingerprintMismatch
from tests.backend.switching import FIRST, SECOND, Models, choice, fill, serves, serving, status, switch, wait_for


def test_a_new_server_starts_with_the_chosen_model_and_reset_goes_back(
    settings: Settings, database: Database
) -> None:
    with serving(settings) as client:
        fill(client)
    switch(database, settings, "second")
    with serving(settings) as client:
        assert serves(client) == SECOND.fingerprint
        with database.writing() as db:
            ModelRepository(db).reset()
        wait_for(lambda: serves(client) == FIRST.fingerprint)
        assert status(client)["chosen_by"] == "settings"


def test_a_model_that_changed_since_it_was_chosen_is_refused(settings: Settings, database: Database) -> None:
    with database.writing() as db:
        ModelRepository(db).activate(ModelChoice("second", None, FIRST.fingerprint), choice("first"))
    with database.reading() as db:
        wanted = wanted_model(db, settings)
    with pytest.raises(FingerprintMismatch, match="has changed since it was chosen"):
        load_choice(wanted, settings, Models().load)


def test_a_command_goes_on_with_the_model_that_was_switched_to_meanwhile(
    settings: Settings, database: Database
) -> None:
    used = []
    for encoder in active_encoders(database, settings, Models().load):
        used.append(encoder)
        if encoder is FIRST:
            switch(database, settings, "second")
    assert used == [FIRST, SECOND]


def test_one_switch_at_a_time(database: Database, tmp_path: Path) -> None:
    other = database
    if database.is_sqlite:  # another name of the same file
        (tmp_path / "link.db").symlink_to(str(database.engine.url.database))
        other = Database(f"sqlite:///{tmp_path / 'link.db'}")
    with sole_switch(database), pytest.raises(SwitchUnderWay), sole_switch(other):
        raise AssertionError
    with sole_switch(other):
        pass
    other.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_switch_whose_lock_is_lost_has_succeeded_all_the_same(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with sole_switch(database), database.writing() as db:
        lost = db.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                 "WHERE locktype = 'advisory' AND datname = current_database()")
        )  # fmt: skip
        assert lost.scalars().all() == [True]
    assert "was lost" in caplog.text
    with sole_switch(database):
        pass
