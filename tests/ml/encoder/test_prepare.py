"""The export cache as a server meets it: cold, warm, contended, damaged, outdated."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.encoder.cache import CacheEntry, cache_entry, needed_files
from ml.encoder.load import EncoderSpec, load_encoder, prepare_encoder
from ml.encoder.manifest import Manifest
from ml.encoder.source import find_source
from ml.errors import ExportRejected, ModelNotFound

SERVE = """
import json, sys
from pathlib import Path
from ml.encoder.load import EncoderSpec, load_encoder
encoder = load_encoder(EncoderSpec(sys.argv[1], engine="openvino", cache_dir=Path(sys.argv[2])))
encoder.encode_texts(["red shoes"])
heavy = [name for name in ("torch", "open_clip", "transformers", "torchvision", "nncf") if name in sys.modules]
print(json.dumps({"heavy": heavy, "fingerprint": encoder.fingerprint}))
"""


def entry_of(spec: EncoderSpec) -> tuple[CacheEntry, Manifest]:
    entry = cache_entry(spec.cache_dir, find_source(spec))
    manifest = entry.read_manifest()
    assert manifest is not None
    return entry, manifest


@pytest.fixture(scope="module")
def small_spec(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> EncoderSpec:
    """Prepared by two callers at once, of which one exports and the other finds its work."""
    spec = EncoderSpec(str(small_model), engine="openvino", cache_dir=tmp_path_factory.mktemp("cache"))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(prepare_encoder, [spec, spec]))
    return spec


@pytest.fixture
def copied(small_spec: EncoderSpec, tmp_path: Path) -> EncoderSpec:
    """A copy of the prepared cache that a test may harm."""
    shutil.copytree(small_spec.cache_dir, tmp_path / "cache")
    return replace(small_spec, cache_dir=tmp_path / "cache")


def test_two_callers_leave_one_sound_export(small_spec: EncoderSpec) -> None:
    entry, manifest = entry_of(small_spec)
    assert [path.name for path in entry.folder.iterdir() if path.is_dir()] == [manifest.directory]
    assert entry.sound_manifest(find_source(small_spec), "int8") == manifest
    assert load_encoder(small_spec).has_image_tower


def test_a_second_start_is_fast(default_spec: EncoderSpec) -> None:
    started = time.perf_counter()
    prepare_encoder(default_spec)
    assert time.perf_counter() - started < 1


def test_serving_imports_no_training_library(default_spec: EncoderSpec) -> None:
    command = [sys.executable, "-c", SERVE, default_spec.model, str(default_spec.cache_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    found = json.loads(done.stdout)
    assert found == {"heavy": [], "fingerprint": load_encoder(default_spec).fingerprint}


@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_damage_is_seen(copied: EncoderSpec, damage: str) -> None:
    entry, manifest = entry_of(copied)
    for name in needed_files(manifest, "int8"):
        path = entry.folder / manifest.directory / name
        sound = path.read_bytes()
        if damage == "truncated":
            path.write_bytes(sound[: len(sound) // 2])
        elif damage == "flipped":
            path.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
        else:
            path.unlink()
        assert entry.sound_manifest(find_source(copied), "int8") is None
        path.write_bytes(sound)
    assert entry.sound_manifest(find_source(copied), "int8") == manifest


@pytest.mark.parametrize("text", ["", "{", "{}", "null"])
def test_a_broken_manifest_counts_as_none(copied: EncoderSpec, text: str) -> None:
    entry, _ = entry_of(copied)
    entry.manifest_path.write_text(text)
    assert entry.sound_manifest(find_source(copied), "int8") is None


def test_another_format_or_runtime_is_exported_again(copied: EncoderSpec) -> None:
    entry, manifest = entry_of(copied)
    for change in ({"format": 0}, {"versions": {**manifest.versions, "openvino": "1"}}):
        entry.manifest_path.write_text(manifest.model_copy(update=change).model_dump_json())
        assert entry.sound_manifest(find_source(copied), "int8") is None


def test_a_damaged_export_is_made_again(copied: EncoderSpec) -> None:
    before = load_encoder(copied).encode_texts(["red shoes"])
    entry, manifest = entry_of(copied)
    (entry.folder / manifest.directory / "text-int8.bin").write_bytes(b"")
    again = load_encoder(copied)
    assert entry_of(copied)[1].directory != manifest.directory
    assert not (entry.folder / manifest.directory).exists()
    assert again.fingerprint == manifest.fingerprint
    np.testing.assert_array_equal(again.encode_texts(["red shoes"]), before)


def test_changed_weights_are_noticed(small_spec: EncoderSpec, small_model: Path, tmp_path: Path) -> None:
    entry, manifest = entry_of(small_spec)
    changed = shutil.copytree(small_model, tmp_path / small_model.name)
    with (changed / "open_clip_model.safetensors").open("ab") as file:
        file.write(b"\0")
    assert entry.sound_manifest(find_source(EncoderSpec(str(changed))), "int8") is None
    assert manifest.sources == find_source(small_spec).checksums()


def test_a_precision_that_lost_too_much_is_refused(copied: EncoderSpec) -> None:
    entry, manifest = entry_of(copied)
    poor = manifest.agreement["int8"].model_copy(update={"accepted": False, "text_cosine": 0.9})
    entry.publish(manifest.model_copy(update={"agreement": {**manifest.agreement, "int8": poor}}))
    with pytest.raises(ExportRejected, match="Choose bf16 or fp32"):
        load_encoder(copied)
    load_encoder(replace(copied, precision="bf16"))


def test_a_failed_export_says_why(tmp_path: Path, small_model: Path) -> None:
    broken = shutil.copytree(small_model, tmp_path / "broken")
    (broken / "open_clip_model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelNotFound, match=r"broken can't be loaded.*Check that"):
        prepare_encoder(EncoderSpec(str(broken), engine="openvino", cache_dir=tmp_path / "cache"))
    assert not list((tmp_path / "cache").glob("*/manifest.json"))
