from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.errors import FingerprintMismatch, IndexDamaged
from ml.index import merge
from ml.index.faiss_flat import FaissFlatIndex
from ml.index.manifest import Manifest, SnapshotMeta
from ml.index.merge import MergeSettings
from ml.index.planner import CostModel, Probing, Tuning
from ml.index.snapshot import current_manifest, load_snapshot, save_snapshot
from ml.types import Embeddings, Fingerprint, ProductId
from tests.contracts.index import product_ids, unit_vectors

FINGERPRINT = Fingerprint("0123456789abcdef")
DIMENSION = 16
VECTORS = unit_vectors(100, DIMENSION)
PROBING = Probing(share=1.0, depth=10, probes=16, recall=0.5, cost_ms=0.25)
TUNING = Tuning(costs=CostModel(direct_ns=1e9, scan_ns=1.5), probing=(PROBING,), rerank=7)
CODED = MergeSettings(compact_from=1, clusters_from=1, assumed=TUNING)


def save(directory: Path, version: int = 7, count: int = 100, merging: MergeSettings = CODED) -> Manifest:
    meta = SnapshotMeta(FINGERPRINT, DIMENSION, version, {"image": 0.6, "text": 0.4})
    blocks = (VECTORS[start : start + 32][: max(0, count - start)] for start in range(0, 100, 32))
    return save_snapshot(directory, product_ids(count), blocks, meta, merging)


def load(directory: Path) -> tuple[FaissFlatIndex, Manifest]:
    return load_snapshot(directory, fingerprint=FINGERPRINT, dimension=DIMENSION)


def snapshot_of(directory: Path) -> Path:
    (path,) = directory.glob("snapshot-*")
    return path


def answers(index: FaissFlatIndex) -> list[tuple[list[ProductId], bytes]]:
    """Ids and score bits for some queries."""
    found = [index.search(query, 10) for query in unit_vectors(5, DIMENSION, seed=1)]
    return [([index.id_of(int(row)) for row in rows], scores.tobytes()) for rows, scores in found]


def test_a_saved_index_gives_the_same_answers_after_loading(tmp_path: Path) -> None:
    index = FaissFlatIndex(DIMENSION)
    index.upsert(product_ids(100), VECTORS)
    written = save(tmp_path)
    loaded, manifest = load(tmp_path)
    assert manifest == written == current_manifest(tmp_path)
    assert (manifest.count, manifest.catalogue_version, manifest.blend) == (100, 7, {"image": 0.6, "text": 0.4})
    assert (manifest.kind, manifest.lists, manifest.tuning) == ("clustered", 40, TUNING)
    assert loaded.tuning == TUNING
    assert answers(loaded) == answers(index)


def test_few_products_get_no_codes(tmp_path: Path) -> None:
    manifest = save_snapshot(tmp_path, product_ids(100), [VECTORS], SnapshotMeta(FINGERPRINT, DIMENSION, 0, {}))
    assert (manifest.kind, manifest.lists, manifest.tuning) == ("flat", 0, None)
    assert manifest.files.keys() == {"vectors.faiss", "ids.txt", "moments.npz"}
    assert load(tmp_path)[0].tuning is None


def test_codes_that_cannot_be_measured_leave_an_exact_index_that_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a clock that stands still")

    index = FaissFlatIndex(DIMENSION)
    index.upsert(product_ids(100), VECTORS)
    measuring = replace(CODED, assumed=None, added_rows=1)
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(merge, "calibrate", fail)
        save(tmp_path, merging=measuring)
    assert "a clock that stands still" in caplog.text
    loaded, manifest = load_snapshot(tmp_path, fingerprint=FINGERPRINT, dimension=DIMENSION, merging=measuring)
    assert (manifest.kind, manifest.tuning) == ("flat", None)
    assert loaded.failure == manifest.failure == "ZeroDivisionError: a clock that stands still"
    assert answers(loaded) == answers(index)
    loaded.merge_if_due()
    loaded.wait_for_merge()
    assert loaded.failure is None
    assert loaded.tuning is not None
    assert answers(loaded) == answers(index)


def test_an_index_that_changed_can_be_compacted_and_reloaded(tmp_path: Path) -> None:
    save(tmp_path, count=60)
    index, _ = load(tmp_path)
    index.remove(product_ids(5))
    index.upsert(product_ids(100)[50:], VECTORS[:50])
    rows = index.live_rows()
    meta = SnapshotMeta(FINGERPRINT, DIMENSION, 8, {"text": 1.0})
    save_snapshot(tmp_path, [index.id_of(int(row)) for row in rows], [index.embeddings(rows)], meta)
    compacted, manifest = load(tmp_path)
    assert (compacted.row_count, compacted.live_count, manifest.catalogue_version) == (95, 95, 8)
    assert answers(compacted) == answers(index)


def test_an_empty_catalogue_can_be_saved(tmp_path: Path) -> None:
    save(tmp_path, count=0)
    index, manifest = load(tmp_path)
    assert (index.row_count, manifest.count) == (0, 0)
    index.upsert(product_ids(1), VECTORS[:1])
    assert index.live_count == 1


def test_ids_of_any_script_survive(tmp_path: Path) -> None:
    ids = [ProductId(text) for text in ("größe", "靴-42", "a,b", '"', "👟")]
    save_snapshot(tmp_path, ids, [VECTORS[:5]], SnapshotMeta(FINGERPRINT, DIMENSION, 0, {}))
    index, _ = load(tmp_path)
    assert [index.id_of(row) for row in range(5)] == ids


def test_without_a_snapshot_there_is_nothing_to_load(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "missing"):
        assert current_manifest(directory) is None
        with pytest.raises(IndexDamaged, match="no snapshot"):
            load(directory)


def test_vectors_of_another_encoder_are_refused(tmp_path: Path) -> None:
    save(tmp_path)
    with pytest.raises(FingerprintMismatch, match="fedcba9876543210"):
        load_snapshot(tmp_path, fingerprint=Fingerprint("fedcba9876543210"), dimension=DIMENSION)
    with pytest.raises(FingerprintMismatch, match="with 17"):
        load_snapshot(tmp_path, fingerprint=FINGERPRINT, dimension=17)


def delete(content: bytes) -> None:
    return None


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "deleted": delete,
    "emptied": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "one byte short": lambda content: content[:-1],
    "one byte long": lambda content: content + b"\n",
    "zeros": lambda content: bytes(len(content)),
    "garbage": lambda content: np.random.default_rng(0).bytes(len(content)),
}


def assert_damaged(directory: Path) -> None:
    with pytest.raises(IndexDamaged):
        load(directory)
    save(directory)  # and can be repaired
    load(directory)


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "ids.txt", "vectors.faiss", "codes.faiss", "codes.npz"])
class TestDamage:
    def path(self, directory: Path, name: str) -> Path:
        save(directory)
        return directory / name if name == "CURRENT" else snapshot_of(directory) / name

    @pytest.mark.parametrize("damage", DAMAGES)
    def test_a_damaged_file_is_noticed(self, tmp_path: Path, name: str, damage: str) -> None:
        path = self.path(tmp_path, name)
        content = DAMAGES[damage](path.read_bytes())
        path.unlink() if content is None else path.write_bytes(content)
        assert_damaged(tmp_path)

    def test_a_directory_in_place_of_a_file_is_noticed(self, tmp_path: Path, name: str) -> None:
        path = self.path(tmp_path, name)
        path.unlink()
        path.mkdir()
        with pytest.raises(IndexDamaged):
            load(tmp_path)

    def test_a_flipped_bit_is_noticed_wherever_it_is(self, tmp_path: Path, name: str) -> None:
        path = self.path(tmp_path, name)
        content = path.read_bytes()
        for offset in np.linspace(0, len(content) - 1, 25).astype(int):
            for bit in (0, 5, 7):
                changed = bytearray(content)
                changed[offset] ^= 1 << bit
                path.write_bytes(changed)
                with pytest.raises(IndexDamaged):
                    load(tmp_path)
        path.write_bytes(content)
        load(tmp_path)


def test_a_missing_snapshot_directory_is_noticed(tmp_path: Path) -> None:
    save(tmp_path)
    snapshot_of(tmp_path).rename(tmp_path / "elsewhere")
    with pytest.raises(IndexDamaged):
        current_manifest(tmp_path)
    assert_damaged(tmp_path)


def rewrite(directory: Path, change: Callable[[Path, dict[str, object]], bytes]) -> None:
    """Replace the manifest by one whose checksum is right, as another program's mistake would be."""
    path = snapshot_of(directory) / "manifest.json"
    content = change(path.parent, json.loads(path.read_bytes()))
    path.write_bytes(content)
    (directory / "CURRENT").write_text(f"{path.parent.name} {hashlib.sha256(content).hexdigest()}\n")


@pytest.mark.parametrize(
    "fields",
    [
        {"format_version": 2},
        {"count": -1},
        {"count": 99},
        {"count": "100"},
        {"dimension": None},
        {"catalogue_version": 1.5},
        {"blend": [1]},
        {"created_at": "yesterday"},
        {"created_at": "2026-01-01T00:00:00"},
        {"files": {}},
        {"files": {"../CURRENT": {"size_bytes": 1, "sha256": "0" * 64}}},
        {"surprise": 1},
    ],
    ids=str,
)
def test_a_manifest_with_wrong_fields_is_refused(tmp_path: Path, fields: dict[str, object]) -> None:
    save(tmp_path)
    rewrite(tmp_path, lambda _, manifest: json.dumps(manifest | fields).encode())
    assert_damaged(tmp_path)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b"{", b"\xff\xfe", b"NaN"])
def test_a_manifest_that_is_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    save(tmp_path)
    rewrite(tmp_path, lambda _, manifest: content)
    assert_damaged(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ids.txt", "\n".join(product_ids(99)).encode() + b"\n"),
        ("ids.txt", b"same\n" * 100),
        ("ids.txt", b"\xff\n" * 100),
        ("vectors.faiss", b"not an index"),
        ("vectors.faiss", b""),
    ],
    ids=["one id less", "repeated ids", "not UTF-8", "not an index", "no bytes"],
)
def test_files_with_right_checksums_and_wrong_contents_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    save(tmp_path)

    def change(path: Path, manifest: dict[str, object]) -> bytes:
        (path / name).write_bytes(content)
        manifest["files"][name] = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        return json.dumps(manifest).encode()

    rewrite(tmp_path, change)
    assert_damaged(tmp_path)


def failing_blocks() -> Iterator[Embeddings]:
    yield VECTORS[:50]
    raise ConnectionError("the database went away")


@pytest.mark.parametrize(
    ("ids", "blocks", "version", "error"),
    [
        (product_ids(100), [VECTORS[:50]], 8, ValueError),
        (product_ids(50), [VECTORS], 8, ValueError),
        (product_ids(2), [VECTORS[:2] * 2], 8, ValueError),
        (product_ids(2), [VECTORS[:2, :5]], 8, ValueError),
        (["a", "a"], [VECTORS[:2]], 8, ValueError),
        (["a", "b\nc"], [VECTORS[:2]], 8, ValueError),
        (["a", ""], [VECTORS[:2]], 8, ValueError),
        (["a", "\ud800"], [VECTORS[:2]], 8, ValueError),
        (product_ids(2), [VECTORS[:2]], -1, ValueError),
        (product_ids(100), failing_blocks(), 8, ConnectionError),
    ],
    ids=["few", "many", "norm", "dimension", "repeated", "newline", "empty id", "surrogate", "version", "raised"],
)
def test_a_save_that_fails_leaves_the_old_snapshot_alone(
    tmp_path: Path, ids: list[ProductId], blocks: list[Embeddings], version: int, error: type[Exception]
) -> None:
    before = save(tmp_path)
    with pytest.raises(error):
        save_snapshot(tmp_path, ids, blocks, SnapshotMeta(FINGERPRINT, DIMENSION, version, {}))
    assert load(tmp_path)[1] == before
    assert sorted(path.name[:8] for path in tmp_path.iterdir()) == ["CURRENT", "LOCK", "snapshot"]


def test_an_index_outlives_its_files(tmp_path: Path) -> None:
    save(tmp_path)
    index, _ = load(tmp_path)
    before, path = answers(index), snapshot_of(tmp_path)
    save(tmp_path, count=3)
    assert not path.exists()
    assert answers(index) == before


def test_readers_beside_writers_always_find_a_whole_snapshot(tmp_path: Path) -> None:
    save(tmp_path, count=1)
    problems: list[BaseException] = []
    done = threading.Event()

    def guarded(action: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                action()
            except BaseException as problem:
                problems.append(problem)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def write() -> None:
        for count in range(1, 41):
            save(tmp_path, version=count, count=count)

    def read() -> None:
        while not done.is_set():
            index, manifest = load(tmp_path)
            assert index.live_count == manifest.count
            assert current_manifest(tmp_path) is not None

    writers, readers = [guarded(write) for _ in range(2)], [guarded(read) for _ in range(2)]
    for writer in writers:
        writer.join()
    done.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert load(tmp_path)[1].catalogue_version == 40
    assert len(list(tmp_path.glob("snapshot-*"))) == 1
