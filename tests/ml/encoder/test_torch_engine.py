from __future__ import annotations

from dataclasses import replace

import pytest

from ml.encoder.base import Encoder
from ml.encoder.load import EncoderSpec, load_encoder
from ml.encoder.probes import probe_images, probe_texts
from ml.encoder.verify import smallest_cosine
from ml.types import Embeddings
from tests.contracts.encoder import EncoderContract

pytestmark = pytest.mark.filterwarnings("ignore")  # open_clip's and transformers' own, while they load


@pytest.fixture(scope="module")
def torch_encoder(default_spec: EncoderSpec) -> Encoder:
    return load_encoder(replace(default_spec, engine="torch"))


class TestTorchEngine(EncoderContract):
    @pytest.fixture
    def encoder(self, torch_encoder: Encoder) -> Encoder:
        return torch_encoder


def test_both_engines_name_one_space(torch_encoder: Encoder, default_spec: EncoderSpec) -> None:
    assert torch_encoder.fingerprint == load_encoder(default_spec).fingerprint


def test_full_size_model_agrees_with_open_clip(
    vit_spec: EncoderSpec, vit_text_answers: Embeddings, vit_image_answers: Embeddings
) -> None:
    encoder = load_encoder(replace(vit_spec, engine="torch"))
    assert smallest_cosine(encoder.encode_texts(probe_texts()[::8]), vit_text_answers) > 0.9999
    assert smallest_cosine(encoder.encode_images(probe_images()), vit_image_answers) > 0.9999
