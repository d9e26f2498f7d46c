"""The index of the model that is expected is opened beside the encoder; what that finds wrong decides nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete

from backend.catalogue.opening import index_folder, index_spaces
from backend.catalogue.space import VectorSpace
from backend.catalogue.tables import EmbeddingRow
from backend.config import Settings
from backend.database.engine import Database
from backend.metrics import Metrics
from backend.model import engine
from backend.model.active import ModelChoice
from backend.model.engine import EngineLoader, Opened
from backend.monitor.runtime import Monitor
from ml.index.files import Current
from tests.backend.conftest import put
from tests.backend.switching import FIRST, SECOND, prepare, serving, space_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def opened(database: Database, settings: Settings, expected: VectorSpace, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Open the second model where another space is expected, and let go of it."""
    monkeypatch.setattr(engine, "expected_space", lambda *_: expected)
    metrics = Metrics(Monitor(settings).recorder)
    found = EngineLoader(database, settings, lambda _: SECOND, metrics, lambda: None).open(
        ModelChoice("second", None, None)
    )
    found.live.close()
    return found


def fill(client: TestClient) -> None:
    for number in range(5):
        put(client, f"p{number}", f"mug {number}")


def test_nothing_is_built_for_a_model_whose_embeddings_are_gone(
    make_settings: Callable[..., Settings], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make_settings(clip_model="first")
    with serving(before) as client:
        fill(client)
    prepare(database, before, "second")
    settings = make_settings(clip_model="first", text_weight=0.5)  # so the former model's index can't serve any more
    former = space_of("first", settings)
    with database.writing() as db:
        db.execute(delete(EmbeddingRow).where(EmbeddingRow.fingerprint == former.fingerprint))
    folder = index_folder(settings.faiss_index_path, former)
    kept = Current.read(folder)
    found = opened(database, settings, former, monkeypatch)
    assert (found.live.product_count, found.live.space, found.encoder) == (5, space_of("second", settings), SECOND)
    assert Current.read(folder) == kept


def test_nothing_is_built_for_a_model_that_has_no_index(
    make_settings: Callable[..., Settings], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(clip_model="second")
    with serving(settings) as client:
        fill(client)
    opened(database, settings, VectorSpace.of(FIRST, settings), monkeypatch)
    assert index_spaces(settings.faiss_index_path) == [space_of("second", settings).fingerprint]


def test_an_error_on_the_way_is_told_and_decides_nothing(
    make_settings: Callable[..., Settings],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = make_settings(clip_model="second")
    with serving(settings) as client:
        fill(client)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("of what is expected")

    monkeypatch.setattr(engine, "open_saved", fail)
    found = opened(database, settings, space_of("second", settings), monkeypatch)
    assert found.live.product_count == 5
    assert "of what is expected" in capsys.readouterr().err
