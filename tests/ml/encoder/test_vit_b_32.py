"""The real thing at full size, from a local checkpoint with random weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from ml.encoder.base import Encoder
from ml.encoder.cache import cache_entry
from ml.encoder.load import EncoderSpec, load_encoder
from ml.encoder.probes import HOSTILE, probe_images, probe_texts
from ml.encoder.reference import Reference
from ml.encoder.source import find_source
from ml.encoder.spec import Precision
from ml.encoder.towers import EXACT, text_module
from ml.encoder.verify import THRESHOLDS, smallest_cosine
from ml.types import Embeddings
from tests.contracts.encoder import EncoderContract


@pytest.fixture(scope="module")
def vit_encoder(vit_spec: EncoderSpec) -> Encoder:
    return load_encoder(replace(vit_spec, threads=2))


class TestVitB32(EncoderContract):
    @pytest.fixture
    def encoder(self, vit_encoder: Encoder) -> Encoder:
        return vit_encoder

    def test_a_text_is_nearest_to_itself(self, encoder: Encoder) -> None:
        """Random weights know no meaning, so only the text itself is near."""
        texts = ["red running shoes", "espresso machine", "garden hose"]
        scores = encoder.encode_texts(texts[:1]) @ encoder.encode_texts(texts).T
        assert int(scores.argmax()) == 0


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_agrees_with_open_clip(
    vit_spec: EncoderSpec, vit_text_answers: Embeddings, vit_image_answers: Embeddings, precision: Precision
) -> None:
    encoder = load_encoder(replace(vit_spec, precision=precision))
    assert encoder.has_image_tower
    assert encoder.dimension == 512
    texts, images = encoder.encode_texts(probe_texts()[::8]), encoder.encode_images(probe_images())
    assert smallest_cosine(texts, vit_text_answers) >= THRESHOLDS[precision]
    assert smallest_cosine(images, vit_image_answers) >= THRESHOLDS[precision]
    if precision == "fp32":
        np.testing.assert_allclose(texts, vit_text_answers, atol=1e-5)


def test_cutting_the_padding_is_exact(vit_reference: Reference) -> None:
    module, cut = text_module(vit_reference, pad_id=0)
    assert cut
    ids = vit_reference.tokenizer(list(HOSTILE[::4]))
    with torch.inference_mode():
        padded = torch.nn.functional.normalize(vit_reference.text(ids), dim=-1)
        for row, expected in zip(ids, padded, strict=True):
            short = torch.nn.functional.normalize(module(row[None, : int(row.argmax()) + 1]), dim=-1)[0]
            assert float((short - expected).abs().max()) <= EXACT


def test_manifest_tells_how_well_it_agrees(vit_spec: EncoderSpec) -> None:
    manifest = cache_entry(vit_spec.cache_dir, find_source(vit_spec)).read_manifest()
    assert manifest is not None
    assert manifest.text.context_length == 77
    assert manifest.text.cut_padding
    assert manifest.image is not None
    assert manifest.image.size == (224, 224)
    assert set(manifest.agreement) == {"fp32", "bf16", "int8"}
    assert all(found.accepted and 0.9 < found.top20_overlap <= 1 for found in manifest.agreement.values())


@pytest.mark.filterwarnings("ignore")  # open_clip's own, while it loads
def test_the_torch_engine_agrees_with_open_clip(
    vit_spec: EncoderSpec, vit_text_answers: Embeddings, vit_image_answers: Embeddings
) -> None:
    encoder = load_encoder(replace(vit_spec, engine="torch"))
    assert smallest_cosine(encoder.encode_texts(probe_texts()[::8]), vit_text_answers) > 0.9999
    assert smallest_cosine(encoder.encode_images(probe_images()), vit_image_answers) > 0.9999
