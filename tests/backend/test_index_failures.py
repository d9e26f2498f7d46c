"""A server whose codes and clusters can't be made: it serves exactly, and says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.catalogue import opening
from backend.config import Settings
from ml.index import merge
from ml.index.merge import MergeSettings
from ml.index.planner import CostModel, Reach, Tuning
from tests.backend.conftest import found_ids, put, search, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TUNING = Tuning(
    costs=CostModel(direct_ns=1e9, scan_ns=1e9), reach=(Reach(share=0.0, probes=2, recall=1, cost_ms=0.01),)
)
MERGING = MergeSettings(compact_from=1, clusters_from=1, added_rows=1, background=False)
COUNT = 60


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("no such instruction")


def fill(client: TestClient) -> None:
    for number in range(COUNT):
        put(client, f"p{number:02}", f"mug number {number}", price=number + 1)


def told(client: TestClient) -> tuple[dict[str, Any], str, str]:
    """Return what `/status` says of the index, `/health`, and the line of `/metrics`."""
    lines = client.get("/metrics").text.splitlines()
    (counted,) = [line for line in lines if line.startswith("vitrine_index_failures_total ")]
    status: dict[str, Any] = client.get("/status").json()["index"]
    return status, client.get("/health").json()["status"], counted.split()[1]


def damage(settings: Settings) -> None:
    (codes,) = Path(settings.faiss_index_path).glob("*/snapshot-*/codes.faiss")
    content = bytearray(codes.read_bytes())
    content[len(content) // 2] ^= 1
    codes.unlink()
    codes.write_bytes(content)


def exact_answer(client: TestClient) -> list[str]:
    answer = search(client, "mug number 7", limit=COUNT)
    assert (answer["retrieval"]["mode"], answer["total_relation"]) == ("exact", "exact")
    return found_ids(answer)


@pytest.mark.parametrize("stored", ["outdated", "damaged codes"])
@pytest.mark.parametrize("step", ["calibrate", "build_compact"])
def test_a_server_starts_without_the_part_that_fails(
    make_settings: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stored: str,
    step: str,
) -> None:
    settings = make_settings(search_exact_budget_ms=0, search_minimum_recall=0)
    with serving(settings) as client:
        fill(client)
        expected = exact_answer(client)
    if stored == "damaged codes":
        monkeypatch.setattr(opening, "MERGING", replace(MERGING, assumed=TUNING))
        with serving(settings) as client:
            assert search(client, "mug number 7")["retrieval"]["mode"] == "approximate"
        damage(settings)
    monkeypatch.setattr(opening, "MERGING", MERGING)
    monkeypatch.setattr(merge, step, broken)
    with serving(settings) as client:
        assert exact_answer(client) == expected
        reason = {"failures": 1, "failure": "RuntimeError: no such instruction"}
        assert told(client) == (reason, "degraded", "1.0")
    errors = [line for line in capsys.readouterr().err.splitlines() if '"level":"ERROR"' in line]
    assert any("no such instruction" in line for line in errors)


def test_the_next_start_tries_again(make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_settings(search_exact_budget_ms=0, search_minimum_recall=0)
    with serving(settings) as client:
        fill(client)
    rmtree(settings.faiss_index_path)
    monkeypatch.setattr(opening, "MERGING", replace(MERGING, background=True))
    with monkeypatch.context() as patch:
        patch.setattr(merge, "calibrate", broken)
        with serving(settings) as client:
            index_of(client).wait_for_merge()
            reason = {"failures": 2, "failure": "RuntimeError: no such instruction"}
            assert told(client) == (reason, "degraded", "2.0")  # at the start, and at once in the background
            exact_answer(client)
    monkeypatch.setattr(opening, "MERGING", replace(MERGING, background=True, assumed=TUNING))
    with serving(settings) as client:
        index_of(client).wait_for_merge()
        assert told(client) == ({"failures": 0, "failure": None}, "healthy", "0.0")
        assert search(client, "mug number 7")["retrieval"]["mode"] == "approximate"


def index_of(client: TestClient) -> Any:
    return client.app.state.runtime.engine.live.index  # type: ignore[attr-defined]
