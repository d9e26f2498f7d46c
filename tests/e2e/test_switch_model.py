"""switch_model and prove_switch with real models and real servers."""

from __future__ import annotations

import itertools
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select

from backend.catalogue.tables import EmbeddingRow
from backend.config import DEFAULT_MODEL
from backend.database.engine import Database
from backend.model.active import ActiveModel, ModelRepository
from backend.model.pruning import stored_embeddings
from scripts.perturb_model import perturbed_copy
from tests.e2e.conftest import ROOT, Shop

DESCRIPTIONS = (
    "Keeps drinks hot for six hours and fits every car.",
    "A gift for children who like to be outside in the wind.",
    "Made by hand from leftovers of the furniture trade.",
    "For long evenings by the fire, washable at thirty degrees.",
    "Light enough to carry up a mountain.",
)


@pytest.fixture(scope="session")
def noisy_model() -> Path:
    """Another model, of the default's shape and worse; always at one place, so that its export is found again."""
    return perturbed_copy(Path(DEFAULT_MODEL), ROOT / "var/perturbed/noisy", noise=0.4)


def active_model(database: Database) -> ActiveModel | None:
    with database.reading() as db:
        return ModelRepository(db).active()


def first_versions(database: Database) -> list[int]:
    """Return the catalogue versions that brought embeddings of each model, oldest first."""
    with database.reading() as db:
        statement = select(func.min(EmbeddingRow.stored_version)).group_by(EmbeddingRow.fingerprint)
        return sorted(db.scalars(statement))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_killed_refused_forced_rolled_back_and_pruned(
    shop: Shop, write_feed: Callable[[str, str | bytes], Path], noisy_model: Path
) -> None:
    looks = itertools.product(
        ("red", "blue", "woollen", "steel", "small"), ("mug", "lamp", "scarf", "kite"), range(80)
    )
    products = [
        {"id": f"p{n}", "title": f"{look} {thing} {model}", "description": DESCRIPTIONS[n % len(DESCRIPTIONS)]}
        for n, (look, thing, model) in enumerate(looks)
    ]
    shop.import_feed(write_feed("products.jsonl", b"\n".join(map(orjson.dumps, products))))
    database = Database(shop.environment["DATABASE_URL"])

    process = shop.start("scripts.switch_model", noisy_model)
    deadline = time.monotonic() + 600
    while len(stored_embeddings(database)) < 2:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGSTOP)  # between two of its writes, and its lock stays held
    try:
        second = shop.run("scripts.switch_model", "--reset")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert second.returncode == 1
    assert "another switch_model of this shop is running" in second.stderr
    assert active_model(database) is None
    before = stored_embeddings(database)
    assert sorted(before.values())[0] < 1600
    versions = first_versions(database)

    refused = shop.run("scripts.switch_model", noisy_model, "--tolerance", 0, "--sample", 200)
    assert refused.returncode == 1
    assert "the new model is worse by more than 0 in: " in refused.stderr
    assert re.search(r"(rank|R@10) +0\.\d+ +0\.\d+ +-0\.\d+\n", refused.stdout)
    assert active_model(database) is None
    assert first_versions(database) == versions  # what the killed run had embedded was kept
    assert set(stored_embeddings(database).values()) == {1600}

    forced = shop.run("scripts.switch_model", noisy_model, "--force", "--sample", 200)
    assert forced.returncode == 0, forced.stderr
    active = active_model(database)
    assert active is not None
    assert active.current.model == str(noisy_model)
    assert active.previous.model == DEFAULT_MODEL
    assert "serves already" in shop.run("scripts.switch_model", noisy_model).stdout

    rolled_back = shop.run("scripts.switch_model", "--rollback")
    assert rolled_back.returncode == 0, rolled_back.stderr
    back = active_model(database)
    assert back is not None
    assert (back.current, back.previous) == (active.previous, active.current)

    kept = shop.run("scripts.switch_model", "--prune")
    assert "deleted 0 embeddings and 0 indexes" in kept.stdout
    assert shop.run("scripts.switch_model", "--reset").returncode == 0
    assert active_model(database) is None
    assert "as CLIP_MODEL says" in shop.run("scripts.switch_model", "--status").stdout
    pruned = shop.run("scripts.switch_model", "--prune")
    assert "deleted 1,600 embeddings and 1 indexes" in pruned.stdout
    assert list(stored_embeddings(database).values()) == [1600]
    database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_can_not_be_switched_to_is_refused_with_a_reason(shop: Shop, tmp_path: Path) -> None:
    for arguments, reason in (
        ((), "name a model"),
        (("--status", "--prune"), "name a model"),
        (("--rollback",), "nothing to go back to"),
        ((tmp_path / "nowhere",), "isn't a directory. Name a model directory"),
        (("ViT-B-32", "--pretrained", tmp_path / "none.safetensors"), "doesn't exist"),
        ((DEFAULT_MODEL, "--judgments", tmp_path / "none.csv"), "none.csv"),
    ):
        done = shop.run("scripts.switch_model", *arguments)
        assert done.returncode == 1, done.stdout
        assert reason in done.stderr


def test_two_workers_under_load_answer_every_request_with_one_model(
    shop: Shop, noisy_model: Path, redis_url: str, write_feed: Callable[[str, str | bytes], Path]
) -> None:
    words = itertools.product(("red", "blue", "woollen", "steel"), ("mug", "lamp", "scarf", "kite"), range(10))
    lines = [orjson.dumps({"id": f"p{n}", "title": " ".join(map(str, title))}) for n, title in enumerate(words)]
    feed = write_feed("products.jsonl", b"\n".join(lines))
    done = shop.run(
        "scripts.prove_switch", "--json", "--catalogue", feed, "--second", noisy_model,
        "--folder", shop.folder / "proof",
        "--database-url", shop.environment["DATABASE_URL"], "--queries", 30, "--seconds", 1, "--shoppers", 3,
        REDIS_URL=redis_url,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = orjson.loads(done.stdout)
    assert report["failed"] == report["mixed"] == 0
    assert len(report["right"]) == 2
    assert sum(report["right"].values()) == report["requests"] > 0
    assert report["workers"] == 2
    assert report["queries_that_differ"] > 0
