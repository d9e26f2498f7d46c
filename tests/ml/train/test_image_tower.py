"""What the training of the image tower leaves on disk."""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest
from safetensors.torch import load_file

from ml.encoder.reference import IMAGE_WEIGHTS, build_image_tower, load_reference
from ml.encoder.source import find_source
from ml.encoder.spec import EncoderSpec
from ml.train.image_tower import VISION, run_folder, write_tower
from ml.train.photos import clothing_photos, photo_files
from tests.ml.train.conftest import jpeg


def asked(tmp_path: Path, **more: object) -> argparse.Namespace:
    usual = {"renders": 10, "steps": 5, "batch": 4, "photos": 2, "seed": 0}
    folders = {"clothing": tmp_path / "clothing", "grocery": tmp_path / "grocery", "work": tmp_path / "work"}
    return argparse.Namespace(**{**usual, **folders, **more})


def test_everything_that_decides_the_result_names_the_folder(tmp_path: Path) -> None:
    for path in photo_files(tmp_path / "clothing", tmp_path / "grocery"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"1")
    first = run_folder(asked(tmp_path), "a")
    assert run_folder(asked(tmp_path), "a") == first
    others = {
        run_folder(asked(tmp_path, **{name: 3}), "a") for name in ("renders", "steps", "batch", "photos", "seed")
    }
    others.add(run_folder(asked(tmp_path), "b"))
    (tmp_path / "grocery" / "natural_dev.tar").write_bytes(b"22")
    others.add(run_folder(asked(tmp_path), "a"))
    assert len(others - {first}) == 7


def photo_set(folder: Path, numbers: list[int]) -> Path:
    folder.mkdir(parents=True)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["image", "label", "sender_id"])
    with tarfile.open(folder / "images_dev.tar", "w") as tar:
        for row, number in enumerate(numbers):
            writer.writerow([f"{row}.jpg", "Hat", str(row)])
            member = tarfile.TarInfo(f"{row}.jpg")
            member.size = len(jpeg(number))
            tar.addfile(member, io.BytesIO(jpeg(number)))
    (folder / "images_dev.csv.gz").write_bytes(gzip.compress(table.getvalue().encode()))
    return folder


def test_photos_of_another_archive_are_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    few = clothing_photos(photo_set(tmp_path / "few", [1, 2, 3, 4]), cache, 16)
    many = clothing_photos(photo_set(tmp_path / "many", list(range(30))), cache, 16)
    assert (len(few.train) + len(few.test), len(many.train) + len(many.test)) == (4, 30)
    monkeypatch.setattr("ml.train.photos.write_pictures", lambda *_: pytest.fail("read again"))
    assert len(clothing_photos(tmp_path / "few", cache, 16).test) == len(few.test)


def test_a_tower_cut_off_half_way_leaves_a_model_of_texts(
    split_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "model"
    out.mkdir()
    config = json.loads((split_model / "open_clip_config.json").read_text())
    del config["model_cfg"]["vision_cfg"]
    (out / "open_clip_config.json").write_text(json.dumps(config))
    (out / "text.safetensors").write_bytes((split_model / "text.safetensors").read_bytes())
    tower = build_image_tower(VISION, 32)
    replace = Path.replace

    def cut_off(self: Path, target: Path) -> Path:
        if target.name == "open_clip_config.json":
            raise KeyboardInterrupt
        return replace(self, target)

    source = find_source(EncoderSpec(str(out)))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut_off)
        with pytest.raises(KeyboardInterrupt):
            write_tower(out, tower)
    assert load_file(out / IMAGE_WEIGHTS).keys() == tower.state_dict().keys()
    assert load_reference(source).visual is None
    write_tower(out, tower)
    assert load_reference(source).visual is not None
    assert sorted(path.name for path in out.iterdir()) == [
        "image.safetensors", "open_clip_config.json", "text.safetensors",
    ]  # fmt: skip
