from __future__ import annotations

from dataclasses import replace

import pytest

from ml.encoder.base import Encoder
from ml.encoder.load import EncoderSpec, load_encoder
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
