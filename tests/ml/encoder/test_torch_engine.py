from __future__ import annotations

from dataclasses import replace

import pytest

from ml.encoder.base import Encoder
from ml.encoder.load import EncoderSpec, load_encoder
from ml.encoder.probes import probe_images, probe_texts
from ml.encoder.reference import Reference
from ml.encoder.verify import smallest_cosine
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


def test_full_size_model_agrees_with_open_clip(vit_spec: EncoderSpec, vit_reference: Reference) -> None:
    encoder = load_encoder(replace(vit_spec, engine="torch"))
    texts = probe_texts()[::8]
    assert smallest_cosine(encoder.encode_texts(texts), vit_reference.encode_texts(texts)) > 0.9999
    images = probe_images()
    assert smallest_cosine(encoder.encode_images(images), vit_reference.encode_images(images)) > 0.9999
