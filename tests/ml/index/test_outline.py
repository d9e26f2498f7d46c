"""Candidates by outlines: nearly all of the best, and as many as there are, whatever is allowed and written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.errors import IndexDamaged
from ml.index.array_files import OUTLINE
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.files import Current
from ml.index.manifest import Manifest, SnapshotMeta
from ml.index.merge import MergeSettings
from ml.index.outline import FAR, NEAR
from ml.index.planner import LIKELY_RECALL, CostModel, Outlined, PlannerSettings, Tuning
from ml.index.snapshot import load_snapshot, save_snapshot
from ml.types import Embeddings, Fingerprint, ProductId

FINGERPRINT = Fingerprint("0123456789abcdef")
COUNT, DIMENSION = 6000, 128
SCANNED = CostModel(direct_ns=1e6, scan_ns=1.0)  # codes always pay


def products(first: int, last: int) -> list[ProductId]:
    return [ProductId(f"p{number:05}") for number in range(first, last)]


def flattened(count: int, seed: int = 0) -> Embeddings:
    """Return vectors that are long along some directions and short along the others, as those of encoders are."""
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(np.random.default_rng(9).standard_normal((DIMENSION, DIMENSION)))
    vectors = rng.standard_normal((count, DIMENSION)) * np.exp(-np.arange(DIMENSION) / 20) @ turn
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def index_of(vectors: Embeddings, outlined: Outlined | None, mode: str = "auto") -> FaissFlatIndex:
    assumed = Tuning(costs=SCANNED, outlined=outlined)
    planning = PlannerSettings("exact" if mode == "exact" else "auto")
    merging = MergeSettings(compact_from=1, background=False, assumed=assumed)
    index = FaissFlatIndex(DIMENSION, planning=planning, merging=merging)
    index.upsert(products(0, len(vectors)), vectors)
    index.merge()
    return index


GOOD = Outlined(factor=2.0, recall=0.99, cost_ms=0.1)


def found_of(index: FaissFlatIndex, query: Embeddings, count: int, allowed: np.ndarray | None) -> tuple[float, int]:
    right, _ = index.search(query, count, allowed)
    found = index.likely_rows(query, count, allowed)
    assert (np.diff(found) > 0).all(), "ascending, each once"
    assert index.are_live(found).all()
    assert allowed is None or allowed[found].all()
    return len(np.intersect1d(found, right)) / max(1, len(right)), len(found) - len(right)


@pytest.mark.parametrize("share", [None, 0.5, 0.05, 0.002])
def test_nearly_all_of_the_best_are_found_among_as_many_as_are_wanted(share: float | None) -> None:
    index = index_of(flattened(COUNT), GOOD)
    rng = np.random.default_rng(2)
    allowed = None if share is None else rng.random(COUNT) < share
    shares, spare = zip(*(found_of(index, query, 50, allowed) for query in flattened(20, 1)), strict=True)
    assert np.mean(shares) >= LIKELY_RECALL
    assert min(spare) >= 0


def test_rows_that_were_written_or_removed_since_are_looked_at_as_they_are() -> None:
    vectors = flattened(COUNT)
    index = index_of(vectors[:5000], GOOD)
    index.upsert(products(5000, COUNT), vectors[5000:])
    index.remove(products(0, 500))
    for query in vectors[5000:5010]:
        assert index.row_of(products(5000, 5001)[0]) is not None
        share, spare = found_of(index, query, 50, None)
        assert share >= 0.9
        assert spare >= 0
        assert found_of(index, query, 10, np.arange(COUNT) >= 5400)[0] == 1, "without outlines they are exact"
    index.merge()
    assert found_of(index, vectors[5500], 50, None)[0] >= 0.9


def test_no_more_is_found_than_is_allowed() -> None:
    index = index_of(flattened(COUNT), GOOD)
    nothing = np.zeros(COUNT, np.bool_)
    assert len(index.likely_rows(flattened(1, 1)[0], 5, nothing)) == 0
    nothing[[7, 70, 700]] = True
    assert index.likely_rows(flattened(1, 1)[0], 5, nothing).tolist() == [7, 70, 700]
    assert index.likely_rows(flattened(1, 1)[0], 5, nothing[:100]).tolist() == [7, 70]


@pytest.mark.parametrize(
    ("outlined", "mode"), [(None, "auto"), (Outlined(factor=4.0, recall=0.9, cost_ms=0.1), "auto"), (GOOD, "exact")]
)
def test_where_outlines_find_too_little_others_are_asked(outlined: Outlined | None, mode: str) -> None:
    index = index_of(flattened(COUNT), outlined, mode)
    for query in flattened(10, 1):
        assert index.likely_rows(query, 50).tolist() == np.sort(index.search(query, 50)[0]).tolist()


def test_what_was_measured_holds() -> None:
    index = FaissFlatIndex(DIMENSION, merging=MergeSettings(compact_from=1, background=False))
    index.upsert(products(0, COUNT), flattened(COUNT))
    index.merge()
    assert index.tuning is not None
    assert index.tuning.outlined is not None
    assert index.tuning.outlined.recall >= LIKELY_RECALL
    assert NEAR + FAR < DIMENSION, "or nothing would be left out"


def shapeless(count: int) -> Embeddings:
    """Return vectors that are as long along one direction as along another: outlines say little of them."""
    vectors = np.random.default_rng(3).standard_normal((count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def saved(folder: Path, vectors: Embeddings, assumed: Tuning | None = None) -> tuple[FaissFlatIndex, Manifest]:
    merging = MergeSettings(compact_from=1, background=False, assumed=assumed)
    ids = products(0, len(vectors))
    save_snapshot(folder, ids, [vectors], SnapshotMeta(FINGERPRINT, DIMENSION, 0, {}), merging)
    return load_snapshot(folder, fingerprint=FINGERPRINT, dimension=DIMENSION, merging=merging)


def rewrite(folder: Path, change: Callable[[Any], object]) -> None:
    """Make the current manifest another one."""
    path = folder / Current.read(folder).name / "manifest.json"
    manifest = json.loads(path.read_bytes())
    change(manifest)
    path.write_bytes(text := json.dumps(manifest).encode())
    Current(path.parent.name, hashlib.sha256(text).hexdigest()).publish(folder)


def test_outlines_that_find_too_little_are_not_kept(tmp_path: Path) -> None:
    index, manifest = saved(tmp_path, shapeless(COUNT))
    assert manifest.kind == "compact"
    assert OUTLINE not in manifest.files
    for _ in range(2):
        assert index.tuning is not None
        assert index.tuning.outlined is not None
        assert index.tuning.outlined.recall < LIKELY_RECALL
        assert index._view.outline is None
        assert found_of(index, flattened(1, 1)[0], 50, None)[0] >= 0.9
        index.upsert(products(COUNT, COUNT + 10), shapeless(10))
        index.merge()


def test_outlines_that_find_enough_are_kept(tmp_path: Path) -> None:
    index, manifest = saved(tmp_path, flattened(COUNT), Tuning(costs=SCANNED, outlined=GOOD))
    assert OUTLINE in manifest.files
    assert index._view.outline is not None
    query = flattened(1, 1)[0]
    found = index.likely_rows(query, 50).tolist()
    index.merge()
    assert index._view.outline is not None
    assert index.likely_rows(query, 50).tolist() == found


def test_outlines_that_an_earlier_version_kept_in_vain_are_not_read(tmp_path: Path) -> None:
    saved(tmp_path, flattened(COUNT), Tuning(costs=SCANNED, outlined=GOOD))
    rewrite(tmp_path, lambda manifest: manifest["tuning"]["outlined"].update(recall=0.8))
    index, _ = load_snapshot(tmp_path, fingerprint=FINGERPRINT, dimension=DIMENSION)
    assert index._view.outline is None
    assert len(index.likely_rows(flattened(1, 1)[0], 50)) == 50


def test_a_snapshot_without_the_outlines_that_it_should_have_is_refused(tmp_path: Path) -> None:
    """Those of before there were outlines are built anew."""
    saved(tmp_path, flattened(COUNT), Tuning(costs=SCANNED, outlined=GOOD))
    rewrite(tmp_path, lambda manifest: manifest["files"].pop(OUTLINE))
    with pytest.raises(IndexDamaged):
        load_snapshot(tmp_path, fingerprint=FINGERPRINT, dimension=DIMENSION)
