"""The torch model behind a name: what every export and the torch engine start from, and are compared with."""

from __future__ import annotations

import difflib
import json
import pickle
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file

from ml.encoder.manifest import ImageSettings
from ml.encoder.source import HUB_PREFIX, LOCAL_PREFIX, Source
from ml.encoder.torchvision_shim import ensure_torchvision
from ml.errors import ModelNotFound
from ml.types import Embeddings

ensure_torchvision()  # before open_clip, which imports it: hence E402 below

import open_clip  # noqa: E402
from open_clip.model import CLIPTextCfg, CLIPVisionCfg, _build_text_tower, _build_vision_tower  # noqa: E402
from open_clip.transform import PreprocessCfg, image_transform_v2, merge_preprocess_dict  # noqa: E402

TEXT_WEIGHTS = "text.safetensors"
IMAGE_WEIGHTS = "image.safetensors"
_LOAD_ERRORS = (
    OSError,
    RuntimeError,
    ValueError,
    KeyError,
    TypeError,
    AssertionError,
    SafetensorError,
    pickle.UnpicklingError,
)


@dataclass(frozen=True)
class Reference:
    """A loaded open_clip model in fp32 on the CPU.

    Attributes:
        config: open_clip's ``model_cfg``.
        text: the text tower.
        visual: the image tower; None for a model that knows only texts.
        tokenizer: open_clip's own.
        preprocess: open_clip's ``preprocess_cfg``; None without an image tower.
    """

    config: dict[str, Any]
    text: torch.nn.Module
    visual: torch.nn.Module | None
    tokenizer: Any
    preprocess: dict[str, Any] | None

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts just as open_clip does, padded to the context length."""
        with torch.inference_mode():
            features = [first(self.text(self.tokenizer(list(texts[i : i + 32])))) for i in range(0, len(texts), 32)]
            return _unit(torch.cat(features))

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """Embed images just as open_clip does, through torchvision's transforms."""
        if self.visual is None or self.preprocess is None:
            raise ValueError("the model has no image tower")
        transform = image_transform_v2(PreprocessCfg(**self.preprocess), is_train=False)
        with torch.inference_mode():
            return _unit(first(self.visual(torch.stack([transform(image) for image in images]))))


def load_reference(source: Source) -> Reference:
    """Load a model from a directory, a checkpoint file or the hub.

    Raises:
        ModelNotFound: it can't be found, downloaded or read; the message says what to do.
    """
    split = source.directory is not None and (source.directory / TEXT_WEIGHTS).is_file()
    _check_names(source)
    try:
        return _load_split(source.directory) if split and source.directory else _load_whole(source)
    except _LOAD_ERRORS as error:
        raise ModelNotFound(f"{source.name} can't be loaded: {_first_line(error)}. {_advice(source)}") from error


def image_settings(reference: Reference) -> ImageSettings | None:
    """The pixel settings of `reference`; None without an image tower."""
    if reference.preprocess is None:
        return None
    known = {key: value for key, value in reference.preprocess.items() if key in ImageSettings.model_fields}
    size = known["size"]
    return ImageSettings.model_validate({**known, "size": (size, size) if isinstance(size, int) else tuple(size)})


def first(output: Any) -> torch.Tensor:
    """The pooled features of a tower, whether or not it gives its tokens too (as CoCa's do)."""
    features = output[0] if isinstance(output, tuple) else output
    if not isinstance(features, torch.Tensor):
        raise TypeError(f"a tower gave {type(features).__name__}")
    return features


def build_image_tower(vision_config: dict[str, Any], dimension: int, *, quick_gelu: bool = False) -> torch.nn.Module:
    """Build the image tower that open_clip's ``vision_cfg`` describes, with random weights."""
    settings = CLIPVisionCfg(**{**vision_config, "timm_model_pretrained": False})
    tower: torch.nn.Module = _build_vision_tower(dimension, settings, quick_gelu)
    return tower


def _load_split(directory: Path) -> Reference:
    """Read a directory whose towers have their own weight files, with the text tower's configuration beside them."""
    settings = json.loads((directory / "open_clip_config.json").read_text(encoding="utf-8"))
    config = settings["model_cfg"]
    text_config = {**config["text_cfg"], "hf_model_pretrained": False}
    if text_config.get("hf_model_name") == ".":
        text_config["hf_model_name"] = str(directory)
    quick_gelu = config.get("quick_gelu", False)
    text = _build_text_tower(config["embed_dim"], CLIPTextCfg(**text_config), quick_gelu)
    text.load_state_dict(load_file(directory / TEXT_WEIGHTS))
    visual, preprocess = None, None
    if "vision_cfg" in config:
        visual = build_image_tower(config["vision_cfg"], config["embed_dim"], quick_gelu=quick_gelu)
        visual.load_state_dict(load_file(directory / IMAGE_WEIGHTS))
        preprocess = asdict(PreprocessCfg())
        preprocess["size"] = visual.image_size
        preprocess = merge_preprocess_dict(preprocess, settings.get("preprocess_cfg", {}))
        visual = visual.float().eval()
    tokenizer = open_clip.get_tokenizer(LOCAL_PREFIX + str(directory))
    return Reference(config, text.float().eval(), visual, tokenizer, preprocess)


def _load_whole(source: Source) -> Reference:
    name = LOCAL_PREFIX + source.model if source.directory else source.model
    # Some tags were trained with another activation than their architecture's default; open_clip only warns.
    tag = open_clip.get_pretrained_cfg(name.replace("/", "-"), source.pretrained or "")
    quick_gelu = bool(tag.get("quick_gelu", False))
    model = open_clip.create_model(
        name,
        source.pretrained,
        force_quick_gelu=quick_gelu,
        force_custom_text=True,  # one form for all text towers
        require_pretrained=True,  # never serve random weights
        weights_only=True,  # a checkpoint is data, not a program
    )
    config = open_clip.get_model_config(name)
    if quick_gelu:
        config["quick_gelu"] = True
    tokenizer = open_clip.get_tokenizer(name)
    model = model.float().eval()
    return Reference(config, model.text, model.visual, tokenizer, dict(model.visual.preprocess_cfg))


def _check_names(source: Source) -> None:
    """Refuse unknown architectures and tags by name, before open_clip tries to load them."""
    if source.directory or source.model.startswith(HUB_PREFIX):
        return
    known = open_clip.list_models()
    if source.model.replace("/", "-") not in known:
        near = ", ".join(difflib.get_close_matches(source.model, known, n=3, cutoff=0.4))
        raise ModelNotFound(
            f"CLIP_MODEL={source.model} is neither a directory nor an open_clip architecture"
            + (f"; near ones are {near}." if near else ".")
        )
    tags = open_clip.list_pretrained_tags_by_model(source.model.replace("/", "-"))
    if not source.checkpoint and source.pretrained not in tags:
        raise ModelNotFound(
            f"CLIP_PRETRAINED={source.pretrained} is neither a file nor a tag of {source.model}; "
            f"its tags are {', '.join(tags) or 'none'}."
        )


def _advice(source: Source) -> str:
    if source.checkpoint:
        return f"Check that the file {source.checkpoint} is a complete checkpoint of CLIP_MODEL={source.model}."
    if source.directory:
        return (
            f"Check that {source.directory} holds open_clip_config.json, tokenizer files, and either "
            f"{TEXT_WEIGHTS} with {IMAGE_WEIGHTS} or open_clip_model.safetensors that fit the configuration."
        )
    return (
        "Where the model hub can't be reached, fetch the weights on another machine and set CLIP_PRETRAINED to the "
        "file, or CLIP_MODEL to the downloaded directory."
    )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".:") if lines else type(error).__name__


def _unit(features: torch.Tensor) -> Embeddings:
    unit: Embeddings = torch.nn.functional.normalize(features.float(), dim=-1).numpy().astype(np.float32)
    return unit
