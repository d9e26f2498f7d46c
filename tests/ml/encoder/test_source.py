from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ml.encoder.device import pick_engine
from ml.encoder.load import EncoderSpec
from ml.encoder.reference import load_reference
from ml.encoder.source import find_source
from ml.errors import ModelNotFound


@pytest.mark.parametrize(
    ("model", "pretrained", "advice"),
    [
        ("models/absent", None, "absent isn't a directory. Name a model directory"),
        ("local-dir:absent", None, "absent isn't a directory. Name a model directory"),
        ("./ml", None, "holds no open_clip_config.json. Name a model directory"),
        ("ViT-B-32", None, "Name one of its tags"),
        ("ViT-B-32", "./absent.pt", "doesn't exist"),
        ("ViT-B-32", "absent.safetensors", "doesn't exist"),
    ],
)
def test_a_missing_path_is_refused_before_torch(model: str, pretrained: str | None, advice: str) -> None:
    with pytest.raises(ModelNotFound, match=advice):
        find_source(EncoderSpec(model, pretrained))


@pytest.mark.parametrize(
    ("model", "pretrained", "advice"),
    [
        ("ViT-B-23", "openai", "near ones are.*ViT-B-32"),
        ("ViT-B-32", "no_such_tag", "its tags are.*laion2b_s34b_b79k"),
    ],
)
def test_an_unknown_name_is_answered_with_known_ones(model: str, pretrained: str, advice: str) -> None:
    with pytest.raises(ModelNotFound, match=advice):
        load_reference(find_source(EncoderSpec(model, pretrained)))


def test_a_checkpoint_of_another_architecture_is_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(3)}, tmp_path / "odd.pt")
    with pytest.raises(ModelNotFound, match="complete checkpoint of CLIP_MODEL=ViT-B-32"):
        load_reference(find_source(EncoderSpec("ViT-B-32", str(tmp_path / "odd.pt"))))


class Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("sprung"),))


def test_a_pickle_that_runs_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"weight": Trap()}, tmp_path / "trap.pt")
    with pytest.raises(ModelNotFound):
        load_reference(find_source(EncoderSpec("ViT-B-32", "trap.pt")))
    assert not (tmp_path / "sprung").exists()


def test_names_are_told_apart(small_model: Path) -> None:
    assert find_source(EncoderSpec(f"local-dir:{small_model}")) == find_source(EncoderSpec(str(small_model)))
    assert find_source(EncoderSpec("hf-hub:laion/some-model", "ignored")).name == "laion/some-model"
    assert find_source(EncoderSpec("ViT-B-32", "laion2b_s34b_b79k")).name == "ViT-B-32/laion2b_s34b_b79k"
    assert [path.name for path in find_source(EncoderSpec(str(small_model))).files()] == [
        "open_clip_config.json",
        "open_clip_model.safetensors",
    ]


def test_an_engine_that_is_named_is_taken() -> None:
    assert pick_engine("torch") == "torch"
    assert pick_engine("openvino") == "openvino"
    assert pick_engine("auto") in {"torch", "openvino"}
