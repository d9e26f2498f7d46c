"""What goes wrong during a switch harms neither the model that serves nor the next attempt."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import update

from backend.catalogue.embedding import Embedder
from backend.catalogue.tables import ProductRow
from backend.config import Settings
from backend.database.engine import Database
from backend.lifespan import Runtime
from backend.model import follower
from backend.model.active import ModelRepository
from ml.encoder.fake import FakeEncoder
from ml.encoder.spec import EncoderSpec
from ml.types import Embeddings
from tests.backend.switching import (
    FIRST,
    NAMES,
    SECOND,
    Models,
    asked,
    choice,
    fill,
    serves,
    serving,
    status,
    switch,
    wait_for,
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unreadable_picture_is_not_tried_again_and_again(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "SWEEP_EVERY_S", 0.01)
    seeing = FakeEncoder(96, image_tower=True)
    monkeypatch.setitem(NAMES, "second", seeing)
    tries = []

    class Counting(Embedder):
        def run(self, on_rows: Callable[[int], None] = lambda _: None) -> int:
            tries.append(None)
            return super().run(on_rows)

    with serving(settings) as client:
        fill(client)
        with database.writing() as db:
            db.execute(update(ProductRow).where(ProductRow.id == "p0").values(image_file=f"{'0' * 64}.webp"))
        runtime = client.app.state.runtime  # type: ignore[attr-defined]
        looked = follower.count_pending
        looks: list[int] = []

        def counted(*arguments: Any) -> int:
            looks.append(looked(*arguments))
            return looks[-1]

        monkeypatch.setattr(follower, "Embedder", Counting)
        monkeypatch.setattr(follower, "count_pending", counted)
        under_way = runtime.engine.in_use()
        portal = client.portal
        assert portal is not None
        portal.call(under_way.__enter__)
        switch(database, settings, "second")
        wait_for(lambda: len(looks) > 5)
        assert set(looks) == {1}
        assert len(tries) == 1
        portal.call(under_way.__exit__, None, None, None)
        wait_for(lambda: status(client)["retiring"] == 0)
        assert len(tries) == 2  # once more at the end


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_engine_that_can_not_be_closed_is_let_go(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(settings) as client:
        fill(client)
        old = client.app.state.runtime.engine  # type: ignore[attr-defined]
        stop = old.compute.close

        def failing() -> None:
            stop()
            raise OSError("won't close")

        monkeypatch.setattr(old.compute, "close", failing)
        switch(database, settings, "second")
        wait_for(lambda: serves(client) == SECOND.fingerprint)
        wait_for(lambda: status(client)["retiring"] == 0)
    assert "won't close" in capsys.readouterr().err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_model_that_has_failed_for_months_is_still_tried(settings: Settings, database: Database) -> None:
    models = Models()
    with serving(settings, models) as client:
        fill(client)
        models.missing.add("second")
        switch(database, settings, "second")
        wait_for(lambda: status(client)["failure"] is not None)
        following = client.app.state.runtime.models  # type: ignore[attr-defined]
        following._attempts, following._retry_at = 5000, 0.0
        wait_for(lambda: following._attempts == 5001 and following._retry_at > 0)
        following._retry_at = 0.0
        models.missing.clear()
        wait_for(lambda: serves(client) == SECOND.fingerprint)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_server_stops_while_a_model_is_being_loaded(settings: Settings, database: Database) -> None:
    loading, go_on = threading.Event(), threading.Event()
    steps: list[str] = []

    class Noting(FakeEncoder):
        def encode_texts(self, texts: Sequence[str]) -> Embeddings:
            steps.append("warmed up")
            return super().encode_texts(texts)

    class Slow(Models):
        def load(self, spec: EncoderSpec) -> FakeEncoder:
            if spec.model == "first":
                return FIRST
            loading.set()
            assert go_on.wait(30)
            steps.append("loaded")
            return Noting(96)

    async def run() -> None:
        runtime = Runtime(settings, Slow().load)
        runtime.access.start()
        await runtime.monitor.start(runtime.gauges)
        await runtime.load()
        engine = runtime.engine
        with database.writing() as db:
            ModelRepository(db).activate(choice("second"), choice("first"))
        assert await asyncio.to_thread(loading.wait, 30)
        runtime.give_up_loading()
        try:
            await asyncio.wait_for(runtime.close(), 15)
            assert engine.compute._index_threads._shutdown
            assert all(task.done() for task in engine.sync._tasks)
        finally:
            go_on.set()

    asyncio.run(run())  # which ends when the loading thread has
    assert steps == ["loaded"]


def test_a_failed_switch_leaves_the_old_model_and_is_tried_again(settings: Settings, database: Database) -> None:
    models = Models()
    with serving(settings, models) as client:
        fill(client)
        models.missing.add("second")
        before = asked(client, "steel mug")
        switch(database, settings, "second")
        wait_for(lambda: status(client)["failure"] is not None)
        assert "second isn't there" in status(client)["failure"]
        assert client.get("/health").json()["status"] == "degraded"
        assert client.get("/ready").status_code == 200
        assert asked(client, "steel mug") == before
        models.missing.clear()
        wait_for(lambda: serves(client) == SECOND.fingerprint)
        assert status(client)["failure"] is None
        assert client.get("/health").json()["status"] == "healthy"


def test_a_model_without_embeddings_never_serves(settings: Settings, database: Database) -> None:
    with serving(settings) as client:
        fill(client)
        with database.writing() as db:
            ModelRepository(db).activate(choice("second"), choice("first"))
        wait_for(lambda: status(client)["failure"] is not None)
        assert "no product is embedded" in status(client)["failure"]
        assert serves(client) == FIRST.fingerprint
