from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ml.encoder.base import Encoder
from ml.encoder.dual import DualEncoder
from ml.encoder.load import EncoderSpec, load_encoder
from ml.encoder.openvino_engine import OpenVinoTower
from ml.encoder.probes import probe_texts
from ml.encoder.spec import Precision
from ml.encoder.verify import THRESHOLDS, smallest_cosine
from ml.types import Embeddings
from tests.contracts.encoder import EncoderContract

PRECISIONS: list[Precision] = ["int8", "bf16", "fp32"]


@pytest.fixture(scope="module", params=PRECISIONS)
def default_encoder(request: pytest.FixtureRequest, default_spec: EncoderSpec) -> Encoder:
    return load_encoder(replace(default_spec, precision=request.param, threads=2))


class TestDefaultModel(EncoderContract):
    @pytest.fixture
    def encoder(self, default_encoder: Encoder) -> Encoder:
        return default_encoder

    def test_agrees_with_torch(self, encoder: Encoder, default_answers: Embeddings) -> None:
        texts = probe_texts()
        precision = encoder.engine.removeprefix("openvino-")
        cosine = smallest_cosine(encoder.encode_texts(texts), default_answers)
        assert cosine >= next(limit for name, limit in THRESHOLDS.items() if name == precision)

    def test_one_thread_is_invariant_too(self, encoder: Encoder, default_spec: EncoderSpec) -> None:
        precision: Precision = next(name for name in PRECISIONS if encoder.engine.endswith(name))
        single = load_encoder(replace(default_spec, precision=precision, threads=1))
        texts = [f"desk lamp {i}" for i in range(20)]
        alone = np.concatenate([single.encode_texts([text]) for text in texts])
        np.testing.assert_array_equal(single.encode_texts(texts), alone)


def test_pictures_are_the_same_with_other_threads(default_spec: EncoderSpec) -> None:
    pictures = [Image.effect_noise((300, 200), spread).convert("RGB") for spread in (20, 90)]
    one, three = (load_encoder(replace(default_spec, threads=1, image_threads=number)) for number in (0, 3))
    np.testing.assert_array_equal(one.encode_images(pictures), three.encode_images(pictures))


def test_each_tower_has_its_threads(default_spec: EncoderSpec) -> None:
    encoder = load_encoder(replace(default_spec, threads=1, image_threads=3))
    assert isinstance(encoder, DualEncoder)
    assert encoder.image_tower is not None
    found = []
    for tower in (encoder.text_tower, encoder.image_tower.run):
        assert isinstance(tower, OpenVinoTower)
        found.append(tower._request.get_compiled_model().get_property("INFERENCE_NUM_THREADS"))
    assert found[0] == 1
    assert found[1] >= min(3, len(os.sched_getaffinity(0)))  # no more than there are cores


def test_precisions_share_one_fingerprint(default_spec: EncoderSpec) -> None:
    encoders = [load_encoder(replace(default_spec, precision=precision)) for precision in PRECISIONS]
    assert len({encoder.fingerprint for encoder in encoders}) == 1
    assert [encoder.engine for encoder in encoders] == [f"openvino-{precision}" for precision in PRECISIONS]
