from __future__ import annotations

import json

from typer.testing import CliRunner

from scripts.benchmark_hybrid import app
from scripts.benchmark_index import SHARES


def test_it_measures_each_share_and_an_exact_search_finds_everything() -> None:
    arguments = ["--products", "5000", "--dimension", "16", "--queries", "10", "--mode", "exact", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout.splitlines()[-1])
    assert [row["share"] for row in report["filters"]] == list(SHARES)
    for row in report["filters"]:
        assert row["allowed"] == round(5000 * row["share"])
        assert (row["approximate"], row["recall@20"], row["found_of_total"]) == (0, 1, 1)
        assert 0 < row["scanned"] <= 10_000
        assert row["retrieve_p95_ms"] >= row["retrieve_p50_ms"] > 0
