from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from ml.encoder.fake import FakeEncoder
from scripts import benchmark_correction

TITLES = ("wireless keyboard", "leather sofa", "garden lantern", "mechanical pencil", "running shoes")


def test_it_measures_queries_as_they_are_and_mistyped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    products = [{"id": f"p{number}", "title": TITLES[number % 5]} for number in range(60)]
    (tmp_path / "products.jsonl").write_bytes(b"\n".join(map(orjson.dumps, products)))
    judged = [f"{title},p{number},3" for number, title in enumerate(TITLES)]
    (tmp_path / "judgments.csv").write_text("\n".join(["query,product_id,rating", *judged]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(benchmark_correction, "load_encoder", lambda spec: FakeEncoder())
    arguments = ["--catalogue", "products.jsonl", "--judgments", "judgments.csv", "--products", "150", "--json"]
    done = CliRunner().invoke(benchmark_correction.app, [*arguments, "--repeats", "1", "--seeds", "2"])
    assert done.exit_code == 0, done.output
    report = orjson.loads(done.stdout.splitlines()[-1])
    clean, one, two = report["queries"]
    assert (clean["errors"], clean["queries"], clean["corrected"], clean["readings"]) == (0, 5, 0, 1)
    assert (one["errors"], one["queries"], two["errors"], two["queries"]) == (1, 10, 2, 10)
    assert one["corrected"] >= 8  # whatever the errors are, hardly another word of five titles is meant
    for row in report["queries"]:
        assert row["all_mean_ms"] > 0
        assert row["all_p95_ms"] >= row["correct_p95_ms"]
