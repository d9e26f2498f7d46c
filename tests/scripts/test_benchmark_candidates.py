from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
from typer.testing import CliRunner

from scripts.benchmark_candidates import SHARES, app


def test_candidates_of_products_that_lie_together_are_nearly_all_found(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    homes = np.repeat(rng.standard_normal((30, 48)), 200, axis=0)
    np.save(tmp_path / "vectors.npy", (homes + 0.3 * rng.standard_normal(homes.shape)).astype(np.float32))
    said = CliRunner().invoke(app, [str(tmp_path / "vectors.npy"), "--shoppers", "10", "--json"])
    assert said.exit_code == 0, said.output
    rows = orjson.loads(said.stdout)["rows"]
    assert [row["share"] for row in rows] == list(SHARES)
    for row in rows:
        assert row["candidates"] >= 0.95
        assert row["shown"] >= 0.95
        assert row["lowest"] <= row["candidates"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, [str(tmp_path / "nothing.npy")])
    assert said.exit_code != 0
    assert "nothing.npy is not a file" in said.output.replace("\n", "")
