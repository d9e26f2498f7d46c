"""`scripts.evaluate shoppers` on a small demo shop, with the encoder that needs no model."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from ml.encoder.fake import FakeEncoder
from scripts import evaluate_shoppers, simulated_shop
from scripts.demo_catalogue import write_catalogue
from scripts.evaluate import app

pytestmark = pytest.mark.slow

SIZES = ("--history", "6", "--met", "25", "--days", "30")
KINDS = 8  # those with most products, so that a taste can prefer some of a kind


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which the command runs, on the demo products of a few kinds."""
    monkeypatch.chdir(tmp_path)
    feed = write_catalogue(tmp_path / "demo", 1000, pictures=False)
    products = [(orjson.loads(line)["attributes"].get("type"), line) for line in feed.read_bytes().splitlines()]
    common = {kind for kind, _ in Counter(kind for kind, _ in products).most_common(KINDS)}
    feed.write_bytes(b"\n".join(line for kind, line in products if kind in common))
    monkeypatch.setattr(simulated_shop, "demo_feed", lambda: feed)
    for module in (simulated_shop, evaluate_shoppers):
        monkeypatch.setattr(module, "load_encoder", lambda spec: FakeEncoder())


@pytest.mark.usefixtures("shop")
def test_shoppers_are_met_and_asked_about() -> None:
    runner = CliRunner()
    done = runner.invoke(app, ["shoppers", *SIZES, "--json"])
    assert done.exit_code == 0, done.output
    report = orjson.loads(done.stdout)
    assert report["history_events"] > 0
    rates = report["hit_rate"]
    assert rates.keys() == {"feed", "category", "search", "similar"}
    assert sum(row["asked"] for row in rates["feed"].values()) == report["meetings"] > 25
    assert all(rates[context]["0"]["ours"] == rates[context]["0"]["nobody"] for context in ("feed", "search"))
    assert "0" not in rates["similar"], "there is no last product before the first act"
    for name, found in report["personal_search"].items():
        gap = found["difference"]
        assert found["queries"] > 0, name
        assert gap["mean"] == pytest.approx(found["personal"] - found["plain"])
        assert gap["low"] <= gap["mean"] <= gap["high"]
    assert report["personal_search"]["exact"]["difference"]["mean"] >= -0.01

    table = runner.invoke(app, ["shoppers", *SIZES])
    assert table.exit_code == 0, table.output
    assert f"{report['meetings']} meetings with shoppers" in table.stdout
    assert f"{report['personal_search']['ambiguous']['difference']['mean']:+.4f}" in table.stdout


@pytest.mark.usefixtures("shop")
def test_shoppers_who_did_nothing_are_refused() -> None:
    done = CliRunner().invoke(app, ["shoppers", "--history", "1", "--met", "1", "--days", "1", "--seed", "1"])
    assert done.exit_code == 1
    assert "watch more of them, or longer" in " ".join(done.stderr.split())
