from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from ml.index.faiss_flat import FaissFlatIndex
from ml.types import Embedding, Embeddings, ProductId, RowMask
from scripts.benchmark_index import World, app
from scripts.console import UsageError
from scripts.evaluate_recall import recall_report
from scripts.upserts_beside import beside_upserts
from tests.contracts.index import product_ids, unit_vectors


def test_the_seed_decides_everything() -> None:
    first, again, other = World(45_000, 16, 0), World(45_000, 16, 0), World(45_000, 16, 1)
    blocks = list(first.blocks())
    assert [block.shape for block in blocks] == [(20_000, 16), (20_000, 16), (5000, 16)]
    np.testing.assert_allclose(np.linalg.norm(np.concatenate(blocks), axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(np.concatenate(blocks), np.concatenate(list(again.blocks())))
    np.testing.assert_array_equal(first.queries(5), again.queries(5))
    assert not np.array_equal(first.queries(5), other.queries(5))
    for share, kind, mask in first.filters():
        assert (mask is None) == (kind == "none") == (share == 1)
        assert mask is None or 0 < mask.mean() < 1.3 * share + 0.02


def test_the_benchmark_reports_recall_time_and_memory(tmp_path: Path) -> None:
    options = ["--products", "5000", "--dimension", "16", "--queries", "10", "--json", "--folder", str(tmp_path)]
    options += ["--upserts", "500", "--turn", "0.2"]
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["products"], report["kind"], report["lists"]) == (5000, "compact", 1)
    assert report["memory_bytes_per_product"] > 0
    assert [row["share"] for row in report["filters"]][::2] == [1.0, 0.5, 0.1, 0.02, 0.005, 0.001]
    assert all(row["recall@10"] == 1.0 and row["mode"] == "exact" for row in report["filters"])
    assert report["upserts"]["upserts_per_second"] > 10
    assert report["upserts"]["slowest_visible_ms"] > 0
    assert report["upserts"]["p95_times"] == pytest.approx(
        report["upserts"]["beside_p95_ms"] / report["upserts"]["alone_p95_ms"], abs=0.02, rel=0.02
    )


def test_the_recall_report_says_how_much_was_measured() -> None:
    index = FaissFlatIndex(16)
    index.upsert(product_ids(300), unit_vectors(300, 16))
    report = json.loads(recall_report(index, pairs=30, k=20, written=2, seed=1, as_json=True))
    assert (report["products"], sum(row["pairs"] for row in report["shares"])) == (300, 30)
    table = recall_report(index, pairs=30, k=20, written=0, seed=1, as_json=False)
    assert "recall@20" in table


class Unwritten(FaissFlatIndex):
    def upsert(self, product_ids: Sequence[ProductId], embeddings: Embeddings) -> np.ndarray:
        return super().upsert(product_ids, np.roll(embeddings, 1, axis=1))


def test_what_is_not_found_after_its_upsert_fails_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.upserts_beside.PATIENCE_S", 0.1)
    index, vectors = Unwritten(16), unit_vectors(300, 16)
    index.upsert(product_ids(300), vectors)
    with pytest.raises(UsageError, match="isn't found by its own vector"):
        beside_upserts(index, vectors[:5], unit_vectors(40, 16, seed=9), per_second=1000, seconds=0.3, count=5)


class Forgetful(FaissFlatIndex):
    def search(self, query: Embedding, k: int, allowed: RowMask | None = None) -> tuple[np.ndarray, np.ndarray]:
        rows, scores = super().search(query, k, allowed)
        return rows[1:], scores[1:]


def test_a_lost_product_fails_the_command() -> None:
    index = Forgetful(16)
    index.upsert(product_ids(300), unit_vectors(300, 16))
    with pytest.raises(typer.Exit):
        recall_report(index, pairs=30, k=20, written=2, seed=1, as_json=True)
    with pytest.raises(UsageError, match="no embedded"):
        recall_report(FaissFlatIndex(16), pairs=30, k=20, written=2, seed=1, as_json=True)
