from __future__ import annotations

import copy
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ml.encoder.fingerprint import fingerprint_of
from ml.encoder.load import EncoderSpec
from ml.encoder.reference import Reference, image_settings, load_reference, open_clip
from ml.encoder.source import find_source
from ml.encoder.token_export import export_tokenizer
from ml.encoder.towers import text_module
from tests.ml.encoder.conftest import SMALL, write_model


def name_of(reference: Reference) -> str:
    tokenizer = export_tokenizer(reference.tokenizer, cut_padding=True)
    return fingerprint_of(reference, tokenizer, image_settings(reference))


@pytest.fixture(scope="module")
def small(small_model: Path) -> Reference:
    return load_reference(find_source(EncoderSpec(str(small_model))))


def test_the_same_model_has_the_same_name_elsewhere(small: Reference, small_model: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(small_model, tmp_path / "moved")
    weights = load_file(moved / "open_clip_model.safetensors")
    (moved / "open_clip_model.safetensors").unlink()
    torch.save(weights, moved / "open_clip_pytorch_model.bin")
    assert name_of(load_reference(find_source(EncoderSpec(str(moved))))) == name_of(small)


def test_weights_count(small: Reference) -> None:
    for tower in ("text", "visual"):
        changed = copy.deepcopy(getattr(small, tower))
        with torch.no_grad():
            next(changed.parameters()).view(-1)[0] += 1e-3
        assert name_of(replace(small, **{tower: changed})) != name_of(small)


def test_tokenizer_and_context_count(small: Reference) -> None:
    names = {
        name_of(replace(small, tokenizer=open_clip.SimpleTokenizer(context_length=length, clean=clean)))
        for length, clean in [(24, "lower"), (24, "canonicalize"), (16, "lower")]
    }
    assert len(names) == 3


def test_preprocessing_counts(small: Reference) -> None:
    assert small.preprocess is not None
    changed = {**small.preprocess, "interpolation": "bilinear"}
    assert name_of(replace(small, preprocess=changed)) != name_of(small)


def test_architecture_counts(small: Reference) -> None:
    assert name_of(replace(small, config={**small.config, "quick_gelu": True})) != name_of(small)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ({}, True),
        ({"no_causal_mask": True}, False),
        ({"no_causal_mask": True, "pool_type": "last"}, False),
        ({"pool_type": "last"}, False),
        ({"embed_cls": True}, False),
        ({"pool_type": "eos", "eos_id": 49407}, True),
        ({"proj_type": "none", "width": 32}, True),
        ({"proj_bias": True}, True),
    ],
)
def test_padding_is_cut_only_where_that_is_exact(tmp_path: Path, text: dict[str, object], cut: bool) -> None:
    config = json.loads(json.dumps(SMALL)) | {"custom_text": True}
    config["text_cfg"] |= text
    reference = load_reference(find_source(EncoderSpec(str(write_model(tmp_path / "m", config)))))
    assert text_module(reference, pad_id=0)[1] is cut
