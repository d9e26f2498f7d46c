"""Writes a trained model as a directory of its own, complete: all of it appears at once, or nothing."""

from __future__ import annotations

import json
import math
import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ml.encoder.reference import IMAGE_WEIGHTS, TEXT_WEIGHTS
from ml.errors import TrainingRefused
from ml.train.shop_model import ShopModel

CONFIG = "open_clip_config.json"
WHOLE_WEIGHTS = "open_clip_model.safetensors"
CARD = "README.md"
_WEIGHTS = {".safetensors", ".bin", ".pt", ".pth"}


def check_free(out: Path) -> None:
    """Refuse a place where something lies already.

    Raises:
        TrainingRefused: `out` is a file, or a folder with content.
    """
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise TrainingRefused(f"{out} exists and isn't empty: name another --out, or move it away")


def beside(out: Path) -> Path:
    """Return an empty folder next to `out`, where the model is written before it gets its name."""
    folder = out.absolute().with_name(f".{out.name}.new")
    if folder.exists():
        shutil.rmtree(folder)  # of a run that was killed as it wrote
    folder.mkdir(parents=True)
    return folder


def publish(folder: Path, out: Path) -> None:
    """Flush everything in `folder` to disk and give it its name.

    Raises:
        TrainingRefused: something has come to lie at `out` meanwhile.
    """
    check_free(out)
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    folder.rename(out.absolute())


def write_model(model: ShopModel, folder: Path, *, both: bool, scale: float) -> None:
    """Write the trained towers with everything else that the model consists of.

    A model whose towers have files of their own keeps that form and its rounding to fp16, any other becomes one
    ``open_clip_model.safetensors``.

    Args:
        model: its reference holds the trained weights, on the CPU.
        folder: empty.
        both: whether the text tower was trained too.
        scale: inverse temperature, which open_clip keeps with a whole model.
    """
    base = model.source.directory
    if base is not None:
        for path in sorted(base.iterdir()):
            if path.is_file() and path.suffix not in _WEIGHTS and path.name != CARD:
                shutil.copyfile(path, folder / path.name)
    if base is not None and (base / TEXT_WEIGHTS).is_file():
        if both:
            _save(_rounded(model.reference.text), folder / TEXT_WEIGHTS)
        else:
            shutil.copyfile(base / TEXT_WEIGHTS, folder / TEXT_WEIGHTS)
        if model.reference.visual is not None:
            _save(_rounded(model.reference.visual), folder / IMAGE_WEIGHTS)
        return
    _write_whole(model, folder, scale)


def _write_whole(model: ShopModel, folder: Path, scale: float) -> None:
    reference, path = model.reference, folder / CONFIG
    settings = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if not settings:
        pixels = {key: value for key, value in (reference.preprocess or {}).items() if key not in {"size", "mode"}}
        settings = {"model_cfg": reference.config, "preprocess_cfg": pixels}
        if hasattr(reference.tokenizer, "tokenizer"):  # one of transformers', fetched by name until now
            reference.tokenizer.tokenizer.save_pretrained(folder)
    settings["model_cfg"] = {**settings["model_cfg"], "custom_text": True}
    path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    weights = {"logit_scale": torch.tensor(math.log(scale))}
    bias = reference.config.get("init_logit_bias")
    if bias is not None:
        weights["logit_bias"] = torch.tensor(float(bias))
    for prefix, tower in (("visual", reference.visual), ("text", reference.text)):
        if tower is not None:
            weights |= {f"{prefix}.{name}": tensor.contiguous() for name, tensor in tower.state_dict().items()}
    _save(weights, folder / WHOLE_WEIGHTS)


def _rounded(tower: nn.Module) -> dict[str, Tensor]:
    return {
        name: tensor.half().contiguous() if tensor.is_floating_point() else tensor
        for name, tensor in tower.state_dict().items()
    }


def _save(weights: dict[str, Tensor], path: Path) -> None:
    save_file(weights, path)
    path.chmod(0o644)  # written for its owner alone, but a server may be another user
