"""Before it is ready, a server has answered what shoppers ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.catalogue.texts import Texts
from backend.config import Settings
from backend.errors import NotReady
from backend.main import create_app
from backend.rehearsal import WORDS, mistyped
from backend.search import router
from ml.encoder.fake import FakeEncoder
from ml.lexical.suggest import Suggestion
from tests.backend.conftest import put, search, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEY = "J7fq-2Lw9sXn4bRt"


class Asked:
    """Notes what the routes are asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bodies: list[str] = []
        monkeypatch.setattr(router, "note_asked", self.note)

    def note(self, body: Any) -> None:
        self.bodies.append(getattr(body, "query", None) or body.q)


def filled(settings: Settings) -> None:
    with serving(settings) as client:
        for number, title in enumerate(("espresso machine", "saucer")):
            put(client, f"p{number}", title)


@pytest.mark.parametrize("keys", [{}, {"api_keys": KEY, "api_require_key": True}])
def test_completions_and_searches_right_and_mistyped_are_tried(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, keys: dict[str, Any]
) -> None:
    filled(make_settings())
    asked = Asked(monkeypatch)
    with serving(make_settings(**keys)) as client:
        assert {"esp", mistyped("espresso"), "espresso"} <= set(asked.bodies)
        assert len([body for body in asked.bodies if " " in body]) > 0
        headers = {"X-API-Key": KEY} if keys else {}
        asked.bodies.clear()
        answer = client.post("/api/v1/search", json={"query": "saucer"}, headers=headers)
        assert (answer.status_code, asked.bodies) == (200, ["saucer"])


def test_nothing_of_it_is_counted(make_settings: Callable[..., Settings]) -> None:
    filled(make_settings())
    with serving(make_settings()) as client:
        names = {one["operation"] for one in client.get("/performance").json()["operations"]}
        assert names == {"monitoring"}
        assert "vitrine_searches_total{" not in client.get("/metrics").text
        stats = client.get("/cache/stats").json()
        assert all(kind["hits"] == kind["misses"] == 0 for kind in stats["types"].values())
        search(client, "saucer")
        assert 'vitrine_searches_total{mode="exact"} 1.0' in client.get("/metrics").text


def test_an_empty_shop_is_tried_too(make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    with serving(make_settings()):
        assert "product" in asked.bodies


def test_what_fails_in_it_keeps_no_server_from_serving(
    make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    class Moody(FakeEncoder):
        def encode_texts(self, texts):  # type: ignore[no-untyped-def]
            if "product" in texts:
                raise RuntimeError("not that word")
            return super().encode_texts(texts)

    with serving(make_settings(), Moody()) as client:
        put(client, "p", "mug")
        assert search(client, "mug")["total"] == 1
    assert "not that word" in capsys.readouterr().err


def test_what_fails_before_anything_is_asked_keeps_no_server_from_serving_either(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suggest = Texts.suggest

    def moody(texts: Texts, typed: str, limit: int) -> list[Suggestion]:
        if limit == WORDS:  # as only the rehearsal asks
            raise RuntimeError("no words today")
        return suggest(texts, typed, limit)

    monkeypatch.setattr(Texts, "suggest", moody)
    with serving(make_settings()) as client:
        put(client, "p", "mug")
        assert search(client, "mug")["total"] == 1
    logged = capsys.readouterr().err
    assert "without having tried everything" in logged
    assert "no words today" in logged


def test_nobody_else_is_answered_meanwhile(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(make_settings(), lambda _: FakeEncoder())
    refused: list[NotReady] = []

    def note(_: object) -> None:
        with pytest.raises(NotReady) as caught:
            Context().run(lambda: app.state.runtime.engine)
        refused.append(caught.value)

    monkeypatch.setattr(router, "note_asked", note)
    with TestClient(app) as client:
        while client.get("/ready").status_code != 200:
            time.sleep(0.01)
    assert refused
