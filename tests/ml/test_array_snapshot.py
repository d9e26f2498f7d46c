"""Named arrays and lists of lines on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.array_snapshot import ArrayManifest, ArraySnapshots, Contents, FileRecords
from ml.errors import IndexDamaged


class Manifest(ArrayManifest):
    """What these tests keep beside the arrays."""

    number: int


SNAPSHOTS = ArraySnapshots(Manifest, {"scores": np.float32, "rows": np.int32}, ("names",))
NAMES = ["plain", "", "with space", "größe \u2028 日本", "\r"]


def contents(count: int = 3) -> Contents:
    scores = np.arange(2 * count, dtype=np.float32).reshape(count, 2)
    return Contents({"scores": scores, "rows": np.arange(count, dtype=np.int32)}, {"names": NAMES})


def save(folder: Path, number: int = 1, count: int = 3) -> Manifest:
    return SNAPSHOTS.save(folder, contents(count), lambda files: Manifest(number=number, files=files))


def only(folder: Path) -> Path:
    (path,) = folder.glob("snapshot-*")
    return path


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    save(tmp_path / "deep/er", number=1)
    written = save(tmp_path / "deep/er", number=2, count=5)
    found, manifest = SNAPSHOTS.load(tmp_path / "deep/er")
    assert manifest == written
    assert (manifest.number, list(manifest.files)) == (2, ["names.txt", "rows.npy", "scores.npy"])
    for name, array in contents(5).arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].dtype == array.dtype
    assert found.lines == {"names": NAMES}
    assert only(tmp_path / "deep/er").is_dir()  # the former one is gone


def test_nothing_and_empty_arrays(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="no snapshot"):
        SNAPSHOTS.load(tmp_path)
    save(tmp_path, count=0)
    assert SNAPSHOTS.load(tmp_path)[0].arrays["scores"].shape == (0, 2)


@pytest.mark.parametrize("name", ["scores.npy", "rows.npy", "names.txt", "manifest.json"])
@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_damage_is_noticed(tmp_path: Path, name: str, damage: str) -> None:
    save(tmp_path)
    file = only(tmp_path) / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    if damage != "gone":
        file.write_bytes(content if damage == "changed" else content[:-1])
    with pytest.raises(IndexDamaged):
        SNAPSHOTS.load(tmp_path)


def test_a_snapshot_of_another_kind_is_refused(tmp_path: Path) -> None:
    save(tmp_path)
    others = [
        (ArraySnapshots(Manifest, {"scores": np.float32}, ("names",)), "other files"),
        (
            ArraySnapshots(Manifest, {"scores": np.float64, "rows": np.int32}, ("names",)),
            "float32 instead of float64",
        ),
        (ArraySnapshots(ArrayManifest, {"scores": np.float32, "rows": np.int32}, ("names",)), "isn't a manifest"),
    ]
    for other, reason in others:
        with pytest.raises(IndexDamaged, match=reason):
            other.load(tmp_path)


def test_what_fails_leaves_what_there_was(tmp_path: Path) -> None:
    def fail(_: FileRecords) -> Manifest:
        raise OSError("no room")

    save(tmp_path, number=7)
    with pytest.raises(OSError, match="no room"):
        SNAPSHOTS.save(tmp_path, contents(), fail)
    wrong = Contents({**contents().arrays, "rows": np.arange(3)}, {"names": NAMES})
    with pytest.raises(ValueError, match="rows holds int64 instead of int32"):
        SNAPSHOTS.save(tmp_path, wrong, lambda files: Manifest(number=8, files=files))
    assert SNAPSHOTS.load(tmp_path)[1].number == 7
    assert only(tmp_path).is_dir()
