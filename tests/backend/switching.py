"""Two models, and servers that change from one to the other."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from fastapi.testclient import TestClient

from backend.catalogue.embedding import Embedder
from backend.catalogue.images import MediaStore
from backend.catalogue.opening import build_snapshot
from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.main import create_app
from backend.model.active import ModelChoice, ModelRepository
from backend.model.announce import announce_model
from ml.encoder.fake import FakeEncoder
from ml.encoder.spec import EncoderSpec
from ml.errors import ModelNotFound
from tests.backend.conftest import search

FIRST, SECOND = FakeEncoder(64), FakeEncoder(96)  # the dimension changes too
NDJSON = {"Content-Type": "application/x-ndjson"}
NAMES = {"first": FIRST, "second": SECOND}


class Models:
    """Loads fake encoders by name; a missing one can be put there later."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.first = FIRST

    def load(self, spec: EncoderSpec) -> FakeEncoder:
        if spec.model in self.missing:
            raise ModelNotFound(f"{spec.model} isn't there")
        return self.first if spec.model == "first" else NAMES[spec.model]


def choice(name: str) -> ModelChoice:
    return ModelChoice(name, None, NAMES[name].fingerprint)


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
