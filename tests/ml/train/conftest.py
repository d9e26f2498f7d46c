"""A tiny shop of drawn pictures, and tiny models in both forms that a model directory has."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw
from rich.console import Console
from safetensors.torch import save_file

from ml.encoder.reference import open_clip
from ml.encoder.source import find_source
from ml.encoder.spec import EncoderSpec
from ml.train.finetune import Finetuning
from ml.train.plan import Options
from ml.train.products import ShopProduct

COLOURS = ("red", "green", "blue", "orange", "purple", "black")
SHAPES = ("circle", "square", "bar")
CONVOLUTIONAL = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": [1, 1, 1, 1], "width": 8, "head_width": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
TRANSFORMER = {
    **CONVOLUTIONAL,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 8},
}
Finetune = Callable[..., Finetuning]


def drawn(number: int, side: int = 48) -> Image.Image:
    """A coloured shape on white, a little different for each number."""
    rng = random.Random(number)
    image = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(image)
    left, top = rng.randint(4, 12), rng.randint(4, 12)
    right, bottom = rng.randint(30, 44), rng.randint(30, 44)
    shape = SHAPES[number // len(COLOURS) % len(SHAPES)]
    box = (left, top, right, bottom) if shape != "bar" else (left, 20, right, 27)
    (draw.ellipse if shape == "circle" else draw.rectangle)(box, fill=COLOURS[number % len(COLOURS)])
    return image


def jpeg(number: int) -> bytes:
    buffer = io.BytesIO()
    drawn(number).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def product(number: int) -> ShopProduct:
    colour, shape = COLOURS[number % len(COLOURS)], SHAPES[number // len(COLOURS) % len(SHAPES)]
    return ShopProduct(
        id=f"p{number}", title=f"{colour} {shape} number {number}", picture=f"{number}.jpg", brand="Acme",
        colour=colour, category=f"Things > {shape}", attributes={"season": ("summer", "winter")[number % 2]},
        item_group=None,
    )  # fmt: skip


def read(product: ShopProduct) -> Image.Image:
    return drawn(int(product.id[1:]))


@pytest.fixture(scope="session")
def whole_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model in open_clip's own form."""
    folder = tmp_path_factory.mktemp("models") / "whole-clip"
    folder.mkdir()
    torch.manual_seed(0)
    save_file(open_clip.CLIP(**TRANSFORMER).state_dict(), folder / "open_clip_model.safetensors")
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": TRANSFORMER, "preprocess_cfg": {}}))
    return folder


@pytest.fixture(scope="session")
def split_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model whose towers have files of their own, as the shipped one's have, with batch normalisation."""
    folder = tmp_path_factory.mktemp("models") / "split-clip"
    folder.mkdir()
    torch.manual_seed(0)
    model = open_clip.CustomTextCLIP(**CONVOLUTIONAL)
    for name, tower in (("text", model.text), ("image", model.visual)):
        weights = {key: value.contiguous() for key, value in tower.state_dict().items()}
        save_file(
            {key: value.half() if value.is_floating_point() else value for key, value in weights.items()},
            folder / f"{name}.safetensors",
        )
    pixels = {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "resize_mode": "squash"}
    config = {**CONVOLUTIONAL, "custom_text": True}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": pixels}))
    (folder / "README.md").write_text("# the base model\n")
    (folder / "NOTICE").write_text("made for tests\n")
    return folder


@pytest.fixture
def finetune(tmp_path: Path) -> Finetune:
    """Prepare a run on the tiny shop, with everything below `tmp_path`."""

    def prepare(
        model: Path,
        out: str = "tuned",
        *,
        products: list[ShopProduct] | None = None,
        clicks: object = None,
        console: Console | None = None,
        remote: bool = False,
        **options: object,
    ) -> Finetuning:
        quick = {"epochs": 8.0, "batch": 16, "test_share": 0.25, "validation_share": 0.2, "device": "cpu", **options}
        return Finetuning(
            find_source(EncoderSpec(str(model))),
            [product(number) for number in range(60)] if products is None else products,
            read,
            "drawn",
            Options(**quick),  # type: ignore[arg-type]
            out=tmp_path / out,
            work=tmp_path / "work",
            clicks=clicks or {},  # type: ignore[arg-type]
            console=console or Console(quiet=True),
            remote=remote,
        )

    return prepare
