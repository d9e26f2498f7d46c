from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlalchemy import create_engine, text

from backend.config import Settings
from backend.main import create_app
from ml.encoder.base import Encoder
from ml.encoder.fake import FakeEncoder
from ml.encoder.load import EncoderSpec
from ml.errors import ModelNotFound
from tests.backend.conftest import error_of, put, search, serving

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_not_ready_until_loaded_and_alive_all_along(make_settings: Callable[..., Settings]) -> None:
    gate = threading.Event()

    def slow(_: EncoderSpec) -> Encoder:
        assert gate.wait(10)
        return FakeEncoder()

    with TestClient(create_app(make_settings(), slow), raise_server_exceptions=False) as client:
        assert client.get("/live").status_code == 200
        assert client.get("/").json()["docs"] == "/docs"
        time.sleep(0.2)
        for path in ("/ready", "/health", "/api/v1/health/ready", "/status"):
            answer = client.get(path)
            assert error_of(answer) == (503, "NOT_READY")
            assert int(answer.headers["Retry-After"]) > 0
        assert error_of(client.post("/api/v1/search", json={"query": "x"})) == (503, "NOT_READY")
        gate.set()
        deadline = time.monotonic() + 10
        while client.get("/ready").status_code != 200:
            assert time.monotonic() < deadline
        assert client.get("/api/v1/health/ready").status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_model_that_cannot_be_loaded_is_named(make_settings: Callable[..., Settings]) -> None:
    def broken(_: EncoderSpec) -> Encoder:
        raise ModelNotFound("no model here: set CLIP_MODEL")

    with TestClient(create_app(make_settings(), broken), raise_server_exceptions=False) as client:
        deadline = time.monotonic() + 10
        while "set CLIP_MODEL" not in (answer := client.get("/ready")).text:
            assert time.monotonic() < deadline
        assert error_of(answer) == (503, "NOT_READY")
        assert client.get("/live").status_code == 200


def test_status_says_what_it_is_made_of(client: TestClient) -> None:
    put(client, "p", "mug")
    status = client.get("/status").json()
    assert (status["products"], status["pending_embeddings"], status["catalogue_version"]) == (1, 0, 1)
    assert status["encoder"]["dimension"] == 64
    assert status["index"] == {"failures": 0, "failure": None}
    assert status["database_health"]["ok"]
    assert status["redis"] is None
    (worker,) = status["workers"]
    assert (worker["pid"], worker["is_answering"], worker["ready"]) == (os.getpid(), True, True)
    assert (worker["products"], worker["catalogue_version"]) == (1, 1)
    assert client.get("/health").json()["status"] == "healthy"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_status_and_metrics_tell_of_redis(make_settings: Callable[..., Settings], redis_url: str) -> None:
    with serving(make_settings(redis_url=redis_url)) as client:
        status = client.get("/status").json()["redis"]
        assert (status["ok"], status["latency_ms"] > 0) == (True, True)
        deadline = time.monotonic() + 10
        while "vitrine_redis_up 1.0" not in client.get("/metrics").text:
            assert time.monotonic() < deadline
    with serving(make_settings(redis_url="redis://127.0.0.1:1/0")) as client:
        assert client.get("/status").json()["redis"] == {"ok": False, "latency_ms": None}
        assert "vitrine_redis_up 0.0" in client.get("/metrics").text


def test_metrics_count_searches_by_stage(client: TestClient) -> None:
    put(client, "p", "mug")
    search(client, "mug")
    page = client.get("/metrics").text
    for stage in ("encode", "filter", "retrieve", "enrich", "total"):
        assert f'vitrine_stage_seconds_count{{operation="search",stage="{stage}"}} 1.0' in page
    assert "vitrine_index_products 1.0" in page


def test_request_ids_are_taken_when_harmless(client: TestClient) -> None:
    assert client.get("/live", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    for bad in ("x" * 65, "a b", 'a"b'):
        assert re.fullmatch(
            r"[0-9a-f]{32}", client.get("/live", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
        )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unexpected_error_shows_no_insides(make_settings: Callable[..., Settings]) -> None:
    class Broken(FakeEncoder):
        def encode_texts(self, texts):  # type: ignore[no-untyped-def]
            if "secret" in texts:
                raise RuntimeError("the password is hunter2")
            return super().encode_texts(texts)

    with TestClient(create_app(make_settings(), lambda _: Broken()), raise_server_exceptions=False) as client:
        while client.get("/ready").status_code != 200:
            time.sleep(0.01)
        answer = client.post("/api/v1/search", json={"query": "secret"})
        assert error_of(answer) == (500, "INTERNAL_ERROR")
        assert "hunter2" not in answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # a file does not go away
def test_a_database_that_goes_away_is_a_typed_503(make_settings: Callable[..., Settings], postgres_url: str) -> None:
    settings = make_settings()
    with serving(settings) as client:
        name = settings.database_url.rsplit("/", 1)[1]
        admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
            )
        try:
            assert error_of(client.get("/api/v1/products/p")) == (503, "DEPENDENCY_UNAVAILABLE")
            assert error_of(client.get("/ready")) == (503, "DEPENDENCY_UNAVAILABLE")
            status = client.get("/status").json()
            assert status["database_health"] == {"ok": False, "latency_ms": None}
            assert (status["database_version"], status["products"]) == (None, 0)
        finally:
            with admin.connect() as connection:
                connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
            admin.dispose()
        deadline = time.monotonic() + 10
        while client.get("/ready").status_code != 200:
            assert time.monotonic() < deadline


def test_every_setting_is_documented_and_nothing_else() -> None:
    page = (ROOT / "docs/configuration.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}
    example = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert example <= documented


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"api_port": 70_000}, "less than or equal to 65535"),
        ({"database_url": "mysql://x"}, "DATABASE_URL"),
        ({"product_text_template": "{price}"}, "unknown field"),
        ({"product_text_template": "{title"}, "template"),
        ({"product_text_template": "words"}, "names no field"),
        ({"api_keys": "short"}, "16 characters"),
        ({"api_require_key": True}, "API_KEYS"),
        ({"environment": "production"}, "API_KEYS"),
        ({"redis_url": "localhost:6379"}, "REDIS_URL"),
        ({"text_weight": 0, "image_weight": 0}, "can't both be 0"),
        ({"encoder_precision": "int3"}, "int8"),
        ({"performance_bands_ms": "50,100,150"}, "PERFORMANCE_BANDS_MS"),
        ({"performance_bands_ms": (50, 40, 150, 300)}, "PERFORMANCE_BANDS_MS"),
        ({"performance_burn_short_s": 3600}, "PERFORMANCE_BURN_SHORT_S"),
    ],
)
def test_bad_settings_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Settings(_env_file=None, **changes)  # type: ignore[arg-type]


def test_a_refused_setting_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None, database_url="mysql://user:hunter2@host/shop")
    assert "hunter2" not in str(refused.value)


def test_a_bare_postgresql_url_gets_its_driver() -> None:
    settings = Settings(_env_file=None, database_url="postgresql://u@h/d")
    assert settings.database_url == "postgresql+psycopg2://u@h/d"
