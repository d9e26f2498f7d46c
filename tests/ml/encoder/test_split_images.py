"""A directory whose text tower and convolutional image tower have files of their own, as the shipped model has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ml.encoder.base import Encoder
from ml.encoder.load import EncoderSpec, load_encoder
from ml.encoder.probes import probe_images, probe_texts
from ml.encoder.reference import load_reference
from ml.encoder.source import find_source
from ml.encoder.spec import Precision
from ml.encoder.verify import THRESHOLDS, smallest_cosine
from tests.contracts.encoder import EncoderContract

PRECISIONS: list[Precision] = ["int8", "bf16", "fp32"]


@pytest.fixture(scope="module", params=PRECISIONS)
def split_encoder(request: pytest.FixtureRequest, split_spec: EncoderSpec) -> Encoder:
    return load_encoder(replace(split_spec, precision=request.param, threads=2))


class TestSplitModel(EncoderContract):
    @pytest.fixture
    def encoder(self, split_encoder: Encoder) -> Encoder:
        return split_encoder

    @pytest.mark.filterwarnings("ignore")  # transformers warns about its own future
    def test_both_towers_agree_with_torch(self, encoder: Encoder, split_spec: EncoderSpec) -> None:
        reference = load_reference(find_source(split_spec))
        limit = next(limit for name, limit in THRESHOLDS.items() if encoder.engine.endswith(name))
        images, texts = probe_images(), probe_texts()[::8]
        assert encoder.image_size == (64, 64)
        assert smallest_cosine(encoder.encode_images(images), reference.encode_images(images)) >= limit
        assert smallest_cosine(encoder.encode_texts(texts), reference.encode_texts(texts)) >= limit
