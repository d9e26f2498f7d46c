"""Another model takes over while a server works: nothing fails, nothing is mixed, nothing is lost."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from backend.catalogue.embedding import count_pending
from backend.catalogue.service import CatalogueService
from backend.config import Settings
from backend.database.engine import Database
from backend.model.active import ModelRepository
from backend.model.announce import announce_model
from ml.encoder.fake import FakeEncoder
from ml.types import Embeddings
from tests.backend.conftest import found_ids, put, search
from tests.backend.switching import (
    FIRST,
    NAMES,
    SECOND,
    Models,
    asked,
    choice,
    fill,
    prepare,
    serves,
    serving,
    space_of,
    status,
    switch,
    wait_for,
)

QUERIES = ["steel mug", "red mug", "running shoes", "garden hose", "blue steel", "shoes for a hike", "number 7"]


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


def test_a_retired_engine_is_freed(
    make_settings: Callable[..., Settings], database: Database, redis_url: str
) -> None:
    settings = make_settings(clip_model="first", redis_url=redis_url)
    with serving(settings) as client:
        fill(client)
        asked(client, "mug")
        old = weakref.ref(client.app.state.runtime.engine.live)  # type: ignore[attr-defined]
        assert old() is not None
        switch(database, settings, "second")
        wait_for(lambda: serves(client) == SECOND.fingerprint)
        asked(client, "mug")
        wait_for(lambda: old() is None)
