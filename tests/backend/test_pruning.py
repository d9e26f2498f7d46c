"""What models no longer in use have left behind is deleted, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from backend.catalogue.embedding import count_pending
from backend.catalogue.opening import index_spaces
from backend.config import Settings
from backend.database.engine import Database
from backend.model.pruning import prune, stored_embeddings
from tests.backend.conftest import search
from tests.backend.switching import fill, prepare, serving, space_of


def test_pruning_deletes_only_what_is_not_kept(settings: Settings, database: Database) -> None:
    with serving(settings) as client:
        fill(client)
    prepare(database, settings, "second")
    first, second = (space_of(name, settings) for name in ("first", "second"))
    done = prune(database, settings.faiss_index_path, {second.encoder, second.fingerprint})
    assert (done.embeddings, done.indexes) == (36, 1)
    assert stored_embeddings(database) == {(second.fingerprint, "text"): 36}
    assert index_spaces(settings.faiss_index_path) == [second.fingerprint]
    with database.reading() as db:
        assert count_pending(db, first) == 36


def test_pruning_leaves_foreign_directories_alone(settings: Settings, database: Database, tmp_path: Path) -> None:
    with serving(settings) as client:
        fill(client)
    folder = settings.faiss_index_path
    (space,) = index_spaces(folder)
    foreign, linked = folder / ("0" * 16), folder / ("1" * 16)
    foreign.mkdir()
    (foreign / "notes").write_text("mine")
    (folder / space).rename(tmp_path / "elsewhere")
    linked.symlink_to(tmp_path / "elsewhere")
    assert prune(database, folder, set()).indexes == 0
    assert (foreign / "notes").read_text() == "mine"
    assert (linked / "CURRENT").exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_snapshots_of_the_former_layout_are_cleaned_up(settings: Settings, tmp_path: Path) -> None:
    with serving(settings) as client:
        fill(client)
    folder = settings.faiss_index_path
    (space,) = index_spaces(folder)
    foreign = folder / "snapshot-mine"
    foreign.mkdir()
    for later in ("texts", "rows"):  # than the former layout
        shutil.rmtree(folder / space / later)
    for path in sorted((folder / space).iterdir()):
        path.rename(folder / path.name)
    (folder / space).rmdir()
    with serving(settings) as client:
        assert len(search(client, "mug")["items"]) == 20
    assert sorted(path.name for path in folder.iterdir()) == sorted([space, foreign.name])
