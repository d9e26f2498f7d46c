"""Another model takes over while a server works: nothing fails, nothing is mixed, nothing is lost."""

from __future__ import annotations

import itertools
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text, update

from backend.catalogue.embedding import Embedder, count_pending
from backend.catalogue.images import MediaStore
from backend.catalogue.opening import build_snapshot, index_spaces
from backend.catalogue.service import CatalogueService
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import ProductRow
from backend.config import Settings
from backend.database.engine import Database
from backend.main import create_app
from backend.model import follower
from backend.model.active import ModelChoice, ModelRepository, active_encoders, load_choice, wanted_model
from backend.model.announce import announce_model
from backend.model.lock import SwitchUnderWay, sole_switch
from backend.model.pruning import prune, stored_embeddings
from ml.encoder.fake import FakeEncoder
from ml.encoder.spec import EncoderSpec
from ml.errors import FingerprintMismatch, ModelNotFound
from ml.types import Embeddings
from tests.backend.conftest import found_ids, put, search

FIRST, SECOND = FakeEncoder(64), FakeEncoder(96)  # the dimension changes too
NDJSON = {"Content-Type": "application/x-ndjson"}
NAMES = {"first": FIRST, "second": SECOND}
QUERIES = ["steel mug", "red mug", "running shoes", "garden hose", "blue steel", "shoes for a hike", "number 7"]


class Models:
    """Loads fake encoders by name; a missing one can be put there later."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.first = FIRST

    def load(self, spec: EncoderSpec) -> FakeEncoder:
        if spec.model in self.missing:
            raise ModelNotFound(f"{spec.model} isn't there")
        return self.first if spec.model == "first" else NAMES[spec.model]


class Gated(FakeEncoder):
    """Takes its time over slow things: until the gate is opened."""

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self.gate = threading.Event()
        self.waiting = 0

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        if any("slow" in text for text in texts):
            self.waiting += 1
            assert self.gate.wait(30)
        return super().encode_texts(texts)


def choice(name: str) -> ModelChoice:
    return ModelChoice(name, None, NAMES[name].fingerprint)


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(clip_model="first")


@contextmanager
def serving(settings: Settings, models: Models | None = None) -> Iterator[TestClient]:
    app = create_app(settings, (models or Models()).load)
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_for(lambda: client.get("/ready").status_code == 200)
        yield client


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def serves(client: TestClient) -> str:
    fingerprint: str = client.get("/status").json()["encoder"]["fingerprint"]
    return fingerprint


def status(client: TestClient) -> dict[str, Any]:
    model: dict[str, Any] = client.get("/status").json()["model"]
    return model


def space_of(name: str, settings: Settings) -> VectorSpace:
    return VectorSpace.of(NAMES[name], settings)


def prepare(database: Database, settings: Settings, name: str) -> None:
    space = space_of(name, settings)
    Embedder(database, NAMES[name], space, MediaStore(settings.media_path)).run()
    build_snapshot(database, space, settings.faiss_index_path)


def switch(database: Database, settings: Settings, name: str) -> None:
    prepare(database, settings, name)
    (other,) = NAMES.keys() - {name}
    with database.writing() as db:
        ModelRepository(db).activate(choice(name), choice(other))
    announce_model(settings.redis_url)


def fill(client: TestClient) -> None:
    words = itertools.product(("steel", "red", "blue"), ("mug", "shoes", "hose"), range(4))
    lines = [orjson.dumps({"id": f"p{n}", "title": " ".join(map(str, words))}) for n, words in enumerate(words)]
    answer = client.post("/api/v1/products/bulk", content=b"\n".join(lines), headers=NDJSON)
    assert answer.json()["inserted"] == 36


def asked(client: TestClient, query: str) -> tuple[str, list[tuple[str, float]]]:
    answer = search(client, query)
    return answer["encoder"]["fingerprint"], [(item["product"]["id"], item["score"]) for item in answer["items"]]


def test_under_load_every_answer_is_of_one_model(settings: Settings, database: Database) -> None:
    with serving(settings) as one, serving(settings) as two, ThreadPoolExecutor(4) as threads:
        fill(one)
        wait_for(lambda: len(asked(two, "mug")[1]) == 20)
        alone = {FIRST.fingerprint: {query: asked(one, query)[1] for query in QUERIES}}
        stop = threading.Event()

        def shop(client: TestClient) -> list[tuple[str, str, list[tuple[str, float]]]]:
            answers = []
            for query in itertools.cycle(QUERIES):
                answers.append((query, *asked(client, query)))
                if stop.is_set():
                    return answers
            raise AssertionError

        shoppers = [threads.submit(shop, client) for client in (one, two) for _ in range(2)]
        try:
            for name in ("second", "first", "second"):
                switch(database, settings, name)
                wait_for(lambda name=name: {serves(one), serves(two)} == {NAMES[name].fingerprint})  # type: ignore[misc]
        finally:
            stop.set()
        alone[SECOND.fingerprint] = {query: asked(two, query)[1] for query in QUERIES}
        answers = [answer for shopper in shoppers for answer in shopper.result()]
        assert {fingerprint for _, fingerprint, _ in answers} == alone.keys()
        assert [answer for answer in answers if alone[answer[1]][answer[0]] != answer[2]] == []
        assert any(alone[FIRST.fingerprint][query] != alone[SECOND.fingerprint][query] for query in QUERIES)
        wait_for(lambda: status(one)["retiring"] == status(two)["retiring"] == 0)
        assert status(one)["chosen_by"] == "switch_model"
        assert status(one)["configured"] == "first"


def test_what_is_written_during_the_switch_is_found_under_the_new_model(
    settings: Settings, database: Database
) -> None:
    with serving(settings) as one, serving(settings) as two, ThreadPoolExecutor(2) as threads:
        fill(one)
        stop = threading.Event()

        def write(client: TestClient, prefix: str) -> list[str]:
            written = []
            while not stop.is_set():
                id_ = f"{prefix}{len(written)}"
                put(client, id_, f"zephyr kite {id_}")
                put(client, f"{prefix}changed", f"zephyr lamp {id_}")
                written.append(id_)
            return written

        writers = [threads.submit(write, client, prefix) for client, prefix in ((one, "a"), (two, "b"))]
        try:
            for name in ("second", "first", "second"):
                switch(database, settings, name)
                wait_for(lambda name=name: {serves(one), serves(two)} == {NAMES[name].fingerprint})  # type: ignore[misc]
        finally:
            stop.set()
        written = [writer.result() for writer in writers]
        for client in (one, two):
            wait_for(lambda client=client: status(client)["retiring"] == 0)  # type: ignore[misc]
        with database.reading() as db:
            assert count_pending(db, space_of("second", settings)) == 0
        for client, (ids, prefix) in itertools.product((one, two), zip(written, "ab", strict=True)):
            version = client.get("/status").json()["database_version"]
            wait_for(lambda c=client, v=version: search(c)["catalogue_version"] >= v)  # type: ignore[misc]
            for id_ in ids:
                assert found_ids(search(client, f"zephyr kite {id_}", limit=1)) == [id_]
            lamp = search(client, f"zephyr lamp {ids[-1]}", limit=1, explain=True)["items"][0]
            assert lamp["product"]["id"] == f"{prefix}changed"
            assert lamp["explanation"]["cosine"] > 0.999  # the last text, not an earlier one


def test_requests_under_way_end_with_the_model_they_began_with(settings: Settings, database: Database) -> None:
    models = Models()
    models.first = gated = Gated(64)
    with serving(settings, models) as client, ThreadPoolExecutor(2) as threads:
        fill(client)
        expected = asked(client, "mug steel")[1]
        reading = threads.submit(asked, client, "mug slow steel")
        writing = threads.submit(put, client, "late", "slow zephyr kite")
        wait_for(lambda: gated.waiting == 2)
        switch(database, settings, "second")
        wait_for(lambda: serves(client) == SECOND.fingerprint)
        assert status(client)["retiring"] == 1
        assert asked(client, "steel mug")[0] == SECOND.fingerprint
        gated.gate.set()
        fingerprint, products = reading.result()
        assert fingerprint == FIRST.fingerprint
        assert {id_ for id_, _ in products} == {id_ for id_, _ in expected}
        assert writing.result()["outcome"] == "inserted"
        wait_for(lambda: status(client)["retiring"] == 0)
        assert found_ids(search(client, "zephyr kite", limit=1)) == ["late"]
        assert client.get("/status").json()["pending_embeddings"] == 0


def test_a_write_that_ends_after_the_switch_is_seen_by_the_next_search(
    make_settings: Callable[..., Settings], database: Database
) -> None:
    settings = make_settings(clip_model="first", catalogue_poll_interval_s=3600)
    with serving(settings) as client:
        fill(client)
        runtime = client.app.state.runtime  # type: ignore[attr-defined]
        old = runtime.engine
        portal = client.portal
        assert portal is not None
        under_way = old.in_use()
        portal.call(under_way.__enter__)
        for name in ("second", "first"):  # it waits for what serves by then, not only for the next one
            switch(database, settings, name)
            portal.call(runtime.models.wake)
            wait_for(lambda name=name: serves(client) == NAMES[name].fingerprint)  # type: ignore[misc]
        assert runtime.engine is not old
        writer = CatalogueService(runtime.database, old.live, old.compute, old.sync)
        version = portal.call(writer.delete, "p0")
        answer = search(client, limit=100)
        assert answer["catalogue_version"] == version
        assert "p0" not in found_ids(answer)
        portal.call(under_way.__exit__, None, None, None)


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


def test_a_cursor_goes_on_by_position_after_a_switch(settings: Settings, database: Database) -> None:
    with serving(settings) as client:
        fill(client)
        first = search(client, "steel mug", limit=5)
        browsed = search(client, limit=5)
        switch(database, settings, "second")
        wait_for(lambda: serves(client) == SECOND.fingerprint)
        following = search(client, "steel mug", limit=5, cursor=first["next_cursor"])
        assert following["offset"] == 5
        assert found_ids(following) == found_ids(search(client, "steel mug", limit=5, offset=5))
        assert following["total"] == 36
        last = search(client, "steel mug", limit=30, cursor=following["next_cursor"])
        assert len(last["items"]) == 26
        assert last["next_cursor"] is None
        further = search(client, limit=5, cursor=browsed["next_cursor"])
        assert found_ids(further) == found_ids(search(client, limit=5, offset=5))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_cursor_goes_on_by_position_after_a_change_of_weights(make_settings: Callable[..., Settings]) -> None:
    with serving(make_settings(clip_model="first")) as client:
        fill(client)
        first = search(client, "steel mug", limit=5)
        following = search(client, "steel mug", limit=5, cursor=first["next_cursor"])
    with serving(make_settings(clip_model="first", text_weight=0.5)) as client:
        put(client, "nearest", "steel mug")  # where a place by rank and one by position differ
        later = search(client, "steel mug", limit=5, cursor=first["next_cursor"])
        assert found_ids(later) == found_ids(search(client, "steel mug", limit=5, offset=5))
        assert found_ids(later) != found_ids(following)


def test_redis_tells_of_a_switch_without_waiting_for_the_poll(
    make_settings: Callable[..., Settings], redis_url: str, database: Database
) -> None:
    settings = make_settings(clip_model="first", redis_url=redis_url, catalogue_poll_interval_s=3600)
    with serving(settings) as client:
        fill(client)
        prepare(database, settings, "second")

        def told() -> bool:  # the subscription is made in the background, after the server is ready
            announce_model(settings.redis_url)
            return serves(client) == SECOND.fingerprint

        with database.writing() as db:
            ModelRepository(db).activate(choice("second"), choice("first"))
        wait_for(told)


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


def test_pruning_deletes_only_what_is_not_kept(settings: Settings, database: Database) -> None:
    with serving(settings) as client:
        fill(client)
    prepare(database, settings, "second")
    first, second = (space_of(name, settings) for name in ("first", "second"))
    done = prune(database, settings.faiss_index_path, {second.encoder, second.fingerprint})
    assert (done.embeddings, done.indexes) == (36, 1)
    assert stored_embeddings(database) == {(second.fingerprint, "text"): 36}
    assert index_spaces(settings.faiss_index_path) == [second.fingerprint]
    with database.reading() as db:
        assert count_pending(db, first) == 36


def test_pruning_leaves_foreign_directories_alone(settings: Settings, database: Database, tmp_path: Path) -> None:
    with serving(settings) as client:
        fill(client)
    folder = settings.faiss_index_path
    (space,) = index_spaces(folder)
    foreign, linked = folder / ("0" * 16), folder / ("1" * 16)
    foreign.mkdir()
    (foreign / "notes").write_text("mine")
    (folder / space).rename(tmp_path / "elsewhere")
    linked.symlink_to(tmp_path / "elsewhere")
    assert prune(database, folder, set()).indexes == 0
    assert (foreign / "notes").read_text() == "mine"
    assert (linked / "CURRENT").exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_snapshots_of_the_former_layout_are_cleaned_up(settings: Settings, tmp_path: Path) -> None:
    with serving(settings) as client:
        fill(client)
    folder = settings.faiss_index_path
    (space,) = index_spaces(folder)
    foreign = folder / "snapshot-mine"
    foreign.mkdir()
    shutil.rmtree(folder / space / "texts")  # came later than the former layout
    for path in sorted((folder / space).iterdir()):
        path.rename(folder / path.name)
    (folder / space).rmdir()
    with serving(settings) as client:
        assert len(search(client, "mug")["items"]) == 20
    assert sorted(path.name for path in folder.iterdir()) == sorted([space, foreign.name])
