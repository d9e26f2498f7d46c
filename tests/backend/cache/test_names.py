"""What lies in one Redis is found only by who would have made the same: configuration and history are in its name."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import redis
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.catalogue.repository import CatalogueRepository
from backend.config import Settings
from backend.database.engine import Database
from backend.interaction.actor_state import ActorState, Past
from backend.interaction.events import LoggedEvent
from backend.interaction.states import UserState
from ml.profile.sums import DecayedSums
from tests.backend.cache.test_kept_searches import ask, settle
from tests.backend.conftest import found_ids, put, serving


def kept(client: TestClient, url: str, query: str = "mug") -> Any:
    """Ask until the answer is known to lie in Redis; return it."""
    settle(client)
    with redis.Redis.from_url(url) as control:
        before = set(control.keys("vitrine:answer:*"))
        answer = ask(client, {"query": query})
        deadline = time.monotonic() + 20
        while answer.headers["x-cache"] == "miss" and not set(control.keys("vitrine:answer:*")) - before:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    return answer


def test_another_configuration_does_not_find_it(make_settings: Callable[..., Settings], redis_url: str) -> None:
    with serving(make_settings(redis_url=redis_url)) as client:
        put(client, "p", "steel mug")
        first = kept(client, redis_url)
    with serving(make_settings(redis_url=redis_url)) as client:
        settle(client)
        again = ask(client, {"query": "mug"})
        assert (again.headers["x-cache"], again.content) == ("hit", first.content)
    for change in ({"text_weight": 0.9}, {"encoder_precision": "fp32"}):
        with serving(make_settings(redis_url=redis_url, **change)) as client:
            settle(client)
            assert ask(client, {"query": "mug"}).headers["x-cache"] == "miss"


def test_another_history_of_the_same_versions_does_not_find_it(
    make_settings: Callable[..., Settings], redis_url: str
) -> None:
    settings = make_settings(redis_url=redis_url)
    with serving(settings) as client:
        put(client, "p", "steel mug")
        database = client.app.state.runtime.database  # type: ignore[attr-defined]
        with database.reading() as db:
            backup = CatalogueRepository(db).moment()
        put(client, "q", "glass mug")
        first = kept(client, redis_url)
        assert sorted(found_ids(first.json())) == ["p", "q"]
        version = client.app.state.runtime.engine.live.version  # type: ignore[attr-defined]
    restore(settings, backup)
    with serving(settings) as client:
        put(client, "r", "tin mug")
        assert client.app.state.runtime.engine.live.version == version  # type: ignore[attr-defined]
        settle(client)
        answer = ask(client, {"query": "mug"})
        assert answer.headers["x-cache"] == "miss"
        assert sorted(found_ids(answer.json())) == ["p", "r"]


def restore(settings: Settings, backup: tuple[int, int]) -> None:
    """Bring a database back to what it was before product q, as a backup does."""
    database = Database(settings.database_url)
    with database.writing() as db:
        db.execute(text("DELETE FROM product_embeddings WHERE product_id = 'q'"))
        db.execute(text("DELETE FROM products WHERE id = 'q'"))
        version, stamp = backup
        db.execute(text("UPDATE catalogue_state SET version = :v, stamp = :s"), {"v": version, "s": stamp})
    database.close()
    shutil.rmtree(settings.faiss_index_path)


def test_each_version_has_a_stamp_of_its_own(database: Database) -> None:
    moments = []
    for _ in range(3):
        with database.writing() as db:
            repository = CatalogueRepository(db)
            repository.set_version(repository.lock_version())
            moments.append(repository.moment())
    assert [version for version, _ in moments] == [1, 2, 3]
    assert len({stamp for _, stamp in moments}) == 3


def test_a_shoppers_state_is_named_by_their_newest_event() -> None:
    """Its number alone may be that of another event where a log goes on from a backup."""
    event = LoggedEvent(7, "p", "LIKE", None, 1_000_000, None, None)
    empty = ActorState(0, DecayedSums.empty((1.0,), 4))

    def name(newest: LoggedEvent) -> str:
        actor = replace(empty, seq=7, events=1, recent=(newest,))
        return UserState(7, 0, None, None, 1, 0, Past.of(actor, empty)).name

    others = [event._replace(occurred_at_us=1_000_001), event._replace(product_id="q"), event._replace(type="VIEW")]
    assert len({name(event), *map(name, others)}) == 4
