"""Models for the encoder tests: the shipped one, a small random one, and a random one of full size."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path

import pytest
import torch
from rich.console import Console
from safetensors.torch import save_file

from ml.encoder.cache import cache_entry
from ml.encoder.export import export
from ml.encoder.load import EncoderSpec, prepare_encoder
from ml.encoder.probes import probe_images, probe_texts
from ml.encoder.reference import CLIPVisionCfg, Reference, _build_vision_tower, load_reference, open_clip
from ml.encoder.source import find_source
from ml.types import Embeddings

MODELS = Path(__file__).parents[3] / "models"
SMALL = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
}


def write_model(directory: Path, config: dict[str, object], seed: int = 0) -> Path:
    """Write a randomly initialised open_clip model directory in open_clip's own form."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "open_clip_config.json").write_text(json.dumps({"model_cfg": config}))
    torch.manual_seed(seed)
    parts = {key: value for key, value in config.items() if key != "custom_text"}
    model = open_clip.CustomTextCLIP(**parts) if "custom_text" in config else open_clip.CLIP(**parts)
    save_file(model.state_dict(), directory / "open_clip_model.safetensors")
    return directory


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encoders")


@pytest.fixture(scope="session")
def default_spec() -> EncoderSpec:
    """The shipped model, exported by a process of its own as the server does it.

    Its export is shared with the tests of whole servers and with `make run`; that the code exports, the other models
    show in each run, one of them with this one's text tower.
    """
    spec = EncoderSpec(str(MODELS / "vitrine-minilm-l6"), engine="openvino", cache_dir=MODELS.parent / "var/encoders")
    prepare_encoder(spec)
    return spec


@pytest.fixture(scope="session")
def default_reference(default_spec: EncoderSpec) -> Reference:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # transformers warns about its own future
        return load_reference(find_source(default_spec))


@pytest.fixture(scope="session")
def vit_spec(cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> EncoderSpec:
    """A full-size ViT-B-32 checkpoint with random weights, exported.

    Random weights give outputs of low variance, so its int8 cosines flatter; shapes, speed and exactness are real.
    """
    torch.manual_seed(0)
    checkpoint = tmp_path_factory.mktemp("checkpoints") / "vit.safetensors"
    save_file(open_clip.create_model("ViT-B-32").state_dict(), checkpoint)
    spec = EncoderSpec("ViT-B-32", str(checkpoint), engine="openvino", cache_dir=cache_dir)
    source = find_source(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export(source, cache_entry(cache_dir, source), Console(stderr=True))
    return spec


@pytest.fixture(scope="session")
def vit_reference(vit_spec: EncoderSpec) -> Reference:
    return load_reference(find_source(vit_spec))


@pytest.fixture(scope="session")
def default_answers(default_reference: Reference) -> Embeddings:
    """What torch says to the probe texts."""
    return default_reference.encode_texts(probe_texts())


@pytest.fixture(scope="session")
def vit_text_answers(vit_reference: Reference) -> Embeddings:
    """What open_clip says to every eighth probe text."""
    return vit_reference.encode_texts(probe_texts()[::8])


@pytest.fixture(scope="session")
def vit_image_answers(vit_reference: Reference) -> Embeddings:
    """What open_clip says to the probe images."""
    return vit_reference.encode_images(probe_images())


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("small") / "small-clip", SMALL)


@pytest.fixture(scope="session")
def split_spec(cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> EncoderSpec:
    """The shipped text tower with a small random image tower of timm's in a file of its own, exported."""
    directory = tmp_path_factory.mktemp("split") / "split-clip"
    shutil.copytree(MODELS / "vitrine-minilm-l6", directory)
    path = directory / "open_clip_config.json"
    settings = json.loads(path.read_text())
    vision = {"timm_model_name": "resnet10t", "timm_pool": "", "timm_proj": "linear", "image_size": 64}
    settings["model_cfg"]["vision_cfg"] = {**vision, "timm_model_pretrained": False}
    settings["preprocess_cfg"] = {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "resize_mode": "longest"}
    path.write_text(json.dumps(settings))
    torch.manual_seed(0)
    tower = _build_vision_tower(settings["model_cfg"]["embed_dim"], CLIPVisionCfg(**vision), False).train()
    with torch.no_grad():
        for _ in range(5):
            tower(torch.randn(32, 3, 64, 64))  # so that batch normalisation has statistics as after training
    save_file({key: value.contiguous() for key, value in tower.state_dict().items()}, directory / "image.safetensors")
    spec = EncoderSpec(str(directory), engine="openvino", cache_dir=cache_dir)
    prepare_encoder(spec)
    return spec
