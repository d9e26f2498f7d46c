"""A running application on each kind of database, with the fake encoder: these tests are about the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from backend.config import Settings
from backend.database.engine import Database
from backend.database.migrate import migrate
from backend.main import create_app
from ml.encoder.base import Encoder
from ml.encoder.fake import FakeEncoder
from tests.backend.image_forms import COLOURS


@contextmanager
def serving(settings: Settings, encoder: Encoder | None = None) -> Iterator[TestClient]:
    """Run an application until the block ends; ready when this yields."""
    app = create_app(settings, lambda spec: encoder or FakeEncoder())
    with TestClient(app, raise_server_exceptions=False) as client:
        for _ in range(500):
            if (answer := client.get("/ready")).status_code == 200:
                break
            assert "could not load" not in answer.text, answer.text
            time.sleep(0.01)
        else:
            raise AssertionError("not ready in time")
        yield client


@pytest.fixture
def make_settings(database_url: str, tmp_path: Path) -> Callable[..., Settings]:
    return partial(settings_of, database_url, tmp_path)


@pytest.fixture(scope="module")
def module_settings(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of an application that several tests read from, and none writes to."""
    return settings_of(module_database_url, tmp_path_factory.mktemp("shop"))


def settings_of(database_url: str, folder: Path, **changes: Any) -> Settings:
    """Return the settings of an application that keeps all it has in a database and a folder."""
    values = {
        "database_url": database_url,
        "faiss_index_path": folder / "index",
        "media_path": folder / "media",
        "recommender_path": folder / "recommender",
        "monitor_path": folder / "monitor",
        "catalogue_poll_interval_s": 0.05,
        # Of a handful of products none stands out: every one is a result, unless a test is about the cutoff.
        "search_cutoff": -100.0,
    }
    return Settings(_env_file=None, **{**values, **changes})


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """Name the model that tests/backend/switching.py calls first."""
    return make_settings(clip_model="first")


@pytest.fixture
def client(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    with serving(make_settings()) as client:
        yield client


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate(database)
    yield database
    database.close()


def put(client: TestClient, id_: str, title: str, **fields: Any) -> dict[str, Any]:
    """Write one product and return the answer."""
    if "price" in fields:
        fields.setdefault("currency", "EUR")
    answer = client.put(f"/api/v1/products/{id_}", json={"title": title, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def settle(client: TestClient) -> None:
    """Wait until the shop's words are counted again after a write: until then answers may change once more."""
    runtime = client.app.state.runtime  # type: ignore[attr-defined]
    deadline = time.monotonic() + 20
    while runtime.search_basis()[1] != runtime.engine.live.version:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def search(client: TestClient, query: str = "", **request: Any) -> dict[str, Any]:
    """Search and return the answer."""
    answer = client.post("/api/v1/search", json={"query": query, **request})
    assert answer.status_code == 200, answer.text
    return answer.json()


def found_ids(answer: dict[str, Any]) -> list[str]:
    """Return the ids of a search answer, in order."""
    return [item["product"]["id"] for item in answer["items"]]


def error_of(answer: Any) -> tuple[int, str]:
    """Check the envelope and return status and code."""
    body = answer.json()
    assert body["success"] is False
    assert set(body) == {"success", "error", "timestamp", "request_id"}
    assert set(body["error"]) == {"code", "message", "details"}
    assert body["request_id"] == answer.headers["X-Request-ID"] != ""
    return answer.status_code, body["error"]["code"]


def in_a_recount() -> bool:
    """Tell whether this thread counts the catalogue in the background, whoever asks for something meanwhile."""
    return threading.current_thread().name in {"shop-words", "traits"}


@pytest.fixture
def count_statements() -> Callable[[TestClient], Any]:
    """Collect the SQL that an application sends about products."""

    @contextmanager
    def counting(client: TestClient) -> Iterator[list[str]]:
        engine = client.app.state.runtime.database.engine  # type: ignore[attr-defined]
        statements: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if "products" in statement and not in_a_recount():  # polling for changes reads only the state
                statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def colour_shop(make_settings: Callable[..., Settings]) -> Iterator[TestClient]:
    """Six mugs in six colours, and an encoder that sees the colour of a picture."""
    yield from _colour_shop(make_settings())


@pytest.fixture(scope="module")
def calm_shop(module_settings: Settings) -> Iterator[TestClient]:
    """The same for tests that change nothing."""
    yield from _colour_shop(module_settings)


def _colour_shop(settings: Settings) -> Iterator[TestClient]:
    with serving(settings, FakeEncoder(image_tower=True)) as client:
        for number, colour in enumerate(COLOURS):
            put(client, colour, f"{colour} mug", price=10 + number, category="Kitchen")
        yield client
